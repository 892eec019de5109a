// The whole app as it is deployed: with CDK's recommended flags and cdk-nag, in three partitions.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { TargetWith } from '../../lambdas/shared/inputs/target';
import { ClickstreamStack } from '../../lib/runbooks/clickstream/clickstream-stack';
import { exampleTarget } from '../support/definitions';

const { context } = JSON.parse(readFileSync(path.join(__dirname, '../../cdk.json'), 'utf8'));
const outdir = mkdtempSync(path.join(tmpdir(), 'guard-rails-'));
afterAll(() => rmSync(outdir, { recursive: true }));

let count = 0;

/** Synthesizes with all guard rails; a finding without a written reason throws. */
function synth(change: Partial<TargetWith<'clickstream'>> = {}, ...names: string[]) {
  count += 1;
  const app = new App({ context, outdir: path.join(outdir, String(count)) });
  const target = { ...exampleTarget(), ...change };
  for (const targetName of ['example', ...names]) new ClickstreamStack(app, { targetName, target });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const assembly = app.synth();
  return { assembly, text: JSON.stringify(assembly.stacks[0]!.template) };
}

const of = (partition: string, region: string): Partial<TargetWith<'clickstream'>> => {
  const text = JSON.stringify(exampleTarget()).replaceAll('arn:aws:', `arn:${partition}:`);
  return { ...JSON.parse(text), region };
};

describe.each([
  ['us-east-1', 'aws', 'console.aws.amazon.com'],
  ['cn-north-1', 'aws-cn', 'console.amazonaws.cn'],
  ['us-gov-west-1', 'aws-us-gov', 'console.amazonaws-us-gov.com'],
])('in %s', (region, partition, host) => {
  const { text } = synth(of(partition, region));

  it('every ARN is of its partition, and the console too', () => {
    const arns = text.match(/arn:[a-z-]+:/g) ?? [];
    expect([...new Set(arns)]).toEqual([`arn:${partition}:`]);
    expect(text).toContain(`https://${host}/states/home?region=${region}`);
  });

  it('names services by their principals only', () => {
    const endpoints = text.match(/[a-z0-9.-]+\.amazonaws\.com(\.cn)?/g) ?? [];
    expect([...new Set(endpoints)].sort()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^lambda\./),
        expect.stringMatching(/^states\./),
      ]),
    );
    expect(endpoints.filter((name) => !/^[a-z-]+\.(amazonaws\.com(\.cn)?)$/.test(name))).toEqual(
      [],
    );
  });
});

describe('warehouses of every kind pass the guard rails', () => {
  const warehouse = (change: object) => {
    const { clickstream } = exampleTarget();
    return synth({ clickstream: { ...clickstream, warehouse: change as never } });
  };
  it.each([
    ['a workgroup without a role', { type: 'serverless', workgroup: 'w', database: 'd' }],
    [
      'a workgroup with its id',
      { type: 'serverless', workgroup: 'w', workgroupId: 'i', database: 'd' },
    ],
    ['a cluster', { type: 'provisioned', cluster: 'c', database: 'd' }],
    ['a cluster and its user', { type: 'provisioned', cluster: 'c', dbUser: 'u', database: 'd' }],
  ])('%s', (_, change) => {
    expect(() => warehouse(change)).not.toThrow();
  });
});

it('two targets in one account and region share no name', () => {
  const { assembly } = synth({}, 'second');
  const names = assembly.stacks.map(({ template }) =>
    Object.values(template.Resources as Record<string, { Properties?: Record<string, unknown> }>)
      .map(({ Properties = {} }) => Properties.StateMachineName)
      .filter(Boolean),
  );
  const all = names.flat();
  expect(all.length).toBeGreaterThan(8);
  expect(new Set(all).size).toBe(all.length);
});

it('resources other than machines have generated names', () => {
  const { assembly } = synth();
  const resources = Object.values(
    assembly.stacks[0]!.template.Resources as Record<
      string,
      { Type: string; Properties?: Record<string, unknown> }
    >,
  );
  const fixed = resources.filter(({ Properties = {} }) =>
    [
      'TableName',
      'BucketName',
      'TopicName',
      'FunctionName',
      'RoleName',
      'LogGroupName',
      'AlarmName',
      'ManagedPolicyName',
    ].some((name) => typeof Properties[name] === 'string'),
  );
  expect(fixed.map(({ Type }) => Type)).toEqual([]);
});

it('machines keep their logical ids: they are an API', () => {
  const { assembly } = synth();
  const resources = assembly.stacks[0]!.template.Resources as Record<
    string,
    { Type: string; Properties: Record<string, unknown> }
  >;
  const machines = Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::StepFunctions::StateMachine')
    .map(([id, { Properties }]) => [Properties.StateMachineName, id]);
  expect(Object.fromEntries(machines)).toEqual({
    'example-clickstream-answer': 'AnswerMachineStateMachine4913A19F',
    'example-clickstream-console-update': 'ConsoleUpdateMachineStateMachine0310295F',
    'example-clickstream-data-migration': 'DataMigrationMachineStateMachine4DB80F50',
    'example-clickstream-ingestion-refresh': 'IngestionRefreshMachineStateMachineDB225026',
    'example-clickstream-legacy-cleanup': 'LegacyCleanupMachineStateMachine288FE44F',
    'example-clickstream-pipeline-upgrade': 'PipelineUpgradeMachineStateMachine8D91DE83',
    'example-clickstream-upgrade': 'UpgradeMachineStateMachineBD01F656',
    'example-clickstream-quiet-watch': 'QuietWatchMachineStateMachineBE1FC101',
    'example-clickstream-release': 'ReleaseMachineStateMachine4B26020D',
  });
});

it('people who are named get notices, and the watch is as long as the target says', () => {
  const { text } = synth({ noticeEmails: ['ops@example.com'], quietAlarmAfterHours: 0.5 });
  expect(text).toContain('"Endpoint":"ops@example.com"');
  expect(text).toContain('stopDate + 1800000');
});

it('tasks that stop what a dead worker left may act in the warehouse as its worker did', () => {
  const { assembly } = synth();
  const policies = Object.entries(
    assembly.stacks[0]!.template.Resources as Record<string, { Properties: object }>,
  ).filter(([, { Properties }]) =>
    /"sts:AssumeRole","Effect":"Allow","Resource":\[?"[^\]}]*role\/clickstream-redshift-data-api"/.test(
      JSON.stringify(Properties),
    ),
  );
  const tasks = policies.map(([id]) => id.replace(/^Platform|ServiceRole.*$/g, ''));
  expect(tasks.sort()).toEqual([
    'EnsureFunctions',
    'FollowSchema',
    'PreflightMigration',
    'PreflightUpgrade',
    'ReadClickstreamLog',
    'ReadLegacyObjects',
    'RecalculateMetrics',
    'ReleaseRun',
    'RunBatches',
    'SettleClosedRun',
    'VerifySchema',
  ]);
});
