// Items of a ForEach step in the ledger: done, or failed with their cause. No mark means not done.

import { iso } from './clock';
import { type Ledger, runKey } from './ledger';
import type { Caller, ItemRef } from './run';

export interface ItemMark {
  readonly status: 'done' | 'failed';
  readonly error?: string;
  readonly cause?: string;
  readonly at: string;
}

export const itemKey = (runId: string, item: ItemRef) =>
  runKey(runId, `item#${item.map}#${item.key}`);

/** Leaves the cause of a failing task where the settle task finds it; a done item stays done. */
export async function noteItemFailure(
  ledger: Ledger,
  { runId, item }: Pick<Caller, 'runId' | 'item'>,
  error: Error,
  now: number,
): Promise<void> {
  if (!item) return;
  const key = itemKey(runId, item);
  const old = await ledger.get<ItemMark>(key);
  if (old?.status === 'done') return;
  await ledger.put(key, {
    status: 'failed',
    error: error.name,
    // An item of the ledger is no place for a procedure's whole text: 400 KB is its limit.
    cause: error.message.slice(0, 2_000),
    at: iso(now),
  } satisfies ItemMark);
}

/** The last act of an item's child. */
export async function markItemDone(ledger: Ledger, runId: string, item: ItemRef, now: number) {
  await ledger.put(itemKey(runId, item), { status: 'done', at: iso(now) } satisfies ItemMark);
}
