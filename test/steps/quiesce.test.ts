import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import jsonata from 'jsonata';
import type { Thing } from '../../lambdas/shared/quiesced/thing';
import {
  Quiesce,
  type QuiesceProps,
  type QuietDeployment,
  QuietThings,
  RestoreQuiesced,
} from '../../lib/steps/quiesce';
import { Warehouse } from '../../lib/steps/warehouse';
import { grantsOf, synthStates, waysOf } from '../support/step-machine';

const ARN = 'arn:aws:events:us-east-1:000000000000:rule/nightly';
const NAMES = { step: 'quiet', act: 'Stop jobs', question: 'Jobs stopped?', done: 'No job begins' };
const RULES = QuietThings.rules({ names: ['nightly'], arns: [ARN] });
const synth = (things = RULES, change: Partial<QuiesceProps> = {}) =>
  synthStates((stack) => new Quiesce(stack, 'Stop', { ...NAMES, things, ...change }));
const thingsOf = ({ states }: ReturnType<typeof synth>) =>
  states['Stop jobs']!.Arguments!.Payload.things;

describe('Quiesce', () => {
  const { states, template, first } = synth();

  test('calls its task until everything is held still', () => {
    expect(first).toBe('Stop jobs');
    expect(waysOf(states['Stop jobs']!)).toEqual(['Jobs stopped?']);
    expect(states['Jobs stopped?']!.Choices![0]!.Condition).toBe(
      "{% $states.input.quiet.status = 'running' %}",
    );
    expect(waysOf(states['Jobs stopped?']!)).toEqual(['Stop jobs', 'No job begins']);
    const silent = Object.values(states).filter(({ Comment }) => !/[Oo]n redrive:/.test(Comment));
    expect(silent).toEqual([]);
  });

  test('whoever stops, gives back or releases may read and change the rules, and nothing else may', () => {
    const givers = { ReleaseRun: [ARN], RestoreQuiesced: [ARN] };
    for (const action of ['events:DescribeRule', 'events:DisableRule']) {
      expect(grantsOf(template, action)).toEqual({ Quiesce: [ARN], ...givers });
    }
    expect(grantsOf(template, 'events:EnableRule')).toEqual(givers);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/events:(Put|Delete|Remove)/);
  });

  test('names rules that are known, in the runbook’s region or another', () => {
    expect(thingsOf(synth())).toEqual([{ kind: 'rule', name: 'nightly', region: 'us-east-1' }]);
    const elsewhere = QuietThings.rules({ names: ['nightly'], region: 'eu-west-1', arns: [ARN] });
    expect(thingsOf(synth(elsewhere))).toEqual([
      { kind: 'rule', name: 'nightly', region: 'eu-west-1' },
    ]);
  });

  test.each([[['a', 'b']], [['a']], [[]]])('names rules from the state data: %j', async (rules) => {
    const things = QuietThings.rules({
      names: '$states.input.pipeline.rules',
      arns: ['arn:aws:events:us-east-1:000000000000:rule/Clickstream-*'],
      reason: 'a test',
    });
    const expression = String(thingsOf(synth(things))).replace(/^\{%|%\}$/g, '');
    const list = await jsonata(expression).evaluate(
      {},
      { states: { input: { pipeline: { rules } } } },
    );
    expect([...list]).toEqual(rules.map((name) => ({ kind: 'rule', name, region: 'us-east-1' })));
  });

  test('raises the capacity of a workgroup, which is all its tasks may change of it', () => {
    const warehouse = Warehouse.serverless({
      workgroup: 'shop',
      workgroupId: 'ab12',
      database: 'dev',
      region: 'eu-west-1',
    });
    const one = synth(QuietThings.capacity(warehouse, '{% $states.input.rpus %}'));
    expect(thingsOf(one)).toEqual([
      { kind: 'capacity', name: 'shop', region: 'eu-west-1', to: '{% $states.input.rpus %}' },
    ]);
    const arn =
      'arn:Ref: AWS::Partition:redshift-serverless:eu-west-1:000000000000:workgroup/ab12'.replace(
        'Ref: ',
        'Ref:',
      );
    expect(grantsOf(one.template, 'redshift-serverless:UpdateWorkgroup')).toEqual({
      Quiesce: [arn],
      ReleaseRun: [arn],
      RestoreQuiesced: [arn],
    });
    const near = Warehouse.serverless({ workgroup: 'shop', database: 'dev' });
    expect(thingsOf(synth(QuietThings.capacity(near, 64)))).toEqual([
      { kind: 'capacity', name: 'shop', region: 'us-east-1', to: 64 },
    ]);
  });

  test('refuses the capacity of a cluster, and a step that cannot be a name in the state data', () => {
    const cluster = Warehouse.provisioned({ cluster: 'shop', database: 'dev' });
    expect(() => synth(QuietThings.capacity(cluster, 64))).toThrow(
      'the capacity of a provisioned cluster is not changed by a runbook; give a serverless warehouse',
    );
    expect(() => synth(RULES, { step: 'my step' })).toThrow(
      'step must be letters only, got "my step"',
    );
  });
});

