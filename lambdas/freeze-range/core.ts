// Freezes what is copied: from the first to the last id of the old table, cut into parts. Whoever asks again
// in the same run gets the same, because checkpoints belong to the parts.

import { iso } from '../shared/clock';
import { check } from '../shared/history/checks';
import { endsOf, text } from '../shared/history/ends';
import { holdOffset } from '../shared/history/offset';
import { splitTable } from '../shared/history/split';
import type { IdRange } from '../shared/history/tables';
import { type HistoryDeps, withTables } from '../shared/history/work';
import { runKey } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { FreezeRangePayload, FreezeRangeResult } from './payload';

/** The ledger's item. */
interface RangeItem {
  readonly lo: string | null;
  readonly hi: string | null;
  readonly ranges: readonly IdRange[];
  readonly at: string;
}

export async function freezeRange(
  payload: FreezeRangePayload,
  deps: HistoryDeps,
): Promise<FreezeRangeResult> {
  const { ledger, clock } = deps;
  const { runId, admin } = payload;
  await ownRun(ledger, payload);
  return withTables(payload, deps, async (source, target) => {
    const key = runKey(runId, 'history#range');
    const { min, max } = await endsOf(source);
    // After the reading: the cut is above whatever was read.
    const held = await holdOffset({ source, target, runId, admin }, deps);
    const frozen = await ledger.get<RangeItem>(key);
    if (!frozen) {
      const ranges = min === null ? [] : await splitTable(source, min, max!, payload.workers);
      const item: RangeItem = { lo: text(min), hi: text(max), ranges, at: iso(clock.now()) };
      await ledger.put(key, item, 'absent');
    }
    const { lo, hi, ranges } = (await ledger.get<RangeItem>(key))!;
    await check(ledger, runId, clock.now(), {
      name: 'ids that are copied end below the cut',
      expected: `below ${held.cut}`,
      actual: hi ?? 'no row',
      ok: true,
    });
    return { cut: held.cut, lo, hi, ranges };
  });
}
