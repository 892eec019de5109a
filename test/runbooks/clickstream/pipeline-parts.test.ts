// The parts "pipeline upgrade" and "legacy clean-up" as they are synthesized, each in a machine of its own.

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import jsonata from 'jsonata';
import example from '../../../config/example.json';
import { LEGACY_PROCEDURES } from '../../../lambdas/shared/clickstream/legacy';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import { Machine } from '../../../lib/platform/machine';
import { cleanUpLegacy } from '../../../lib/runbooks/clickstream/legacy-cleanup';
import { pipelineUpgrade } from '../../../lib/runbooks/clickstream/pipeline-upgrade';
import { warehouseOf } from '../../../lib/runbooks/warehouse-of';
import { definitionsOf, type State, statesOf } from '../../support/definitions';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:console-token-AbCdEf';
const VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0'],
  securityGroupIds: ['sg-0123456789abcdef0'],
};

/** Choices and defaults, as the parsed definition has them. */
interface Flow extends State {
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
}

function synth(console: object, pipeline: object = {}) {
  const clickstream = {
    ...example.clickstream,
    console: { ...example.clickstream.console, ...console },
    pipeline: { stackPrefix: 'Acme-Clickstream', ...pipeline },
  };
  const target = targetSchema.parse({ ...example, clickstream }).clickstream!;
  const env = { account: '000000000000', region: 'us-east-1' };
  const stack = new Stack(new App(), 'example-clickstream', { env });
  const definition = pipelineUpgrade(stack, target);
  new Machine(stack, 'UpgradeMachine', { name: 'pipeline-upgrade', comment: 'x', definition });
  const warehouse = warehouseOf(stack, target.warehouse);
  const cleanup = cleanUpLegacy(stack, { warehouse });
  new Machine(stack, 'CleanupMachine', {
    name: 'legacy-cleanup',
    comment: 'x',
    definition: cleanup,
  });
  const template = Template.fromStack(stack);
  const machines = definitionsOf(template);
  const states = (name: string) =>
    Object.fromEntries(statesOf(machines[`example-clickstream-${name}`]!)) as Record<string, Flow>;
  return {
    template,
    upgrade: states('pipeline-upgrade'),
    cleanup: states('legacy-cleanup'),
    machines,
  };
}

const withToken = synth({ apiTokenSecretArn: SECRET, region: 'eu-west-1', vpc: VPC });
const byHand = synth({ vpc: VPC, apiTokenSecretArn: undefined }, { region: 'ap-southeast-1' });

/** Statements of a task's role, by action. */
function rights(template: Template, task: string): Record<string, unknown> {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const own = policies.filter(([id]) => id.startsWith(`Platform${task}ServiceRole`));
  const statements = own.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  return Object.fromEntries(
    statements.flatMap(({ Action, Resource }) =>
      [Action].flat().map((action: string) => [action, Resource]),
    ),
  );
}
const vpcOf = (template: Template, task: string) =>
  Object.entries(template.findResources('AWS::Lambda::Function')).find(([id]) =>
    id.startsWith(`Platform${task}`),
  )![1].Properties.VpcConfig;

describe('with a token', () => {
  const { upgrade, template, machines } = withToken;

  it('sets the zones, starts, and follows; a failure leads back to the start', () => {
    expect(machines['example-clickstream-pipeline-upgrade']!.StartAt).toBe(
      'Set the time zones of the applications',
    );
    expect(upgrade['Set the time zones of the applications']!.Next).toBe(
      'Start the upgrade of the pipeline',
    );
    expect(upgrade['Has the upgrade of the pipeline begun?']).toMatchObject({
      Choices: [
        {
          Condition: expect.stringContaining("'running'"),
          Next: 'Start the upgrade of the pipeline',
        },
        { Condition: expect.stringContaining("'done'"), Next: 'The pipeline is upgraded' },
      ],
      Default: 'Follow the upgrade of the pipeline',
    });
    expect(upgrade['Upgrade of the pipeline through?']).toMatchObject({
      Choices: [
        {
          Condition: expect.stringContaining("'running'"),
          Next: 'Follow the upgrade of the pipeline',
        },
        {
          Condition: expect.stringContaining("'again'"),
          Next: 'Start the upgrade of the pipeline',
        },
      ],
      Default: 'The pipeline is upgraded',
    });
    expect(Object.keys(upgrade)).not.toContain('Ask at gate pipeline-upgrade');
  });

  it('tells the tasks the regions of console and pipeline, which may differ', () => {
    expect(upgrade['Start the upgrade of the pipeline']!.Arguments!.Payload).toMatchObject({
      console: {
        stackName: 'clickstream-console',
        region: 'eu-west-1',
        tokenSecretArn: SECRET,
        inVpc: true,
      },
      projectId: 'my_project_ab12',
      region: 'us-east-1',
    });
  });

  it('runs those that call the API in the VPC, with the rights that takes, and the one that follows outside', () => {
    const { vpcId: _, subnetIds: SubnetIds, securityGroupIds: SecurityGroupIds } = VPC;
    for (const task of ['SetTimeZones', 'StartPipelineUpgrade']) {
      expect(vpcOf(template, task)).toEqual({ SubnetIds, SecurityGroupIds });
      expect(rights(template, task)).toMatchObject({
        'ec2:CreateNetworkInterface': '*',
        'cloudformation:DescribeStacks': '*',
        'secretsmanager:GetSecretValue': SECRET,
      });
    }
    expect(vpcOf(template, 'FollowPipeline')).toBeUndefined();
    expect(Object.keys(rights(template, 'FollowPipeline'))).not.toContain(
      'secretsmanager:GetSecretValue',
    );
    expect(
      JSON.stringify(rights(template, 'FollowPipeline')['cloudformation:DescribeStackEvents']),
    ).toContain(':stack/Acme-Clickstream-*/*');
  });
});

