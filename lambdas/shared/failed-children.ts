// Children of a Map that did not succeed: of a Map that tolerates no failure the execution says only that one failed.

import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';

type Client = Pick<SFNClient, 'send'>;

/** Children of the newest Map Run of an execution that did not succeed; failed ones first. */
export async function* unfinishedChildren(
  sfn: Client,
  executionArn: string,
): AsyncGenerator<DescribeExecutionOutput> {
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  const newest = [...(mapRuns ?? [])].sort((a, b) => Number(b.startDate) - Number(a.startDate))[0];
  if (!newest) return;
  for (const statusFilter of ['FAILED', 'TIMED_OUT', 'ABORTED'] as const) {
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new ListExecutionsCommand({ mapRunArn: newest.mapRunArn, statusFilter, nextToken }),
      );
      for (const { executionArn: arn } of page.executions ?? []) {
        yield await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
      }
      nextToken = page.nextToken;
    } while (nextToken);
  }
}

/** The first child that did not succeed; undefined: each did, or there is none. */
export async function firstUnfinished(
  sfn: Client,
  executionArn: string,
): Promise<DescribeExecutionOutput | undefined> {
  for await (const child of unfinishedChildren(sfn, executionArn)) return child;
  return undefined;
}
