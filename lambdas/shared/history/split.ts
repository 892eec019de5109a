// Cuts a range of ids into parts with about as many rows each. What rows there are about, the server's
// optimizer tells from the index; it decides how even the parts are, never what is in them.

import { firstFrom } from './ends';
import type { Table } from './table';
import type { IdRange } from './tables';

interface Window {
  readonly lo: bigint;
  readonly hi: bigint;
  readonly rows: number;
}

export interface SplitDeps {
  /** About how many rows have ids of a window. */
  rowsIn(lo: bigint, hi: bigint): Promise<number>;
  /** The first id that exists from one on. */
  firstFrom(id: bigint): Promise<bigint | null>;
}

/** Windows looked at for each part: enough for parts that differ by a few percent. */
const WINDOWS = 32;

/** Disjoint, in order, together exactly [lo, hi]; each but the first begins at an id that exists. */
export async function splitRange(
  lo: bigint,
  hi: bigint,
  parts: number,
  deps: SplitDeps,
): Promise<IdRange[]> {
  if (parts === 1 || lo === hi) return rangesOf(lo, hi, []);
  const windows = await windowsOf(lo, hi, parts * WINDOWS, deps);
  const total = windows.reduce((sum, { rows }) => sum + rows, 0);
  const starts: bigint[] = [];
  let seen = 0;
  for (const { lo: start, rows } of windows) {
    const wanted = (total * (starts.length + 1)) / parts;
    if (starts.length < parts - 1 && seen >= wanted && start > lo) {
      const first = await deps.firstFrom(start);
      const last = starts.at(-1) ?? lo;
      if (first !== null && first <= hi && first > last) starts.push(first);
    }
    seen += rows;
  }
  return rangesOf(lo, hi, starts);
}

/** Halves the fullest window again and again: where ids are sparse few are looked at. */
async function windowsOf(
  lo: bigint,
  hi: bigint,
  most: number,
  { rowsIn }: SplitDeps,
): Promise<readonly Window[]> {
  const all: Window[] = [{ lo, hi, rows: await rowsIn(lo, hi) }];
  while (all.length < most) {
    const fullest = all.reduce((at, one, i) => (one.rows > all[at]!.rows ? i : at), 0);
    const { lo: from, hi: to } = all[fullest]!;
    if (from === to) break;
    const middle = (from + to) / 2n;
    all.splice(
      fullest,
      1,
      { lo: from, hi: middle, rows: await rowsIn(from, middle) },
      { lo: middle + 1n, hi: to, rows: await rowsIn(middle + 1n, to) },
    );
  }
  return all;
}

const rangesOf = (lo: bigint, hi: bigint, starts: readonly bigint[]): IdRange[] =>
  [lo, ...starts].map((start, i) => ({
    name: `range-${i + 1}`,
    lo: String(start),
    hi: String(starts[i] === undefined ? hi : starts[i] - 1n),
  }));

/** The same for a table that is there. */
export const splitTable = (
  table: Table,
  lo: bigint,
  hi: bigint,
  parts: number,
): Promise<IdRange[]> =>
  splitRange(lo, hi, parts, {
    rowsIn: async (from, to) => {
      const { rows } = await table.row('explain-window', { from, to });
      return Number(rows ?? 0);
    },
    firstFrom: (id) => firstFrom(table, id),
  });
