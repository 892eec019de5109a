// A transaction that leaves a mark is not begun again once the mark is there: the database has decided.

import type { Batch } from './plan';
import type { Session } from './session';

/** Goes on behind a transaction that was committed, by whatever attempt; an open one is followed first. */
export async function marked(session: Session, batch: Batch): Promise<boolean> {
  const { evidence } = session.payload;
  const { attempt, batch: index, doneBatches, rows } = session.worker.progress;
  if (evidence.kind !== 'mark' || (attempt && attempt.state !== 'failed')) return false;
  const found = await session.markOf(evidence);
  if (found === undefined) return false;
  if (attempt) await session.record(batch, attempt, { status: 'done', rows: found });
  await session.worker.save({
    batch: index + 1,
    attempt: undefined,
    doneBatches: doneBatches + 1,
    rows: rows + found,
  });
  return true;
}
