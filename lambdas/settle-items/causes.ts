// Why items failed that could not write it down themselves, from the Map Run and its children.

import type { DescribeExecutionOutput, SFNClient } from '@aws-sdk/client-sfn';
import { firstUnfinished, unfinishedChildren } from '../shared/failed-children';

type Client = Pick<SFNClient, 'send'>;

/** Error and cause of these items of the newest Map Run, by the key in the input of their child. */
export async function causesOf(
  sfn: Client,
  executionArn: string,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const causes = new Map<string, string>();
  if (keys.length === 0) return causes;
  for await (const child of unfinishedChildren(sfn, executionArn)) {
    const { key } = (JSON.parse(child.input ?? '{}') as { item?: { key?: string } }).item ?? {};
    if (key === undefined || !keys.includes(key)) continue;
    // A child whose own Map failed says only that it did; what failed there says why.
    causes.set(key, textOf((await firstUnfinished(sfn, child.executionArn!)) ?? child));
    if (causes.size === keys.length) break;
  }
  return causes;
}

const textOf = ({ status, error, cause }: DescribeExecutionOutput) =>
  `${error ?? status}: ${cause ?? 'no cause'}`;
