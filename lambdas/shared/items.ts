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

/** Errors of an execution that does not own the run. */
const FOREIGN = ['RunTakenOverError', 'RunReleasedError', 'UnknownRunError'];

/** Leaves the cause of a failing task where the settle task finds it; a done item stays done. */
export async function noteItemFailure(
  ledger: Ledger,
  { runId, item }: Pick<Caller, 'runId' | 'item'>,
  error: Error,
  now: number,
): Promise<void> {
  // Whoever lost the run must not speak for its new owner.
  if (!item || FOREIGN.includes(error.name)) return;
  const key = itemKey(runId, item);
  const mark: ItemMark = {
    status: 'failed',
    error: error.name,
    // An item of the ledger is no place for a procedure's whole text: 400 KB is its limit.
    cause: error.message.slice(0, 2_000),
    at: iso(now),
  };
  // Either there is no mark yet, or one of an earlier failure: a done item stays done.
  if (!(await ledger.put(key, mark, 'absent'))) await ledger.put(key, mark, { status: 'failed' });
}

/** The last act of an item's child. */
export async function markItemDone(ledger: Ledger, runId: string, item: ItemRef, now: number) {
  await ledger.put(itemKey(runId, item), { status: 'done', at: iso(now) } satisfies ItemMark);
}
