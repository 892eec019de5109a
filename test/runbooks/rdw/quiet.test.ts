// States of the preflight, the quiet period and the mark: what they hand to their tasks, and which rights
// those get.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { rdwTargetSchema } from '../../../lambdas/shared/inputs/target/rdw';
import { takeHighWater } from '../../../lib/runbooks/rdw/high-water';
import { type Instance, preflightBackfill } from '../../../lib/runbooks/rdw/preflight';
import { assertQuiet, quietPeriod } from '../../../lib/runbooks/rdw/quiet';
import { regularJob } from '../../../lib/runbooks/rdw/regular-job';
import { MySqlSource } from '../../../lib/runbooks/rdw/source';
import { Warehouse } from '../../../lib/steps/warehouse';
import { RDW } from '../../support/rdw-target';
import { grantsOf, mainPath, synthStates, waysOf } from '../../support/step-machine';

const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:rdw/kubernetes-Gh56Ij';
const ROLE = 'arn:aws:iam::000000000000:role/rdw-migrate-olap';

function synth(
  change: object = {},
  warehouse: Warehouse = Warehouse.provisioned({ cluster: 'rdw-qa', database: 'opus' }),
) {
  const target = rdwTargetSchema.parse({ ...RDW, ...change });
  return synthStates((stack) => {
    const instance: Instance = {
      target,
      source: new MySqlSource(stack, target),
      warehouse,
      job: regularJob(stack, target),
    };
    const quiet = quietPeriod(stack, instance);
    return sfn.Chain.start(
      preflightBackfill(stack, { ...instance, start: '{% $states.input.input.start %}' }),
    )
      .next(quiet.begin)
      .next(takeHighWater(stack, instance))
      .next(assertQuiet(stack, instance))
      .next(quiet.end);
  }, true);
}
const payloadOf = ({ states }: ReturnType<typeof synth>, name: string) =>
  states[name]!.Arguments!.Payload;

it('the pod is taken away between two looks, and given back at the end', () => {
  const { states, first } = synth();
  expect(mainPath(states, first)).toEqual([
    'Look at tenants, engines and roles',
    'Wait for regular jobs on their way',
    'Regular jobs through?',
    'No regular job is on its way',
    'Take the pod of the regular job away',
    'Pod taken away?',
    'No regular job begins',
    'Look for what regular jobs have left',
    'Nothing of a regular job left?',
    'The instance is quiet',
    'Take the high-water mark',
    'Assert that no regular job has run',
    'Asserted to the end?',
    'No regular job has run since the mark',
    'Give the regular job its pod back',
    'Pod given back?',
    'The regular job is as before the run',
  ]);
  for (const { Comment } of Object.values(states)) expect(Comment).toMatch(/\w/);
  for (const question of ['Regular jobs through?', 'Asserted to the end?']) {
    expect(waysOf(states[question]!)).toHaveLength(2);
  }
});

it('tasks are told where everything is', () => {
  const made = synth();
  const tenants = [
    expect.objectContaining({ id: 'PA', location: 'pa/MigrateAdHoc', secretArn: null }),
    expect.objectContaining({ id: 'TS_S001', location: 'MigrateAdHoc' }),
  ];
  const things = [
    expect.objectContaining({
      kind: 'deployment',
      name: 'rdw-qa/default/migrate-olap-deployment',
      to: {
        cluster: expect.objectContaining({ endpoint: 'https://kubernetes.example', inVpc: true }),
      },
    }),
  ];
  const source = {
    host: 'aurora.example',
    port: 3306,
    secretArn: null,
    user: 'rdw_ingest',
    region: 'us-east-1',
  };
  expect(payloadOf(made, 'Look at tenants, engines and roles')).toMatchObject({
    tenants,
    things,
    source,
    region: 'us-east-1',
    copyRoleArn: RDW.copyRoleArn,
    chosen: '{% [$states.input.input.tenants] %}',
    start: '{% $states.input.input.start %}',
    map: 'tenants',
  });
  for (const [name, phase] of [
    ['Wait for regular jobs on their way', 'before'],
    ['Look for what regular jobs have left', 'after'],
  ] as const) {
    expect(payloadOf(made, name)).toMatchObject({ phase, tenants, things, source });
  }
  expect(payloadOf(made, 'Assert that no regular job has run')).toMatchObject({
    phase: 'assert',
    tenants: '{% [$states.input.value] %}',
    item: '{% $states.input.item %}',
    things,
  });
  expect(payloadOf(made, 'Take the high-water mark')).toMatchObject({
    tenant: '{% $states.input.value %}',
    start: '{% $states.input.common.start %}',
  });
});

it('tasks run in the VPC and have the rights they use', () => {
  const { template } = synth();
  const inVpc = Object.values(template.findResources('AWS::Lambda::Function')).filter(
    ({ Properties }) => Properties.VpcConfig?.SubnetIds[0] === 'subnet-0a1b2c3d',
  );
  const tasks = inVpc.map(({ Properties }) => Properties.Description.split(' ')[1]);
  expect(tasks.sort()).toEqual([
    'await-migrate',
    'preflight-backfill',
    'quiesce',
    'release-run',
    'restore-quiesced',
    'take-high-water',
  ]);
  expect(grantsOf(template, 's3:ListBucket')).toEqual({
    PreflightBackfill: ['arn:{Ref:AWS::Partition}:s3:::archive'.replace(/[{}]/g, '')],
  });
  expect(Object.keys(grantsOf(template, 'redshift:DescribeClusters'))).toEqual([
    'PreflightBackfill',
  ]);
  expect(Object.keys(grantsOf(template, 'rds-db:connect')).sort()).toEqual([
    'AwaitMigrate',
    'PreflightBackfill',
    'TakeHighWater',
  ]);
});

it('where Kubernetes is may stand in a secret, and a role may sign for it', () => {
  const kubernetes = { clusterName: 'rdw-qa', secretArn: SECRET, roleArn: ROLE };
  const made = synth({ kubernetes });
  const [thing] = payloadOf(made, 'Take the pod of the regular job away').things as [
    { to: { cluster: object } },
  ];
  expect(thing.to.cluster).toMatchObject({ secretArn: SECRET, roleArn: ROLE });
  expect(thing.to.cluster).not.toHaveProperty('endpoint');
  for (const task of ['PreflightBackfill', 'AwaitMigrate', 'Quiesce', 'ReleaseRun']) {
    expect(grantsOf(made.template, 'secretsmanager:GetSecretValue')[task]).toContain(SECRET);
    expect(grantsOf(made.template, 'sts:AssumeRole')[task]).toContain(ROLE);
  }
});

it('a serverless warehouse is asked for the roles of its namespace', () => {
  const { template } = synth({}, Warehouse.serverless({ workgroup: 'rdw', database: 'opus' }));
  expect(Object.keys(grantsOf(template, 'redshift-serverless:GetNamespace'))).toEqual([
    'PreflightBackfill',
  ]);
  expect(Object.keys(grantsOf(template, 'redshift-serverless:GetWorkgroup'))).toEqual([
    'PreflightBackfill',
  ]);
});

it('a target says where the API of Kubernetes is, one way or the other', () => {
  const parsed = rdwTargetSchema.safeParse({ ...RDW, kubernetes: { clusterName: 'rdw-qa' } });
  expect(parsed.error?.issues).toMatchObject([
    { path: ['kubernetes'], message: 'must have endpoint, or secretArn of a secret that has it' },
  ]);
});
