// Metrics of the dashboards after old data came in: recalculated by the solution's own state machine.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import { addResult, taskState } from '../../platform/task-state';
import type { Warehouse } from '../../steps/warehouse';
import { GENERATED_NAMES, SolutionArns } from './solution-arns';

/** Properties of {@link recalculateMetrics}. */
export interface MetricsProps {
  /** As whom the status rows are read. */
  readonly warehouse: Warehouse;

  /** The target's configuration. */
  readonly target: ClickstreamTarget;
}

const STEP = 'metrics';

/** States that stand behind the last range of the base view. */
export function recalculateMetrics(scope: Construct, props: MetricsProps): sfn.Chain {
  const wanted = sfn.Choice.jsonata(scope, 'Shall the metrics be recalculated?', {
    comment: 'The input says whether. On redrive: asks again',
  });
  const recalculate = taskState(scope, 'Recalculate the metrics', {
    task: metricsTask(scope, props),
    payload: {
      step: STEP,
      machineArn: '{% $states.input.pipeline.machines.metrics %}',
      appIds: '{% [$states.input.input.appIds] %}',
      days: '{% $states.input.input.migration.days %}',
      warehouse: props.warehouse.target,
    },
    outputs: addResult(STEP),
    comment:
      "Waits until nobody else recalculates, starts the solution's machine, follows it, and looks for the rows of every application. " +
      'On redrive: adopts the execution it started, and tries again when it failed or did no work',
  });
  const through = sfn.Choice.jsonata(scope, 'Are the metrics recalculated?', {
    comment: 'Leads back while it runs. On redrive: asks again',
  });
  const done = sfn.Pass.jsonata(scope, 'The metrics are as wanted', {
    comment: 'Recalculated and verified, or left to the schedule. On redrive: is not run again',
  });
  const yes = '{% $states.input.input.metrics.recalculate %}';
  wanted.when(sfn.Condition.jsonata(yes), recalculate).otherwise(done);
  recalculate.next(through);
  const running = `{% $states.input.${STEP}.status = 'running' %}`;
  through.when(sfn.Condition.jsonata(running), recalculate).otherwise(done);
  return sfn.Chain.custom(wanted, [done], done);
}

function metricsTask(scope: Construct, { warehouse, target }: MetricsProps) {
  const platform = Platform.of(scope);
  const task = platform.task('recalculate-metrics', {
    ledger: ['GetItem', 'PutItem', 'Query'],
    states: ['DescribeExecution'],
  });
  const arns = new SolutionArns(scope, target);
  const machine = ['states:ListExecutions', 'states:StartExecution'];
  allow(task, machine, [arns.machine('metrics')], GENERATED_NAMES);
  const executions = [
    'states:DescribeExecution',
    'states:GetExecutionHistory',
    'states:RedriveExecution',
  ];
  allow(task, executions, [arns.executions('metrics')], GENERATED_NAMES);
  for (const grantee of [task, ...platform.settlingTasks]) warehouse.grantStatements(grantee);
  return task;
}
