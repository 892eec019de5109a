import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { acknowledgeWildcards } from './allow';
import type { MachineArns } from './execution-arns';

const ID = 'Operators';

/** What an operator needs and nothing more: start, watch, redrive and stop runbooks, answer, release. */
export class OperatorPolicy extends Construct {
  /** The stack's policy; made when the first machine asks for it. */
  static of(scope: IConstruct): OperatorPolicy {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as OperatorPolicy | undefined) ?? new OperatorPolicy(stack);
  }

  readonly policy: iam.ManagedPolicy;

  private constructor(scope: Construct) {
    super(scope, ID);
    this.policy = new iam.ManagedPolicy(this, 'Policy', {
      description: `Operators of the runbooks of ${Stack.of(this).stackName}`,
    });
  }

  /** A runbook: all an operator does with it. */
  addRunbook(machine: MachineArns): void {
    this.addHelper(machine);
    this.allow(['states:ListMapRuns'], [machine.executions]);
    this.allow(['states:DescribeExecution', 'states:GetExecutionHistory'], [machine.children]);
    this.allow(['states:DescribeMapRun', 'states:ListExecutions'], [machine.mapRuns]);
  }

  /** A machine that answers or releases: it is started, watched, and gone on with after a failure. */
  addHelper(machine: MachineArns): void {
    this.allow(
      ['states:StartExecution', 'states:DescribeStateMachine', 'states:ListExecutions'],
      [machine.machine],
    );
    this.allow(
      [
        'states:DescribeExecution',
        'states:GetExecutionHistory',
        'states:RedriveExecution',
        'states:StopExecution',
      ],
      [machine.executions],
    );
  }

  private allow(actions: string[], resources: string[]): void {
    this.policy.addStatements(new iam.PolicyStatement({ actions, resources }));
    acknowledgeWildcards(
      this.policy,
      resources,
      'Executions and Map Runs get their names when they start; the machine is named.',
    );
  }
}
