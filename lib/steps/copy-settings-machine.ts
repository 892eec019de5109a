import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { consoleLink } from '../../lambdas/shared/inputs/links';
import { Machine } from '../platform/machine';
import { OperatorPolicy } from '../platform/operator-policy';
import { Platform } from '../platform/platform';
import { EXECUTION_CALLER, taskState } from '../platform/task-state';

const ID = 'CopySettings';

/**
 * The machine `<stack>-settings`: a person starts it to change what steers a chunked copy that runs, or to
 * pause it. Its execution is the record of who it was.
 */
export class CopySettingsMachine extends Construct {
  /** The stack's machine; made when the first copy asks for it. */
  static of(scope: IConstruct): CopySettingsMachine {
    const stack = Stack.of(scope);
    return (
      (stack.node.tryFindChild(ID) as CopySettingsMachine | undefined) ??
      new CopySettingsMachine(stack)
    );
  }

  /** The machine, with its ARNs. */
  readonly machine: Machine;

  private constructor(scope: Construct) {
    super(scope, ID);
    const change = taskState(this, 'Change the settings of the copy', {
      task: Platform.of(this).task('change-settings', {
        ledger: ['GetItem', 'PutItem'],
        timeout: Duration.minutes(2),
      }),
      caller: EXECUTION_CALLER,
      payload: { input: '{% $states.input %}' },
      outputs: '{% $states.result.Payload %}',
      comment:
        'Writes what changes beside the run; the copy reads it before its next chunk. On redrive: writes it again',
    });
    this.machine = new Machine(this, 'Machine', {
      name: 'settings',
      comment:
        'Changes a copy while it runs: {"run": "run-…", "pause": true}, or chunkSeconds, niceRatio, maxLagSeconds …',
      definition: sfn.Chain.start(change),
    });
    OperatorPolicy.of(this).addHelper(this.machine.arns);
    new CfnOutput(this, 'Console', {
      description: `Pause or steer a copy that runs by starting ${this.machine.arns.name}`,
      value: consoleLink(this.machine.arns.machine),
    });
  }
}
