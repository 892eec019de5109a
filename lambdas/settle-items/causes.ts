// Why items failed that could not write it down themselves, from the Map Run and its children.

import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';

type Client = Pick<SFNClient, 'send'>;

/** Error and cause of these items of the newest Map Run, by the key in the input of their child. */
export async function causesOf(
  sfn: Client,
  executionArn: string,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const causes = new Map<string, string>();
  if (keys.length === 0) return causes;
  for await (const child of unfinished(sfn, executionArn)) {
    const { key } = (JSON.parse(child.input ?? '{}') as { item?: { key?: string } }).item ?? {};
    if (key === undefined || !keys.includes(key)) continue;
    causes.set(key, textOf((await firstBelow(sfn, child)) ?? child));
    if (causes.size === keys.length) break;
  }
  return causes;
}

/** A child whose own Map failed says only that it did; what failed there says why. */
async function firstBelow(sfn: Client, child: DescribeExecutionOutput) {
  for await (const below of unfinished(sfn, child.executionArn!)) return below;
  return undefined;
}

const textOf = ({ status, error, cause }: DescribeExecutionOutput) =>
  `${error ?? status}: ${cause ?? 'no cause'}`;

/** Children of the newest Map Run of an execution that did not succeed; failed ones first. */
async function* unfinished(
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
