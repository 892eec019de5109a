import { Duration, Stack } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { PAYLOAD_VERSION } from '../../lambdas/shared/run';
import { alarm } from './alarms';
import { Machine } from './machine';
import { Platform } from './platform';
import { taskState } from './task-state';

const ID = 'QuietWatch';

/**
 * Alarms when a failed run is left alone. A rule starts this small machine at the moment of the
 * failure; it waits until the appointed time and fails when the run is still failed, which is what
 * the alarm sees. Idle it costs nothing: no schedule runs, no metric is written.
 */
export class QuietWatch extends Construct {
  /** The stack's watch; made when the first machine asks for it. */
  static of(scope: IConstruct, after?: Duration): QuietWatch {
    const stack = Stack.of(scope);
    return (
      (stack.node.tryFindChild(ID) as QuietWatch | undefined) ??
      new QuietWatch(stack, after ?? Duration.hours(2))
    );
  }

  /** The machine, with its ARNs. */
  readonly machine: Machine;

  private constructor(scope: Construct, after: Duration) {
    super(scope, ID);
    const wait = sfn.Wait.jsonata(this, 'Wait until a failed run should have an owner', {
      time: sfn.WaitTime.timestamp(
        `{% $fromMillis($states.input.detail.stopDate + ${after.toMilliseconds()}) %}`,
      ),
      comment: 'Counts from the end of the execution. On redrive: goes on when the time is over',
    });
    const look = taskState(this, 'Look whether the run is still failed', {
      task: Platform.of(this).task('check-quiet-run'),
      caller: { version: PAYLOAD_VERSION },
      payload: {
        executionArn: '{% $states.input.detail.executionArn %}',
        stopDate: '{% $states.input.detail.stopDate %}',
      },
      outputs: '{% $states.result.Payload %}',
      comment:
        'Fails when nobody has redriven, continued or released the run. On redrive: looks again',
    });
    this.machine = new Machine(this, 'Machine', {
      name: 'quiet-watch',
      comment: 'Alarms when a failed run is left alone',
      definition: wait.next(look),
    });
    alarm(
      this,
      'LeftAlone',
      this.machine.stateMachine.metricFailed({ period: Duration.minutes(1) }),
      {
        description: `A failed run has been left alone for ${after.toHumanString()}: redrive, continue or release it`,
      },
    );
  }

  /** Target of the rule on executions that ended without success. */
  target(): events.IRuleTarget {
    return new targets.SfnStateMachine(this.machine.stateMachine);
  }
}
