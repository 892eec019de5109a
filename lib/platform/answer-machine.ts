import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { consoleLink } from '../../lambdas/shared/inputs/links';
import { MachineArns } from './execution-arns';
import { Machine } from './machine';
import { OperatorPolicy } from './operator-policy';
import { Platform } from './platform';
import { EXECUTION_CALLER, taskState } from './task-state';

/** Name of the stack's machine that takes answers. */
const NAME = 'answer';

/**
 * ARN of the machine that answers the gates of a stack, whether it is made already or not.
 *
 * @internal
 */
export const answerMachineArn = (scope: IConstruct): string =>
  new MachineArns(scope, `${Stack.of(scope).stackName}-${NAME}`).machine;

/**
 * The machine `<stack>-answer`: a person starts it to approve or refuse. Its execution is the record
 * of who it was: CloudTrail's StartExecution event for its ARN names the caller.
 */
export class AnswerMachine extends Construct {
  /** The machine, with its ARNs. */
  readonly machine: Machine;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const answer = taskState(this, 'Give the answer to the gate', {
      task: Platform.of(this).task('answer-gate'),
      caller: EXECUTION_CALLER,
      payload: { input: '{% $states.input %}' },
      outputs: '{% $states.result.Payload %}',
      comment:
        'Records the answer, then lets the waiting state go on or fail. On redrive: sends the recorded answer again',
    });
    this.machine = new Machine(this, 'Machine', {
      name: NAME,
      comment:
        'Answers a gate: {"run", "gate", "answer": "approve" | "refuse", "by", "reason", "askedAt"}',
      definition: sfn.Chain.start(answer),
    });
    OperatorPolicy.of(this).addHelper(this.machine.arns);
    new CfnOutput(this, 'Console', {
      description: `Answer gates by starting ${this.machine.arns.name}`,
      value: consoleLink(this.machine.arns.machine),
    });
  }
}
