// What is there: relations of Aspects' databases, as the server has them at this moment.

import type { ClickHouse } from '../../clickhouse/server';
import { roleName, roleOf } from '../relations';

/** A relation as `system.tables` has it. */
export interface Found {
  /** Name of the database, not its role. */
  readonly database: string;
  readonly name: string;
  readonly engine: string;
  readonly definition: string;
  readonly uuid: string;
  /** As text: it may be more than a number holds. */
  readonly bytes: string;
}

/** What an engine makes of a relation. */
export type FoundKind = 'view' | 'materialized view' | 'dictionary' | 'table';

/** Kind of a relation by its engine. */
export function foundKind({ engine }: Pick<Found, 'engine'>): FoundKind {
  if (engine === 'View' || engine === 'LiveView' || engine === 'WindowView') return 'view';
  if (engine === 'MaterializedView') return 'materialized view';
  return engine === 'Dictionary' ? 'dictionary' : 'table';
}

/** Relations by role and name: `reporting.dim_course_blocks`, whatever the databases are called. */
export type Catalogue = ReadonlyMap<string, Found>;

/** Reads what is there. */
export async function readCatalogue(server: ClickHouse): Promise<Catalogue> {
  const rows = (await server.rows('relations')) as unknown as Found[];
  const named = rows.flatMap((one) => {
    const role = roleOf(one.database, server.ref.databases);
    return role ? ([[roleName({ database: role, name: one.name }), one]] as const) : [];
  });
  return new Map(named);
}

const TARGET =
  /^\s*create\s+materialized\s+view\s.*?\sto\s+(?:`([^`]+)`|(\w+))\.(?:`([^`]+)`|(\w+))/is;

/** Where a materialized view writes to; undefined: into a table of its own. */
export function targetOf({
  definition,
}: Pick<Found, 'definition'>): { readonly database: string; readonly name: string } | undefined {
  // What it selects may contain the word: only what stands before it counts.
  const [head = ''] = definition.split(/\sas\s+(?=select\b|with\b|\()/i);
  const match = TARGET.exec(head);
  if (!match) return undefined;
  return { database: (match[1] ?? match[2])!, name: (match[3] ?? match[4])! };
}
