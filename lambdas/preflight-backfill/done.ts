// Tenants that need no second back-fill: done earlier in this run, or in a run that was given up and that
// this one goes on with.

import { type ItemMark, itemKey } from '../shared/items';
import { type Ledger, runKey } from '../shared/ledger';
import type { RunItem } from '../shared/runs';

/** The run and those it continues, newest first. */
async function lineOf(ledger: Ledger, run: RunItem): Promise<RunItem[]> {
  const line = [run];
  for (let { continues } = run; continues !== undefined; ) {
    const known = line.some(({ runId }) => runId === continues);
    const before = known ? undefined : await ledger.get<RunItem>(runKey(continues));
    if (!before) break;
    line.push(before);
    continues = before.continues;
  }
  return line;
}

/** Which of the items are done, each with the run that did it. */
export async function doneItems(
  ledger: Ledger,
  run: RunItem,
  map: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const line = await lineOf(ledger, run);
  const done = new Map<string, string>();
  for (const key of keys) {
    for (const { runId } of line) {
      const mark = await ledger.get<ItemMark>(itemKey(runId, { map, key }));
      if (mark?.status !== 'done') continue;
      done.set(key, runId);
      break;
    }
  }
  return done;
}
