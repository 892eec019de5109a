// The net under a stopped extract: MySQL does not end a statement whose client is gone. It needs the way to
// the warehouse, which the platform's own settling task has not.

import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { STOPPED } from '../../platform/notices';
import { Platform } from '../../platform/platform';
import type { RunbookMachine } from '../../platform/runbook-machine';
import type { MySqlSource } from './source';

/** Ends what MySQL writes for an execution of the machine that is stopped, fails or times out. */
export function settleExports(
  scope: Construct,
  { machine }: Pick<RunbookMachine, 'machine'>,
  source: MySqlSource,
): void {
  const task = Platform.of(scope).task('settle-exports', {
    ledger: ['GetItem', 'PutItem', 'Query'],
    states: ['DescribeExecution'],
    vpc: source.vpc,
  });
  source.grant(task);
  new events.Rule(scope, 'SettleExports', {
    description: `Executions of ${machine.arns.name} that are ${STOPPED.join(', ')}`,
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine.stateMachine.stateMachineArn], status: STOPPED },
    },
    targets: [new targets.LambdaFunction(task)],
  });
}
