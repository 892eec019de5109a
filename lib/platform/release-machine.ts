import { CfnOutput, Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { consoleLink } from '../../lambdas/shared/inputs/links';
import { alarm } from './alarms';
import { Machine } from './machine';
import { OperatorPolicy } from './operator-policy';
import { Platform } from './platform';
import { EXECUTION_CALLER, taskState } from './task-state';

/** Properties of {@link ReleaseMachine}. */
export interface ReleaseMachineProps {
  /**
   * What is done behind the release; the state data have the id `run`.
   *
   * @default - nothing
   */
  readonly after?: (scope: Construct) => sfn.IChainable;
}

/**
 * The machine `<stack>-release`: gives up a run whose execution is closed. What still runs is stopped
 * first, then the run's leases are free and a redrive of it throws.
 */
export class ReleaseMachine extends Construct {
  /** The machine, with its ARNs. */
  readonly machine: Machine;

  constructor(scope: Construct, id: string, { after }: ReleaseMachineProps = {}) {
    super(scope, id);
    const release = taskState(this, 'Release the run', {
      task: Platform.of(this).task('release-run'),
      caller: EXECUTION_CALLER,
      payload: { input: '{% $states.input %}' },
      outputs: '{% $states.result.Payload %}',
      comment:
        'Stops what still runs, marks the run given up and frees its leases. On redrive: does what is left of that',
    });
    this.machine = new Machine(this, 'Machine', {
      name: 'release',
      comment: 'Gives up a failed run: {"run": "run-…"}',
      definition: after ? sfn.Chain.start(release).next(after(this)) : sfn.Chain.start(release),
    });
    if (after) this.watch();
    OperatorPolicy.of(this).addHelper(this.machine.arns);
    new CfnOutput(this, 'Console', {
      description: `Give up a failed run by starting ${this.machine.arns.name}`,
      value: consoleLink(this.machine.arns.machine),
    });
  }

  /** What is left behind the release holds no lease: the watch over failed runs does not see it. */
  private watch(): void {
    const { stateMachine, arns } = this.machine;
    alarm(this, 'Failed', stateMachine.metricFailed({ period: Duration.minutes(1) }), {
      description: `An execution of ${arns.name} failed: what a run has left is not tidied up`,
    });
  }
}
