import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** Status of an execution; one that Step Functions has forgotten after 90 days counts as closed. */
export async function executionStatus(
  client: Pick<SFNClient, 'send'>,
  executionArn: string,
): Promise<string> {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status ?? 'UNKNOWN';
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') return 'FORGOTTEN';
    throw error;
  }
}

/** True while every one of the executions runs; asked by workers in each round. */
export async function allRunning(
  client: Pick<SFNClient, 'send'>,
  executionArns: readonly string[],
): Promise<boolean> {
  const arns = [...new Set(executionArns)];
  const statuses = await Promise.all(arns.map((arn) => executionStatus(client, arn)));
  return statuses.every((status) => status === 'RUNNING');
}
