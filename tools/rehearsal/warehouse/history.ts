// What sys_query_history shows: one row a statement, from its start on.

import type { Outcome, Statement, SubStatement } from './statement';
import type { Warehouse } from './warehouse';

/** The view's own words for how a statement ended. */
const ENDS: Readonly<Record<string, string>> = { FINISHED: 'success', FAILED: 'failed' };

const timestamp = (ms: number) => new Date(ms).toISOString().replace('Z', '');

/** Writes a statement that begins now; returns its id in the history. */
export async function recordStart(
  warehouse: Warehouse,
  { call, pid, createdAt }: Statement,
  { sql }: SubStatement,
  now: number,
): Promise<number> {
  const { rows } = await warehouse.query(
    `insert into rehearsal.query_history (user_id, session_id, database_name, query_type,
       query_text, status, start_time, queue_time)
     select usesysid, $2, $3, $4, $5, 'running', $6, $7 from pg_user where usename = $1
     returning query_id`,
    [
      call.user,
      pid,
      call.database,
      typeOf(sql),
      sql.slice(0, 4000),
      timestamp(now),
      Math.round((now - createdAt) * 1000),
    ],
  );
  return Number(rows[0]?.query_id ?? -1);
}

/** Writes how it ended. */
export async function recordEnd(
  warehouse: Warehouse,
  { queryId, rows }: SubStatement,
  { status, error }: Outcome,
  now: number,
): Promise<void> {
  await warehouse.query(
    `update rehearsal.query_history
     set status = $2, end_time = $3, error_message = $4, returned_rows = $5
     where query_id = $1`,
    [queryId, ENDS[status] ?? 'canceled', timestamp(now), error?.slice(0, 512) ?? null, rows],
  );
}

function typeOf(sql: string): string {
  const word = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
  if (/^(?:SELECT|INSERT|UPDATE|DELETE|COPY|UNLOAD|CALL)$/.test(word)) return word;
  return /^(?:CREATE|DROP|ALTER)$/.test(word) ? 'DDL' : 'UTILITY';
}
