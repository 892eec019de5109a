// Whether a run has compared every id of a range, as its checkpoints say, and not as anybody remembers.

import { CHECKPOINTS } from './copied';
import { type Table, whole } from './table';

export interface Compared {
  readonly lo: bigint;
  readonly hi: bigint;
  readonly rows: bigint;
}

/** The parts of a range that a run has compared to the end. */
export async function comparedBy(target: Table, runId: string): Promise<readonly Compared[]> {
  const { engine } = await target.row('table', { table: CHECKPOINTS });
  if (engine === undefined) return [];
  const rows = await target.rows('verified', { run: runId, copied: target.name });
  return rows.map(({ lo, hi, row_count }) => ({
    lo: whole(lo)!,
    hi: whole(hi)!,
    rows: whole(row_count)!,
  }));
}

/** Rows of a range whose every id was compared; null: some were not. */
export function coveredRows(parts: readonly Compared[], lo: bigint, hi: bigint): bigint | null {
  let from = lo;
  let rows = 0n;
  while (from <= hi) {
    const next = parts
      .filter((one) => one.lo <= from && one.hi >= from)
      .reduce<Compared | null>((best, one) => (best && best.hi >= one.hi ? best : one), null);
    if (!next) return null;
    rows += next.rows;
    from = next.hi + 1n;
  }
  return rows;
}