describe('without a token', () => {
  const { upgrade, template } = byHand;

  it('looks, asks a person at the gate, and follows in the region of the pipeline', () => {
    expect(
      upgrade['Has the upgrade of the pipeline begun?']!.Choices!.map(({ Next }) => Next),
    ).toEqual(['Look at the pipeline', 'The pipeline is upgraded', 'Ask at gate pipeline-upgrade']);
    expect(upgrade['Ask at gate pipeline-upgrade']!.Next).toBe(
      'Follow the upgrade of the pipeline',
    );
    expect(upgrade['Follow the upgrade of the pipeline']!.Arguments!.Payload).toMatchObject({
      region: 'ap-southeast-1',
      console: { tokenSecretArn: null, inVpc: false },
    });
    expect(Object.keys(upgrade)).not.toContain('Set the time zones of the applications');
    expect(vpcOf(template, 'StartPipelineUpgrade')).toBeUndefined();
    expect(Object.keys(rights(template, 'StartPipelineUpgrade'))).not.toContain(
      'secretsmanager:GetSecretValue',
    );
  });

  it.each([
    [
      'upgrade',
      /from v1\.1\.5 to v1\.1\.15-2 by hand: .*press Upgrade.*reporting time zone before.*Approve when it is pressed/,
    ],
    ['retry', /press Retry on the page of the pipeline/],
  ])('says at the gate what to press: %s', async (action, text) => {
    const { Payload } = upgrade['Ask at gate pipeline-upgrade']!.Arguments!;
    const data = { pipelineStart: { action, from: 'v1.1.5', to: 'v1.1.15-2', attempt: 2 } };
    await expect(evaluate(Payload.question, data)).resolves.toMatch(text);
    await expect(evaluate((Payload.approve as { attempt: string }).attempt, data)).resolves.toBe(2);
  });
});

/** A JSONata string as the service evaluates it. */
const evaluate = (text: unknown, input: object): Promise<unknown> =>
  jsonata(String(text).slice(2, -2)).evaluate({}, { states: { input } });

describe('the clean-up', () => {
  const { cleanup, machines } = withToken;

  it('trap 41: dropping legacy tables automatically: lists, asks a person, compares with the approval, and only then goes to the applications', () => {
    expect(machines['example-clickstream-legacy-cleanup']!.StartAt).toBe('List the legacy objects');
    expect(cleanup['Any legacy objects there?']).toMatchObject({
      Choices: [{ Next: 'No legacy objects are left' }],
      Default: 'Ask at gate cleanup',
    });
    expect(cleanup['Ask at gate cleanup']!.Next).toBe(
      'Compare the legacy objects with the approval',
    );
    expect(cleanup['Changed since gate cleanup?']).toMatchObject({
      Choices: [
        { Condition: "{% $states.input.legacy.status = 'changed' %}", Next: 'Ask at gate cleanup' },
      ],
      Default: 'Gate cleanup passed',
    });
  });

  it('trap 41: dropping legacy tables automatically: drops an application only behind checks 1, 9 and 37 that ran right before it', () => {
    const { plan, evidence } = cleanup['Run checks before the clean-up']!.Arguments!
      .Payload as never as {
      plan: { statements: { name: string }[] };
      evidence: object;
    };
    expect(plan.statements.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['check-log-ends', 'check-trace', 'check-events', 'check-half-done']),
    );
    expect(evidence).toEqual({ kind: 'checks' });
    expect(cleanup['Legacy tables to compare?']).toMatchObject({
      Choices: [
        {
          Condition: '{% $states.input.value.tables %}',
          Next: 'For each stretch of checks before the clean-up',
        },
      ],
      Default: 'For each stretch of drops of legacy tables',
    });
    expect(cleanup['All checks before the clean-up done']!.Next).toBe(
      'For each stretch of drops of legacy tables',
    );
    expect(cleanup['All drops of legacy tables done']!.Next).toBe(
      'For each stretch of drops of legacy procedures',
    );
    expect(cleanup['All drops of legacy procedures done']!.Next).toBe(
      'For each stretch of checks after the clean-up',
    );
  });

  it('drops views before the tables they need, and nothing with CASCADE', () => {
    const { plan } = cleanup['Run drops of legacy tables']!.Arguments!.Payload as never as {
      plan: { statements: { name: string }[] };
    };
    expect(plan.statements.map(({ name }) => name)).toEqual([
      'drop-user-view',
      'drop-item-view',
      'drop-legacy-tables',
      'drop-backfill-trace',
    ]);
  });

  it.each([[Object.keys(LEGACY_PROCEDURES)], [['sp_migrate_user_to_v2']], [[]]])(
    'makes one statement for each procedure that is there: %j',
    async (procedures: string[]) => {
      const { plan } = cleanup['Run drops of legacy procedures']!.Arguments!.Payload as never as {
        plan: { statements: string };
      };
      const made = await evaluate(plan.statements, { value: { schema: 'shop', procedures } });
      expect(JSON.parse(JSON.stringify(made))).toEqual(
        procedures.map((procedure) => ({
          name: procedure,
          sql: { file: `clickstream/${LEGACY_PROCEDURES[procedure]}` },
          ids: { schema: 'shop', procedure },
        })),
      );
    },
  );

  it('has names that fit and are unique over both parts', () => {
    const names = [
      ...Object.keys(withToken.upgrade),
      ...Object.keys(byHand.upgrade).filter((n) => !(n in withToken.upgrade)),
      ...Object.keys(cleanup),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length > 60)).toEqual([]);
  });
});