describe('a Deployment of Kubernetes', () => {
  const CA = 'LS0tLS1CRUdJTg==';
  const least = { clusterName: 'prod', endpoint: 'https://a.example', deployment: 'migrate-olap' };
  const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:cluster-abcdef';
  const roleArn = 'arn:aws:iam::000000000000:role/scaler';
  const vpc = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };
  const things = (change: Partial<QuietDeployment> = {}) =>
    QuietThings.deployment({ ...least, ...change });

  test('with the fewest props: its cluster, and no right on AWS', () => {
    const one = synth(things());
    expect(thingsOf(one)).toEqual([
      {
        kind: 'deployment',
        name: 'prod/default/migrate-olap',
        region: 'us-east-1',
        to: {
          cluster: {
            name: 'prod',
            region: 'us-east-1',
            endpoint: 'https://a.example',
            stsHost: expect.stringMatching(/^sts\.us-east-1\./),
            inVpc: false,
          },
        },
      },
    ]);
    expect(grantsOf(one.template, 'sts:AssumeRole')).toEqual({});
    one.template.resourcePropertiesCountIs('AWS::Lambda::Function', { VpcConfig: {} }, 0);
  });

  test('with all props: secret, role and VPC for whoever stops, gives back or releases', () => {
    const one = synthStates((stack) => {
      const all = things({
        region: 'eu-west-1',
        namespace: 'rdw',
        certificateAuthority: CA,
        secret: secretsmanager.Secret.fromSecretCompleteArn(stack, 'Secret', secretArn),
        role: iam.Role.fromRoleArn(stack, 'Role', roleArn),
        vpc,
      });
      return new Quiesce(stack, 'Stop', { ...NAMES, things: all });
    }, true);
    const [thing] = one.states['Stop jobs']!.Arguments!.Payload.things as [Thing];
    expect(thing).toMatchObject({
      name: 'prod/rdw/migrate-olap',
      region: 'eu-west-1',
      to: {
        cluster: { region: 'eu-west-1', certificateAuthority: CA, secretArn, roleArn, inVpc: true },
      },
    });
    const tasks = (arn: string) => ({ Quiesce: [arn], ReleaseRun: [arn], RestoreQuiesced: [arn] });
    expect(grantsOf(one.template, 'sts:AssumeRole')).toEqual(tasks(roleArn));
    expect(grantsOf(one.template, 'secretsmanager:GetSecretValue')).toEqual(tasks(secretArn));
    expect(Object.keys(grantsOf(one.template, 'ec2:CreateNetworkInterface')).sort()).toEqual(
      Object.keys(tasks('')).sort(),
    );
    const placed = {
      VpcConfig: { SubnetIds: ['subnet-0a1b2c3d'], SecurityGroupIds: ['sg-0a1b2c3d'] },
    };
    one.template.resourcePropertiesCountIs('AWS::Lambda::Function', placed, 3);
  });

  test('refuses a cluster without an address, and two VPCs for one task', () => {
    expect(() => synth(things({ endpoint: undefined }))).toThrow(
      'nothing says where the API server of cluster prod is; give its endpoint, or a secret with a member endpoint',
    );
    const twice = (other: typeof vpc) =>
      synthStates((stack) => {
        const next = { step: 'more', act: 'Stop more', question: 'More?', done: 'All still' };
        const first = new Quiesce(stack, 'Stop', { ...NAMES, things: things({ vpc }) });
        return first.next(new Quiesce(stack, 'More', { ...next, things: things({ vpc: other }) }));
      });
    expect(() => twice({ ...vpc })).not.toThrow();
    expect(() => twice({ ...vpc, subnetIds: ['subnet-0a1b2c3e'] })).toThrow(
      'two steps want it in different subnets or security groups; give both the same vpc',
    );
  });
});

describe('RestoreQuiesced', () => {
  test('with the fewest props: gives back everything of the run', () => {
    const { states, first, template } = synthStates(
      (stack) => new RestoreQuiesced(stack, 'Restore'),
    );
    expect(first).toBe('Give back what was held still');
    expect(waysOf(states['Everything given back?']!)).toEqual([
      'Give back what was held still',
      'Everything is as before the run',
    ]);
    expect(states['Everything given back?']!.Choices![0]!.Condition).toContain('.restored.status');
    expect(grantsOf(template, 'events:EnableRule')).toEqual({});
  });

  test('with all props: names of its own', () => {
    const { states } = synthStates(
      (stack) =>
        new RestoreQuiesced(stack, 'Restore', {
          step: 'back',
          act: 'Start jobs',
          question: 'Started?',
          done: 'Jobs run',
        }),
    );
    expect(Object.keys(states)).toEqual(['Start jobs', 'Started?', 'Jobs run']);
    expect(states['Started?']!.Choices![0]!.Condition).toContain('.back.status');
  });

  test('behind a Quiesce step it is one chain', () => {
    const { states } = synthStates((stack) =>
      new Quiesce(stack, 'Stop', { ...NAMES, things: RULES }).next(
        new RestoreQuiesced(stack, 'Restore'),
      ),
    );
    expect(waysOf(states['No job begins']!)).toEqual(['Give back what was held still']);
  });
});
