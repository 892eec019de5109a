// From the stacks of a project to a target, mode by mode; the calls are in test/slow/operators-commands.test.ts.

import { targetSchema } from '../../../lambdas/shared/inputs/target';
import { clickstreamDraft } from '../../cli/init/clickstream-draft';
import type { ConsoleStack, SolutionAccount } from '../../cli/init/clickstream-stacks';
import { deployHint } from '../../cli/init/ending';
import { targetWith } from '../../cli/init/target-file';
import { main } from '../../cli/main';
import type { InitClickstreamOptions } from '../../cli/options';

const OPTIONS: InitClickstreamOptions = { project: 'my_project', target: 'prod', force: false };
const ROLE = 'arn:aws-cn:iam::123456789012:role/data-api';
const console = (more: Partial<ConsoleStack> = {}): ConsoleStack => ({
  ...{ name: 'console', roleArn: ROLE, parameters: {}, outputs: {} },
  ...more,
});

function account(
  parameters: Record<string, string>,
  more: Partial<SolutionAccount> = {},
  prefix = 'Clickstream',
): SolutionAccount {
  const root = {
    ...{
      name: `${prefix}-DataModelingRedshift-abc`,
      kind: 'DataModelingRedshift',
      pipelineId: 'abc',
    },
    ...{ version: 'v1.1.5', status: 'CREATE_COMPLETE', changedAt: '' },
    parameters: { AppIds: 'shop,order', ClearExpiredEventsRetentionRangeDays: '90', ...parameters },
    outputs: { NewRedshiftServerlessRedshiftDataApiRoleArn: ROLE },
  };
  const arn = 'arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/one/two';
  return { arn, roots: [root], modeling: [], consoles: [console()], ...more };
}

const draft = (found: SolutionAccount, options: Partial<InitClickstreamOptions> = {}) =>
  clickstreamDraft(found, { ...OPTIONS, ...options });
const valid = ({ account, region, clickstream }: ReturnType<typeof draft>) =>
  targetSchema.safeParse({ account, region, clickstream });

it('a new serverless warehouse: its workgroup, roles, and the prefix of the stacks', () => {
  const found = account(
    { NewRedshiftServerlessWorkgroupName: 'wg' },
    {
      modeling: [
        {
          logicalId: 'XRedshiftServerlessClickstreamWorkgroupAdminRole12',
          type: 'AWS::IAM::Role',
          physicalId: 'admin',
        },
      ],
    },
    'acme-Clickstream',
  );
  const made = draft(found);
  expect(made).toMatchObject({ account: '123456789012', region: 'cn-north-1', findings: [] });
  expect(made.clickstream).toEqual({
    projectId: 'my_project',
    appIds: ['shop', 'order'],
    retentionDays: 90,
    console: { stackName: 'console' },
    pipeline: { stackPrefix: 'acme-Clickstream' },
    warehouse: {
      ...{ type: 'serverless', workgroup: 'wg', database: 'my_project', roleArn: ROLE },
      functionsRoleArn: 'arn:aws-cn:iam::123456789012:role/admin',
    },
  });
  expect(valid(made).success).toBe(true);
});

it('a serverless warehouse that was there before, with its own role', () => {
  const own = 'arn:aws-cn:iam::123456789012:role/own';
  const made = draft(
    account({
      ...{ RedshiftMode: 'Serverless', RedshiftServerlessWorkgroupName: 'old' },
      ...{ RedshiftServerlessWorkgroupId: 'id', RedshiftServerlessIAMRole: own },
    }),
  );
  expect(made.clickstream.warehouse).toEqual({
    ...{ type: 'serverless', workgroup: 'old', workgroupId: 'id', database: 'my_project' },
    roleArn: own,
  });
  expect(valid(made).success).toBe(true);
});

it('a cluster with its user', () => {
  const made = draft(
    account({ RedshiftMode: 'Provisioned', RedshiftClusterIdentifier: 'c', RedshiftDbUser: 'u' }),
  );
  expect(made.clickstream.warehouse).toEqual({
    ...{ type: 'provisioned', cluster: 'c', dbUser: 'u', database: 'my_project', roleArn: ROLE },
  });
  expect(valid(made).success).toBe(true);
});

it('a console inside a VPC is called from there', () => {
  const inside = console({
    parameters: { VpcId: 'vpc-0a1b2c3d', PrivateSubnets: 'subnet-0a1b2c3d,subnet-1a1b2c3d' },
    outputs: { SourceSecurityGroup: 'sg-0a1b2c3d' },
  });
  const made = draft(account({ NewRedshiftServerlessWorkgroupName: 'wg' }, { consoles: [inside] }));
  expect(made.clickstream.console).toEqual({
    stackName: 'console',
    vpc: {
      vpcId: 'vpc-0a1b2c3d',
      subnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
      securityGroupIds: ['sg-0a1b2c3d'],
    },
  });
  expect(valid(made).success).toBe(true);
});

it.each<[string, SolutionAccount, Partial<InitClickstreamOptions>, RegExp]>([
  ['no console', account({}, { consoles: [] }), {}, /no console in this region.*--console-region/],
  [
    'several',
    account({}, { consoles: [console(), console({ name: 'b' })] }),
    {},
    /several consoles, console, b: say with --console-stack/,
  ],
  [
    'another console than there is',
    account({}),
    { consoleStack: 'x' },
    /x is no console of the solution; there: console/,
  ],
  ['no warehouse', account({}, { roots: [] }), {}, /has no stack DataModelingRedshift/],
  ['a mode nobody knows', account({ RedshiftMode: 'Quantum' }), {}, /RedshiftMode Quantum/],
])('names %s, and writes the rest', (_, found, options, told) => {
  const { findings, clickstream } = draft(found, options);
  expect(findings.join()).toMatch(told);
  expect(clickstream.projectId).toBe('my_project');
});

it('forced without the stack of the warehouse it takes nothing out of the file', () => {
  const file = { appIds: ['shop'], retentionDays: 90, warehouse: { type: 'serverless' } };
  const now = targetWith('f', { clickstream: file }, draft(account({}, { roots: [] })), true);
  expect(now.clickstream).toMatchObject(file);
});

it.each([
  ['config/prod.json', 'cdk.json', 'npx cdk deploy -c target=prod --all'],
  ['config/qa.json', 'cdk.json', 'npx cdk deploy -c target=qa --all'],
  ['../ops/config/qa.json', '../ops/cdk.json', 'cd ../ops && npx cdk deploy -c target=qa --all'],
  [
    'elsewhere/draft.json',
    'elsewhere/cdk.json',
    'move the target to elsewhere/config/prod.json, then cd elsewhere && npx cdk deploy -c target=prod --all',
  ],
])('%s beside %s is deployed by: %s', (out, app, hint) => {
  expect(deployHint(out, app, 'prod')).toBe(hint);
});

it('says what a stack cannot tell: the role that updates a console, the secret of its API', () => {
  const without = account({}, { consoles: [console({ roleArn: undefined })] });
  expect(draft(without).notes.join()).toMatch(
    /console has no role of its own.*no secret with a token/,
  );
  const given = { consoleRoleArn: ROLE, apiTokenSecretArn: 'arn:aws-cn:secretsmanager:one' };
  expect(draft(without, given).notes.join()).not.toMatch(/no role|no secret/);
});

it('wants the id of a project and the name of a target, both told at once', async () => {
  let said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  expect(await main(['init', 'clickstream', '--target', 'Prod'])).toBe(2);
  jest.restoreAllMocks();
  expect(said).toMatch(
    /init clickstream has 2 problems: \(1\) give --project.*\(2\) --target must match/,
  );
});
