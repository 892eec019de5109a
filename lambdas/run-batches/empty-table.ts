// A COPY adds rows, so its table must be empty before each attempt. Nothing here empties it: whose
// rows they are only a person can say.

import { ReconciliationError } from '../shared/errors';
import { fail } from './conclude';
import type { Batch } from './plan';
import type { Session } from './session';

/** Fails the step when the table a COPY is about to fill has rows. */
export async function expectEmpty(session: Session, batch: Batch): Promise<void> {
  const { evidence } = session.payload;
  if (evidence.kind !== 'copy') return;
  const found = await session.countRows(evidence);
  if (found === 0) return;
  const message =
    `${batch.title}: ${evidence.schema}.${evidence.table} holds ${found} rows before the load, which would ` +
    'add to them. Empty it, then redrive';
  await fail(session, new ReconciliationError(message));
}

/** A manifest of no rows may name no file, which COPY refuses: the empty table is all it asks for. */
export async function nothingToCopy(session: Session, batch: Batch): Promise<boolean> {
  const { evidence } = session.payload;
  if (evidence.kind !== 'copy' || evidence.rows !== 0) return false;
  await expectEmpty(session, batch);
  const { batch: index, doneBatches } = session.worker.progress;
  await session.worker.save({ batch: index + 1, doneBatches: doneBatches + 1 });
  return true;
}
