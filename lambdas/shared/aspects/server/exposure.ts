// History that only old tables still have: new ones are computed from events that expire, so that a removal
// would take it away for good.

import type { ClickHouse } from '../../clickhouse/server';
import { RunbookError } from '../../errors';
import { RENAME_TABLE, type RenameRow, roleName } from '../relations';
import { boundaryOf } from './boundary';
import type { Catalogue, Found } from './catalogue';

/** What would be lost with the old tables. */
export interface Exposure {
  readonly rows: number;
  readonly notes: readonly string[];
  readonly findings: readonly string[];
}

/** Where the latest enrolment of each learner is, before an upgrade and after one. */
const ENROLMENTS = ['reporting.fact_enrollment_status', 'reporting.dim_most_recent_enrollment'];

/** Counts it; a TTL that is not understood is a finding. */
export async function exposure(server: ClickHouse, catalogue: Catalogue): Promise<Exposure> {
  try {
    const boundary = await boundaryOf(server, catalogue);
    if (boundary === 0) return { rows: 0, notes: [], findings: [] };
    const found: { readonly name: string; readonly rows: number }[] = [];
    for (const row of RENAME_TABLE.filter(({ keepsHistory }) => keepsHistory)) {
      const old = catalogue.get(roleName(row.old));
      const rows = old ? await exposedRows(server, catalogue, row, old, boundary) : 0;
      if (rows > 0) found.push({ name: roleName(row.old), rows });
    }
    const rows = found.reduce((sum, one) => sum + one.rows, 0);
    const since = new Date(boundary * 1000).toISOString().slice(0, 10);
    const list = found.map((one) => `${one.name} ${one.rows}`).join(', ');
    const notes =
      rows > 0
        ? [
            `rows from before ${since} are in old tables only, because events expire: ${list}. The new tables will not have them, and the removal takes them away for good`,
          ]
        : [];
    return { rows, notes, findings: [] };
  } catch (error) {
    if (error instanceof RunbookError) throw error;
    return { rows: 0, notes: [], findings: [(error as Error).message] };
  }
}

async function exposedRows(
  server: ClickHouse,
  catalogue: Catalogue,
  { time }: RenameRow,
  { database, name }: Found,
  boundary: number,
): Promise<number> {
  if (time !== undefined) {
    const { rows } = await server.row('exposed-by-time', {
      ids: { database, name, time },
      parameters: { boundary },
    });
    return Number(rows);
  }
  const enrolments = ENROLMENTS.map((one) => catalogue.get(one)).find((one) => one);
  if (!enrolments) return 0;
  const { rows } = await server.row('exposed-by-learner', {
    ids: {
      ...{ database, name },
      enrolments_database: enrolments.database,
      enrolments: enrolments.name,
    },
    parameters: { boundary },
  });
  return Number(rows);
}
