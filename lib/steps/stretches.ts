// Turns of a waiting task in executions of their own, so that no history grows with the work. Not exported
// from the package.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Step } from './chain';

/** Properties of {@link Stretches}. */
export interface StretchesProps {
  /** What is done, as in `For each stretch of event batches`. */
  readonly work: string;

  /** Label of the Map, and name of its result in the state data. */
  readonly label: string;

  /** States of a stretch; its end has a `status`, and `handover` means that another one follows. */
  readonly turns: (scope: Construct) => sfn.IChainable;

  /**
   * JSONata, without `{% %}`, for the data a stretch begins with.
   *
   * @default '$states.input'
   */
  readonly input?: string;
}

/**
 * A Distributed Map of one item whose child does a stretch of the work; the Choice behind it starts the
 * next child.
 */
export class Stretches extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: StretchesProps) {
    super(scope, id);
    const { work, label, input = '$states.input' } = props;
    const stretch = sfn.DistributedMap.jsonata(this, `For each stretch of ${work}`, {
      items: sfn.ProvideItems.jsonata(`{% [${input}] %}`),
      maxConcurrency: 1,
      label,
      mapExecutionType: sfn.StateMachineType.STANDARD,
      outputs: `{% $merge([$states.input, { '${label}': $states.result[0] }]) %}`,
      comment:
        'Runs the turns in an execution of their own, so that no history grows with the work. ' +
        'On redrive: continues the child that failed',
    });
    stretch.itemProcessor(props.turns(this));
    const another = sfn.Choice.jsonata(this, `Another stretch of ${work}?`, {
      comment: 'Starts a fresh child when the last one had its turns. On redrive: asks again',
    });
    const done = sfn.Pass.jsonata(this, `All ${work} done`, {
      comment: 'Goes on with the counts in the state data. On redrive: is not run again',
    });
    stretch.next(another);
    another
      .when(sfn.Condition.jsonata(`{% $states.input.${label}.status = 'handover' %}`), stretch)
      .otherwise(done);
    this.startState = stretch;
    this.endStates = [done];
  }
}

/**
 * Turns after which a stretch ends when its task keeps no count itself. A turn has 7 events, so 500 leave
 * room for 100 retries and redrives before 5,000, far from the 25,000 at which an execution ends:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MOST_TURNS = 500;
