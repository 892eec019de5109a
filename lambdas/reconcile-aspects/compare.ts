// Counts one pair: by time, by learner, by sum or as a whole, as its row says.

import type { RenameRow } from '../shared/aspects/relations';
import type { Catalogue, Found } from '../shared/aspects/server/catalogue';
import type { ClickHouse, Row } from '../shared/clickhouse/server';
import { codeOf } from '../shared/clickhouse/trouble';

/** An old relation and its replacement. */
export interface Pair {
  readonly row: RenameRow;
  readonly old: Found;
  /** Undefined: it is not there. */
  readonly new: Found | undefined;
}

/** Figures of a pair; `expected` are those of the old one that must be in the new one. */
export interface Figures {
  readonly old: bigint;
  readonly new: bigint;
  readonly expected: bigint;
  readonly missing: bigint;
  readonly more: bigint;
}

/** Figures, whether a view could be read, or why there is nothing to compare. */
export type Comparison =
  | { readonly figures: Figures }
  | { readonly readable: true }
  | { readonly problem: string };

/** Where the latest enrolment of each learner is: computed from events that have not expired. */
const ENROLMENTS = 'reporting.dim_most_recent_enrollment';

export async function comparePair(
  server: ClickHouse,
  catalogue: Catalogue,
  pair: Pair,
  boundary: number,
): Promise<Comparison> {
  if (!pair.new) return { problem: 'the new one is missing' };
  try {
    if (pair.row.class === 'Q') return await readOne(server, pair.row, pair.new);
    return { figures: figuresOf(await count(server, catalogue, pair, pair.new, boundary)) };
  } catch (error) {
    // A refusal of the server (a column or table that is not there) belongs to this pair.
    if (codeOf(error) === 0) throw error;
    return { problem: (error as Error).message };
  }
}

async function readOne(server: ClickHouse, row: RenameRow, view: Found): Promise<Comparison> {
  const { database, name } = view;
  const file = row.row === 30 ? 'read-watched-video' : 'read-view';
  await server.rows(file, { ids: { database, name } });
  return { readable: true };
}

function count(
  server: ClickHouse,
  catalogue: Catalogue,
  { row, old }: Pair,
  now: Found,
  boundary: number,
): Promise<Row> {
  const { key = [], time, sum } = row;
  const ids = {
    keys: key,
    old_database: old.database,
    old: old.name,
    new_database: now.database,
    new: now.name,
  };
  const parameters = { boundary };
  if (row.old.kind === 'dictionary') return server.row('compare-dictionaries', { ids });
  if (row.class === 'A') return server.row('compare-keys', { ids });
  if (sum !== undefined) {
    return server.row('compare-sums', { ids: { ...ids, sum, time: time! }, parameters });
  }
  if (time !== undefined) {
    return server.row('compare-by-time', { ids: { ...ids, time }, parameters });
  }
  const enrolments = catalogue.get(ENROLMENTS);
  // Without it nobody can say whose rows are young enough: then all of them count.
  if (!enrolments) return server.row('compare-keys', { ids });
  return server.row('compare-by-learner', {
    ids: { ...ids, enrolments_database: enrolments.database, enrolments: enrolments.name },
    parameters,
  });
}

const figuresOf = (row: Row): Figures => ({
  old: BigInt(String(row.old_keys)),
  new: BigInt(String(row.new_keys)),
  expected: BigInt(String(row.expected)),
  missing: BigInt(String(row.missing)),
  more: BigInt(String(row.more)),
});
