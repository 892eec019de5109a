import type { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Machine } from './machine';
import { Platform } from './platform';
import { QuietWatch } from './quiet-watch';

/** Properties of {@link Notices}. */
export interface NoticesProps {
  /** Machine whose executions are told about. */
  readonly machine: Machine;

  /**
   * How long a failed run may stay alone before an alarm.
   *
   * @default Duration.hours(2)
   */
  readonly quietAlarmAfter?: Duration;
}

/** Statuses of an execution that is over without success; a redrive can go on from each. */
export const STOPPED = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * What happens when an execution of exactly this machine ends: people are told, what it left running
 * is stopped where steps leave something, and somebody looks again later. Rules see the execution's
 * status from outside, so no state has to catch an error to tell about it.
 */
export class Notices extends Construct {
  constructor(scope: Construct, id: string, props: NoticesProps) {
    super(scope, id);
    const platform = Platform.of(this);
    this.rule('Ended', props.machine, [...STOPPED, 'SUCCEEDED']).addTarget(
      new targets.LambdaFunction(platform.task('notify-status')),
    );
    const stopped = this.rule('Stopped', props.machine, STOPPED);
    platform.whereRunsLeaveWork((net) => stopped.addTarget(new targets.LambdaFunction(net)));
    stopped.addTarget(QuietWatch.of(this, props.quietAlarmAfter).target());
  }

  private rule(id: string, machine: Machine, status: string[]): events.Rule {
    return new events.Rule(this, id, {
      description: `Executions of ${machine.arns.name} that are ${status.join(', ')}`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine.stateMachine.stateMachineArn], status },
      },
    });
  }
}
