import { markItemDone } from '../shared/items';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { MarkItemPayload } from './payload';

/** The last act of an item's child: no mark means not done. Asking twice does once. */
export async function markItem(payload: MarkItemPayload, ledger: Ledger, now: number) {
  await ownRun(ledger, payload);
  await markItemDone(ledger, payload.runId, payload.item, now);
  return { done: payload.item.key };
}
