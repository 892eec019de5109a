// The schema of each application after the pipeline was upgraded. The solution makes it with a state machine
// of its own, minutes to hours after the stack is complete, and fails there where Redshift makes no function
// in Python any more: then external functions stand for them, and the list goes on without them.

import { Aws } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskRights } from '../../platform/task-rights';
import { taskState } from '../../platform/task-state';
import { ExternalFunctions } from '../../steps/external-functions';
import { ForEach } from '../../steps/for-each';
import type { Warehouse } from '../../steps/warehouse';
import { answeringFunction, CLICKSTREAM_FUNCTIONS } from './functions';
import { GENERATED_NAMES, SolutionArns } from './solution-arns';

/** Properties of {@link upgradeSchemas}. */
export interface SchemaUpgradeProps {
  /** As whom the solution's statements run. */
  readonly warehouse: Warehouse;

  /** Who makes functions that do not work. */
  readonly definer: Warehouse;

  /** The target's configuration. */
  readonly target: ClickstreamTarget;

  /**
   * JSONata expression, without `{% %}`, for the instant since which an execution belongs to this
   * upgrade.
   *
   * @default - the start of the run
   */
  readonly since?: string;
}

const RIGHTS: Readonly<Record<string, TaskRights>> = {
  'follow-schema': { ledger: ['GetItem', 'PutItem', 'Query'], states: ['DescribeExecution'] },
  'verify-schema': { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] },
};

const STEP = 'schema';
const FUNCTIONS = CLICKSTREAM_FUNCTIONS.map(({ name }) => name);
/** Schemas are lower case in Redshift, whatever the application is called. */
const SCHEMA = '{% $lowercase($states.input.item.key) %}';

/**
 * The schema of every application of the pipeline, each on its own: one that fails stops no other. Those
 * whose data is not migrated need it too: the metrics are recalculated for all.
 */
export function upgradeSchemas(scope: Construct, props: SchemaUpgradeProps): ForEach {
  return new ForEach(scope, 'Schemas', {
    name: 'schemas',
    noun: 'schema',
    nouns: 'schemas',
    items: "[$states.input.pipeline.appIds].{ 'key': $, 'value': {} }",
    common: `{ 'machine': $states.input.pipeline.machines.schema, 'since': ${props.since ?? 'null'} }`,
    maxConcurrency: 4,
    body: (body) => upgradeSchema(body, props),
  });
}

function upgradeSchema(scope: Construct, props: SchemaUpgradeProps): sfn.Chain {
  const { warehouse, definer } = props;
  const follow = followTask(scope, props);
  const payload = (edited: boolean) => ({
    step: STEP,
    machineArn: '{% $states.input.common.machine %}',
    appId: '{% $states.input.item.key %}',
    since: '{% $states.input.common.since %}',
    warehouse: warehouse.target,
    functions: FUNCTIONS,
    edited,
  });
  const outputs = `{% $merge([$states.input, { '${STEP}': $states.result.Payload }]) %}`;
  const watch = taskState(scope, "Follow the schema's SQL", {
    task: follow,
    payload: payload(false),
    inItem: true,
    outputs,
    comment:
      "Waits for the solution's execution that makes the schema, and tries one that failed again, where that can help. " +
      'On redrive: takes the newest execution and tries it once more',
  });
  const over = choice(scope, "Is the schema's SQL through?");
  const functions = new ExternalFunctions(scope, 'SchemaFunctions', {
    step: 'schemaFunctions',
    noun: 'schema functions',
    warehouse,
    definer,
    handler: answeringFunction(scope),
    functions: CLICKSTREAM_FUNCTIONS,
    schema: SCHEMA,
    inItem: true,
  });
  const refused = sfn.Choice.jsonata(scope, 'Were functions in Python refused?', {
    comment: 'Then the rest of the list has not been run yet. On redrive: asks again',
  });
  const edited = taskState(scope, 'Run the SQL without Python functions', {
    task: follow,
    payload: payload(true),
    inItem: true,
    outputs,
    comment:
      "Starts an execution of the solution's machine with its list, less the functions in Python, and follows it. " +
      'On redrive: adopts the execution it started, and tries it once more when it failed',
  });
  const through = choice(scope, 'Is the SQL without Python through?');
  const verify = taskState(scope, 'Verify the schema', {
    task: verifyTask(scope, warehouse),
    payload: {
      warehouse: warehouse.target,
      appId: '{% $states.input.item.key %}',
      functions: FUNCTIONS,
    },
    inItem: true,
    outputs: '{% $states.input %}',
    comment:
      'Compares tables with their columns, procedures, functions and owners with what the version has, and names all that is missing. ' +
      'On redrive: looks again',
  });
  watch.next(over);
  over.when(isRunning, watch).otherwise(functions.startState);
  for (const end of functions.endStates) end.next(refused);
  refused
    .when(sfn.Condition.jsonata(`{% $states.input.${STEP}.status = 'python' %}`), edited)
    .otherwise(verify);
  edited.next(through);
  through.when(isRunning, edited).otherwise(verify);
  return sfn.Chain.custom(watch, [verify], verify);
}

const isRunning = sfn.Condition.jsonata(`{% $states.input.${STEP}.status = 'running' %}`);

const choice = (scope: Construct, id: string) =>
  sfn.Choice.jsonata(scope, id, { comment: 'Leads back while it runs. On redrive: asks again' });

function followTask(scope: Construct, { warehouse, target }: SchemaUpgradeProps) {
  const platform = Platform.of(scope);
  const task = platform.task('follow-schema', RIGHTS['follow-schema']);
  const arns = new SolutionArns(scope, target);
  const machine = ['states:ListExecutions', 'states:StartExecution'];
  allow(task, machine, [arns.machine('schema')], GENERATED_NAMES);
  const executions = [
    'states:DescribeExecution',
    'states:GetExecutionHistory',
    'states:RedriveExecution',
  ];
  allow(task, executions, [arns.executions('schema')], GENERATED_NAMES);
  const files = `arn:${Aws.PARTITION}:s3:::*/*tmp/${target.projectId}/sqls/*`;
  const unknown = 'The bucket is a parameter of the pipeline; the folder in it is known.';
  allow(task, ['s3:GetObject'], [files], unknown);
  // Whoever ends what a stopped run left behind needs the same rights.
  for (const grantee of [task, ...platform.settlingTasks]) warehouse.grantStatements(grantee);
  return task;
}

function verifyTask(scope: Construct, warehouse: Warehouse) {
  const task = Platform.of(scope).task('verify-schema', RIGHTS['verify-schema']);
  warehouse.grantStatements(task);
  return task;
}
