// How a step runs batches. Not exported from the package: BatchedProcedure and
// RedshiftStatement are its faces.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RunBatchesPayload } from '../../lambdas/run-batches/payload';
import type { Caller } from '../../lambdas/shared/run';
import { Platform } from '../platform/platform';
import { taskState } from '../platform/task-state';
import { Stretches } from './stretches';
import type { Warehouse } from './warehouse';

/** What the states of a batch step are called and told. */
export interface BatchesProps {
  /** What is run, as in `Run event batches` and `More event batches?`. */
  readonly work: string;
  readonly warehouse: Warehouse;
  /** Own members of the task's payload; members may be JSONata strings. */
  readonly payload: {
    [Name in keyof Omit<RunBatchesPayload, keyof Caller | 'warehouse'>]: unknown;
  };
  /** Label of the Map, and name of the result in the state data. */
  readonly label: string;
  readonly inItem: boolean;
  /** Whether some of the plan's entries are transactions. */
  readonly transactions?: boolean;
}

/** The Run/More pair: 7 events a turn, in whatever execution it stands. */
function turns(scope: Construct, props: BatchesProps) {
  const platform = Platform.of(scope);
  const task = platform.task('run-batches');
  // Whoever ends what a stopped run left behind needs the same rights.
  for (const grantee of [task, ...platform.settlingTasks]) {
    props.warehouse.grantStatements(grantee);
    if (props.transactions) props.warehouse.grantTransactions(grantee);
  }
  const run = taskState(scope, `Run ${props.work}`, {
    task,
    payload: { ...props.payload, warehouse: props.warehouse.target },
    inItem: props.inItem,
    outputs: "{% $merge([$states.input, { 'turn': $states.result.Payload }]) %}",
    comment:
      `Runs ${props.work} one after the other, as many as fit into 13 minutes. ` +
      'On redrive: adopts the statement that runs, or starts a new attempt after a failed one',
  });
  const more = sfn.Choice.jsonata(scope, `More ${props.work}?`, {
    comment: 'Leads back while the task says that it is not through. On redrive: asks again',
  });
  const ended = sfn.Succeed.jsonata(scope, `Stretch of ${props.work} ended`, {
    outputs: '{% $states.input.turn %}',
    comment: 'Hands counts to the parent, never rows',
  });
  run.next(more);
  more
    .when(sfn.Condition.jsonata("{% $states.input.turn.status = 'running' %}"), run)
    .otherwise(ended);
  return run;
}

/** Ordered batches. The task counts the turns of a child itself, redrives included. */
export class OrderedBatches extends Stretches {
  constructor(scope: Construct, id: string, props: BatchesProps) {
    const { work, label } = props;
    super(scope, id, { work, label, turns: (stretch) => turns(stretch, props) });
  }
}
