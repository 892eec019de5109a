// Statements that call Lambda UDFs are tried until no answer is missing: external-functions.sql says why.

import type { Client } from 'pg';

/** Runs a statement that is no CALL in passes, in a transaction of its own unless there is one. */
export async function runInPasses<Result>(
  client: Client,
  inTransaction: boolean,
  run: () => Promise<Result>,
): Promise<Result> {
  if (!inTransaction) await client.query('begin');
  try {
    for (;;) {
      await client.query('savepoint pass');
      await client.query('select rehearsal.pass_begin()');
      const result = await run();
      const { rows } = await client.query('select rehearsal.pass_end() as over');
      if (rows[0].over) {
        await client.query(inTransaction ? 'release pass' : 'commit');
        return result;
      }
      // Released, or the next rollback would undo what is set here.
      await client.query('rollback to pass; release pass');
      await client.query('select rehearsal.pass_answers()');
    }
  } catch (error) {
    if (!inTransaction) await client.query('rollback');
    throw error;
  }
}
