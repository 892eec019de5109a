// The next id a table gives.

import { HistoryTableError } from '../errors';
import type { MySqlRef } from '../mysql/credentials';
import { type Table, whole } from './table';

/** Sets the next id and reads it back: a lost answer, or a server that forgot it, is seen by that. */
export async function setNextId(
  target: Table,
  admin: MySqlRef | null,
  next: bigint,
): Promise<void> {
  const changer = admin ? target.as(admin) : target;
  try {
    await changer.change('set-auto-increment', { next_id: next });
  } finally {
    if (admin) await changer.close();
  }
  const got = await nextIdOf(target);
  if (got !== null && got >= next) return;
  throw new HistoryTableError(
    `the next id of ${target.name} is ${got ?? 'unknown'} although it was set to ${next}. See whether the server kept ` +
      `ALTER TABLE ${target.name} AUTO_INCREMENT = ${next} and who inserts there, then redrive`,
  );
}

/** Null: the table is not there, or gives no ids. */
export async function nextIdOf(target: Table): Promise<bigint | null> {
  await target.set('fresh-statistics');
  return whole((await target.row('auto-increment')).next_id);
}
