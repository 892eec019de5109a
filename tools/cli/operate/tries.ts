// Tries at batches that ended since somebody looked last: parallel ones end in another order than they began, and
// between two looks more may end than anybody reads.

import { plural } from '../format';
import type { TimedBatch } from '../ledger-view';
import { attemptText } from './show';

/** Lines a look prints of them; tries that did not succeed are printed however many they are. */
const LINES = 10;

/** In the order in which they ended. */
export const byEnd = (batches: readonly TimedBatch[]): TimedBatch[] =>
  [...batches].sort((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? ''));

/** Remembers which were printed. */
export class Tries {
  private readonly seen = new Set<string>();

  /**
   * Lines for those that are new.
   *
   * @param batches all of them, in any order
   */
  lines(batches: readonly TimedBatch[]): string[] {
    const fresh = byEnd(batches.filter((batch) => this.isNew(batch)));
    const done = fresh.filter(({ status }) => status === 'done');
    const left = Math.max(0, LINES - (fresh.length - done.length));
    const more = new Set(done.slice(0, Math.max(0, done.length - left)));
    return [
      ...(more.size > 0 ? [`  done  ${plural(more.size, 'more batch', 'more batches')}`] : []),
      ...fresh.filter((batch) => !more.has(batch)).map(attemptText),
    ];
  }

  private isNew({ step, item, title, attempt, startedAt, endedAt }: TimedBatch): boolean {
    const key = JSON.stringify([step, item, title, attempt, startedAt, endedAt]);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }
}
