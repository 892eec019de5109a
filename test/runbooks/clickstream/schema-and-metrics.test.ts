import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import jsonata from 'jsonata';
import { Machine } from '../../../lib/platform/machine';
import { recalculateMetrics } from '../../../lib/runbooks/clickstream/metrics';
import { migrateApplication } from '../../../lib/runbooks/clickstream/migration-steps';
import { upgradeSchemas } from '../../../lib/runbooks/clickstream/schema-upgrade';
import { ForEach } from '../../../lib/steps/for-each';
import { Warehouse } from '../../../lib/steps/warehouse';
import { definitionsOf, exampleTarget, type State, statesOf } from '../../support/definitions';

const { clickstream: target } = exampleTarget();

/** Both parts with the migration between them, as they stand in the whole upgrade. */
function synth(since?: string) {
  const stack = new Stack(new App(), 'example', {
    env: { account: '000000000000', region: 'us-east-1' },
  });
  const role = (name: string) =>
    iam.Role.fromRoleArn(stack, name, `arn:aws:iam::000000000000:role/${name}`, { mutable: false });
  const access = { workgroup: 'w', database: 'd' };
  const warehouse = Warehouse.serverless({ ...access, role: role('data-api') });
  const definer = Warehouse.serverless({ ...access, role: role('admin') });
  const definition = sfn.Chain.start(
    upgradeSchemas(stack, {
      warehouse,
      definer,
      target: { ...target, pipeline: { region: 'eu-west-1', stackPrefix: 'Clickstream' } },
      since,
    }),
  )
    .next(
      new ForEach(stack, 'Applications', {
        name: 'applications',
        noun: 'application',
        nouns: 'applications',
        items: '$states.input.plan.applications',
        body: (body) => migrateApplication(body, warehouse, definer),
      }),
    )
    .next(recalculateMetrics(stack, { warehouse, target }));
  new Machine(stack, 'Machine', { name: 'm', comment: 'a test', definition });
  const template = Template.fromStack(stack);
  return { template, states: statesOf(Object.values(definitionsOf(template))[0]!) };
}

const { template, states } = synth();
const state = (name: string) => new Map(states).get(name)! as State & Choice;

interface Choice {
  readonly Choices: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default: string;
  readonly Items: string;
  readonly ItemSelector: Record<string, unknown>;
}

/** Actions by resource pattern of a task's own policy. */
function rightsOf(task: string): [string, string][] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const [, policy] = policies.find(([id]) => id.startsWith(`Platform${task}`))!;
  const statements = policy.Properties.PolicyDocument.Statement as {
    Action: string | string[];
    Resource: unknown;
  }[];
  return statements.flatMap(({ Action, Resource }) =>
    [Action].flat().map((action): [string, string] => [action, JSON.stringify(Resource)]),
  );
}

const next = (name: string) => [
  ...state(name).Choices.map(({ Condition, Next }) => [Condition, Next]),
  ['otherwise', state(name).Default],
];

