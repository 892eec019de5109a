// What an operator does with a machine, by calls of the API: every one that the policy allows.

import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { until } from '../support';
import type { Stage } from './stage';

/** Starts a machine whose Map fails, looks at it from all sides, redrives it and stops it. */
export async function operate(
  stage: Stage,
  machine: string,
  input: unknown,
  meanwhile = async (_arn: string): Promise<void> => {},
): Promise<void> {
  const { cloud, operator } = stage;
  const stateMachineArn = stage.machineArn(machine);
  await operator.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  const { executionArn } = await operator.send(start);
  await meanwhile(executionArn!);
  await until(cloud, async () => {
    const { status } = await operator.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'FAILED';
  });
  await operator.send(new ListExecutionsCommand({ stateMachineArn }));
  await operator.send(new GetExecutionHistoryCommand({ executionArn }));
  const { mapRuns } = await operator.send(new ListMapRunsCommand({ executionArn }));
  const { mapRunArn } = mapRuns![0]!;
  await operator.send(new DescribeMapRunCommand({ mapRunArn }));
  const { executions } = await operator.send(new ListExecutionsCommand({ mapRunArn }));
  const child = { executionArn: executions![0]!.executionArn };
  await operator.send(new DescribeExecutionCommand(child));
  await operator.send(new GetExecutionHistoryCommand(child));
  await operator.send(new RedriveExecutionCommand({ executionArn }));
  await operator.send(new StopExecutionCommand({ executionArn }));
}
