// All rows at once, where none but those that were compared are there. Nobody writes between the look and the
// statement, because the table is locked; a lost answer is settled by what is there afterwards.

import { RemovalError } from '../shared/errors';
import { type Ends, endsOf } from '../shared/history/ends';
import type { Table } from '../shared/history/table';
import type { DrainRowsPayload } from './payload';
import type { DrainItem, Intent, Progress } from './progress';
import { proveCompared } from './proof';

/** How long a lock of the table is waited for; those who want it wait behind us. */
const LOCK_SECONDS = 20;

interface Tables {
  readonly source: Table;
  readonly target: Table;
  readonly progress: Progress;
}

/** Whoever was about to empty the table has not said how it ended: it is looked at. */
export async function settleTruncate(
  item: DrainItem,
  { rows }: Intent,
  { hi }: DrainRowsPayload,
  source: Table,
  progress: Progress,
): Promise<DrainItem> {
  return (await endsOf(source)).min === null ? gone(progress, hi, BigInt(rows)) : item;
}

/** Its caller has proven that all rows were compared, and when. */
export async function truncate(
  { runId, lo, hi }: DrainRowsPayload,
  { source, target, progress }: Tables,
): Promise<DrainItem> {
  const there = await progress.load();
  // Anew: what an earlier worker counted may be days old.
  const rows = await proveCompared(source, target, runId, BigInt(lo), BigInt(hi));
  await source.change('no-endless-waits', { seconds: LOCK_SECONDS });
  await source.change('lock-table');
  try {
    const ends = await endsOf(source);
    if (ends.min === null || ends.max === null) return await gone(progress, hi, rows);
    const intent = { after: String(ends.min - 1n), to: String(ends.max), rows: Number(rows) };
    const before = there?.intent;
    const same = !before || (before.after === intent.after && before.to === intent.to);
    if (!same || !within(ends, BigInt(lo), BigInt(hi))) {
      throw new RemovalError(
        `${source.name} has rows with ids from ${ends.min} to ${ends.max}, and only those from ${lo} to ${hi} were compared` +
          `${same ? '' : '; they have come since it was emptied'}. Nothing more was removed. Find out who writes there; then start a new execution`,
      );
    }
    await progress.save({
      deletedTo: String(BigInt(lo) - 1n),
      deleted: '0',
      intent,
      done: false,
      paused: {},
    });
    await source.change('truncate');
    return await gone(progress, hi, rows);
  } finally {
    // Ends the lock of the table with the session, whatever state it is in.
    await source.close();
  }
}

const within = ({ min, max }: Ends, lo: bigint, hi: bigint): boolean => min! >= lo && max! <= hi;

const gone = (progress: Progress, hi: string, rows: bigint): Promise<DrainItem> =>
  progress.save({ deletedTo: hi, deleted: String(rows), done: true, paused: {} });
