// After a Map that tolerates failures: are all items done? The first time it throws one error that
// names every item that is not; on the redrive it hands them back, so that the Map starts those.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { ItemsLeftError } from '../shared/errors';
import { type ItemMark, itemKey } from '../shared/items';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import { causesOf } from './causes';
import { describe, WITH_CAUSE } from './describe';
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
  const silent = left.filter((key) => marks.get(key) === undefined).slice(0, WITH_CAUSE);
  const causes = await causesOf(sfn, payload.selfArn, silent);
  throw new ItemsLeftError(
    describe(left, payload.keys.length, (key) => {
      const mark = marks.get(key);
      return mark ? `${mark.error}: ${mark.cause}` : causes.get(key);
    }),
  );
}
