import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';

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

/** ARNs of the executions of a machine that run now, the newest first. */
export async function runningExecutions(
  client: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
): Promise<string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', nextToken }),
    );
    found.push(...(page.executions ?? []).map(({ executionArn }) => executionArn ?? ''));
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}
