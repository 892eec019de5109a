// UNLOAD and COPY in a session: in its transaction or one of their own, and what the system views say
// of a load afterwards, whether it was rolled back or not.

import type { Client, DatabaseError } from 'pg';
import type { Statement, SubStatement } from '../statement';
import type { Warehouse } from '../warehouse';
import { copy, type Load } from './copy';
import type { Copy, Unload } from './statements';
import { uriOf } from './storage';
import { unload } from './unload';

export { transferOf } from './statements';

/** Runs one of the two to its end; returns its rows. */
export async function transfer(
  warehouse: Warehouse,
  client: Client,
  statement: Statement,
  part: SubStatement,
  what: Unload | Copy,
): Promise<number> {
  const own = statement.call.batch !== 'TRANSACTION';
  const load: Load = { rows: 0, files: 0, bytes: 0, errors: [] };
  let failure: Error | undefined;
  try {
    if (own) await client.query('begin');
    const s3 = warehouse.storage(what.role);
    if (what.kind === 'unload') load.rows = await unload(client, what, s3);
    else await copy(client, what, s3, load);
    if (own) await client.query('commit');
  } catch (error) {
    // The rest of a transaction is ended by whoever began it.
    if (own) await client.query('rollback').catch(() => {});
    const { severity = 'ERROR' } = error as DatabaseError;
    failure = Object.assign(error as Error, { severity });
  }
  if (what.kind === 'copy') await record(warehouse, statement, part, what, load, failure);
  if (failure) throw failure;
  return load.rows;
}

/** Writes what the views show, past the session's transaction. */
async function record(
  warehouse: Warehouse,
  { call, pid }: Statement,
  { queryId }: SubStatement,
  what: Copy,
  load: Load,
  failure: Error | undefined,
): Promise<void> {
  await warehouse.query(
    `insert into rehearsal.load_history select user_id, query_id, $2, $3, $4, $5, start_time,
       rehearsal.now(), $6, $7, $8, $9, $10, $11, $12
     from rehearsal.query_history where query_id = $1`,
    [
      queryId,
      pid,
      call.database,
      failure ? 'aborted' : 'completed',
      what.table,
      uriOf(what.from),
      what.format.csv ? 'csv' : 'text',
      failure ? 0 : load.rows,
      load.bytes,
      load.files,
      load.errors.length,
      failure?.message ?? '',
    ],
  );
  for (const { file, line, column, type, code, reason, value } of load.errors) {
    await warehouse.query(
      `insert into rehearsal.load_error select user_id, query_id, $2, $3, to_regclass($4)::oid::int,
         start_time, $5, $6, $7, $8, $9, $10, $11
       from rehearsal.query_history where query_id = $1`,
      [queryId, pid, call.database, what.table, file, line, column, type, code, reason, value],
    );
  }
}