describe('the schema of each application', () => {
  test('stands beside the migration and the metrics without two states of one name', () => {
    const names = states.map(([name]) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['Ensure the functions run', 'Ensure the schema functions run']),
    );
  });

  test('trap 14: redriving a schema execution that failed on plpythonu: the external functions come before the list without Python is run, and verification is last', () => {
    expect(state("Follow the schema's SQL").Next).toBe("Is the schema's SQL through?");
    expect(next("Is the schema's SQL through?")).toEqual([
      ["{% $states.input.schema.status = 'running' %}", "Follow the schema's SQL"],
      ['otherwise', 'Ensure the schema functions run'],
    ]);
    expect(state('All schema functions run').Next).toBe('Were functions in Python refused?');
    expect(next('Were functions in Python refused?')).toEqual([
      ["{% $states.input.schema.status = 'python' %}", 'Run the SQL without Python functions'],
      ['otherwise', 'Verify the schema'],
    ]);
    expect(next('Is the SQL without Python through?')).toEqual([
      ["{% $states.input.schema.status = 'running' %}", 'Run the SQL without Python functions'],
      ['otherwise', 'Verify the schema'],
    ]);
    expect(state('Verify the schema').Next).toBe('Mark the schema done');
  });

  test('trap 42: assuming one app per project: every application of the pipeline’s stacks gets its schema, also one whose data is not migrated', async () => {
    const expression = /'todo': (\[.*\]) \} \}/.exec(
      JSON.stringify(new Map(states).get('List the schemas')),
    )![1]!;
    const items = await jsonata(expression.replaceAll('$states.input', 'data')).evaluate({
      data: { input: { appIds: ['Shop'] }, pipeline: { appIds: ['Shop', 'order'] } },
    });
    expect(JSON.parse(JSON.stringify(items))).toEqual([
      { key: 'Shop', value: {} },
      { key: 'order', value: {} },
    ]);
    expect(state("Follow the schema's SQL").Arguments!.Payload).toMatchObject({
      appId: '{% $states.input.item.key %}',
      machineArn: '{% $states.input.common.machine %}',
      edited: false,
    });
    expect(state('Run the SQL without Python functions').Arguments!.Payload.edited).toBe(true);
    expect(state('Ensure the schema functions run').Arguments!.Payload.schema).toBe(
      '{% $lowercase($states.input.item.key) %}',
    );
  });

  test('an execution belongs to the upgrade since the run began, or since the instant that is given', () => {
    const common = (of: ReturnType<typeof synth>) =>
      (new Map(of.states).get('For each schema') as State & Choice).ItemSelector.common;
    expect(common({ template, states })).toContain("'since': null");
    expect(common(synth('$states.input.upgrade.startedAt'))).toContain(
      "'since': $states.input.upgrade.startedAt",
    );
  });

  test('its task may use this one machine in the region of the pipeline, and read the SQL of this project', () => {
    const rights = rightsOf('FollowSchema');
    const machine = 'CreateApplicationSchemasSQLExecutionStateMachine*';
    for (const action of ['ListExecutions', 'StartExecution']) {
      expect(rights).toContainEqual([
        `states:${action}`,
        expect.stringContaining(`:states:eu-west-1:000000000000:stateMachine:${machine}`),
      ]);
    }
    for (const action of ['DescribeExecution', 'GetExecutionHistory', 'RedriveExecution']) {
      expect(rights).toContainEqual([
        `states:${action}`,
        expect.stringContaining(`:states:eu-west-1:000000000000:execution:${machine}:*`),
      ]);
    }
    expect(rights).toContainEqual([
      's3:GetObject',
      expect.stringContaining(`:s3:::*/*tmp/${target.projectId}/sqls/*`),
    ]);
    expect(rights.map(([action]) => action)).not.toContain('states:StopExecution');
  });
});

describe('the metrics', () => {
  test('trap 20: recalculating before all base-view ranges are in: metrics come behind all of them, and only when the input says so', () => {
    const names = states.map(([name]) => name);
    expect(names.indexOf('Recalculate the metrics')).toBeGreaterThan(
      names.indexOf('Run base view ranges'),
    );
    expect(next('Shall the metrics be recalculated?')).toEqual([
      ['{% $states.input.input.metrics.recalculate %}', 'Recalculate the metrics'],
      ['otherwise', 'The metrics are as wanted'],
    ]);
    expect(next('Are the metrics recalculated?')).toEqual([
      ["{% $states.input.metrics.status = 'running' %}", 'Recalculate the metrics'],
      ['otherwise', 'The metrics are as wanted'],
    ]);
  });

  test('trap 18: starting the child because its name also matches: the task has the right for the parent only', () => {
    const starts = rightsOf('RecalculateMetrics').filter(([action]) =>
      /Start|Redrive/.test(action),
    );
    expect(starts).toHaveLength(2);
    for (const [, resource] of starts) {
      expect(resource).toContain('RefreshMaterializedViewsWorkflowRefreshMVStateMachine*');
      expect(resource).not.toContain('RefreshSP');
    }
  });
});

test('every state says what it does, and every task and Choice what a redrive does', () => {
  const ours = states.filter(([name]) => /schema|Python|metrics/i.test(name));
  expect(ours.length).toBeGreaterThan(12);
  const silent = ours.filter(
    ([, { Type, Comment }]) => !Comment || (Type === 'Task' && !/on redrive/i.test(Comment)),
  );
  expect(silent.map(([name]) => name)).toEqual([]);
  expect(ours.filter(([name]) => name.length > 60)).toEqual([]);
});
