import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { acknowledgeWildcards } from './allow';
import type { MachineArns } from './execution-arns';
import { Platform } from './platform';

const ID = 'Operators';

/** What is asked about an execution, and about those of its Distributed Maps. */
const LOOK = ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:ListMapRuns'];
const ACT = [
  'states:DescribeStateMachineForExecution',
  'states:RedriveExecution',
  'states:StopExecution',
];

/** What an operator needs and nothing more: start, watch, redrive and stop runbooks, answer, release, read reports. */
export class OperatorPolicy extends Construct {
  /** The stack's policy; made when the first machine asks for it. */
  static of(scope: IConstruct): OperatorPolicy {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as OperatorPolicy | undefined) ?? new OperatorPolicy(stack);
  }

  readonly policy: iam.ManagedPolicy;

  /** One for each list of actions: a managed policy has 6,144 characters at most. */
  private readonly statements = new Map<string, iam.PolicyStatement>();

  private constructor(scope: Construct) {
    super(scope, ID);
    this.policy = new iam.ManagedPolicy(this, 'Policy', {
      description: `Operators of the runbooks of ${Stack.of(this).stackName}`,
    });
    this.readRecords();
  }

  /** The record of the runs, and where it is: resources are found by their logical ids. */
  private readRecords(): void {
    const { ledger, reports } = Platform.of(this);
    this.allow(['cloudformation:GetTemplate', 'cloudformation:ListStackResources'], [Aws.STACK_ID]);
    this.allow(['dynamodb:GetItem', 'dynamodb:Query'], [ledger.tableArn]);
    this.allow(
      ['s3:GetObject'],
      [reports.arnForObjects('*/report.*')],
      'A report lies under the id of its run.',
    );
  }

  /** A runbook: all an operator does with it, and what its Distributed Maps run. */
  addRunbook(machine: MachineArns): void {
    this.addHelper(machine);
    this.allow(LOOK, [machine.children]);
    this.allow(['states:DescribeMapRun', 'states:ListExecutions'], [machine.mapRuns]);
  }

  /** A machine that answers or releases: it is started, watched, and gone on with after a failure. */
  addHelper(machine: MachineArns): void {
    this.allow(
      ['states:StartExecution', 'states:DescribeStateMachine', 'states:ListExecutions'],
      [machine.machine],
    );
    this.allow([...LOOK, ...ACT], [machine.executions]);
  }

  private allow(
    actions: readonly string[],
    resources: readonly string[],
    reason = 'Executions and Map Runs get their names when they start; the machine is named.',
  ): void {
    const key = actions.join();
    const known = this.statements.get(key);
    const statement = known ?? new iam.PolicyStatement({ actions: [...actions] });
    statement.addResources(...resources);
    if (!known) this.policy.addStatements(statement);
    this.statements.set(key, statement);
    acknowledgeWildcards(this.policy, resources, reason);
  }
}
