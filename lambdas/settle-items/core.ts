// After a Map that tolerates failures: are all items done? The first time it throws one error that
// names every item that is not; on the redrive it hands them back, so that the Map starts those.

import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { ItemsLeftError } from '../shared/errors';
import { type ItemMark, itemKey } from '../shared/items';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { SettleItemsPayload, SettleItemsResult } from './payload';

export interface SettleDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
}

export async function settleItems(
  payload: SettleItemsPayload,
  { ledger, sfn }: SettleDeps,
): Promise<SettleItemsResult> {
  await ownRun(ledger, payload);
  const marks = new Map<string, ItemMark | undefined>();
  for (const key of payload.keys) {
    const mark = await ledger.get<ItemMark>(itemKey(payload.runId, { map: payload.map, key }));
    if (mark?.status !== 'done') marks.set(key, mark);
  }
  const left = [...marks.keys()];
  if (left.length === 0) return { left };
  if (payload.redriveCount > payload.redrivesAtEnd) {
    // The next attempt writes its own cause; an old one must not speak for it.
    for (const key of left) {
      await ledger.remove(itemKey(payload.runId, { map: payload.map, key }), { status: 'failed' });
    }
    return { left };
  }
  const silent = left.filter((key) => marks.get(key) === undefined);
  const causes = silent.length > 0 ? await causesFromMapRun(sfn, payload.selfArn) : new Map();
  const lines = left.map((key) => {
    const mark = marks.get(key);
    return `${key}: ${mark ? `${mark.error}: ${mark.cause}` : (causes.get(key) ?? 'its execution left no cause')}`;
  });
  throw new ItemsLeftError(
    `${left.length} of ${payload.keys.length} items are not done; a redrive starts only these. ${lines.join(' | ')}`,
  );
}

/** Error and cause of the failed children of the newest Map Run, by the item in their input. */
async function causesFromMapRun(sfn: SettleDeps['sfn'], executionArn: string) {
  const causes = new Map<string, string>();
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  const newest = [...(mapRuns ?? [])].sort((a, b) => Number(b.startDate) - Number(a.startDate))[0];
  if (!newest) return causes;
  for (const statusFilter of ['FAILED', 'TIMED_OUT', 'ABORTED'] as const) {
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new ListExecutionsCommand({ mapRunArn: newest.mapRunArn, statusFilter, nextToken }),
      );
      for (const child of page.executions ?? []) {
        const { input, error, cause } = await sfn.send(
          new DescribeExecutionCommand({ executionArn: child.executionArn }),
        );
        const key = (JSON.parse(input ?? '{}') as { item?: { key?: string } }).item?.key;
        if (key !== undefined) {
          causes.set(key, `${error ?? statusFilter}: ${(cause ?? 'no cause').slice(0, 500)}`);
        }
      }
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return causes;
}
