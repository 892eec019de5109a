// Figures to plan with: rates, sizes, days and hours.

import type { CopySettings } from '../copy-chunks/payload';
import type { ColumnShape } from '../shared/history/ddl';
import type { Ends } from '../shared/history/ends';
import { type Table, whole } from '../shared/history/table';
import { integerType } from '../shared/history/types';

const DAY_HOURS = 24;

/** Places of the table where sizes are looked at, and rows at each. */
const SAMPLES = 8n;
const SAMPLE_ROWS = 500;

/** What a chunk moves on a small server; measured, not promised. */
const ROWS_PER_SECOND = 20_000;
const BYTES_PER_SECOND = 20_000_000;
const WITH_VERIFICATION = 1.25;

export interface Sizes {
  readonly rows: number;
  readonly average: number;
  readonly largest: number;
}

/** Bytes of `state` in a sample: all of it would be a scan of the largest table there is. */
export async function sizesOf(source: Table, { min, max }: Ends): Promise<Sizes> {
  const seen = { rows: 0, bytes: 0, largest: 0 };
  const starts = min === null || max === null ? [] : placesIn(min, max);
  for (const from of starts) {
    const { n, bytes, largest } = await source.row('sizes', { from, rows: SAMPLE_ROWS });
    seen.rows += Number(n);
    seen.bytes += Number(bytes);
    seen.largest = Math.max(seen.largest, Number(largest));
  }
  const { rows, bytes, largest } = seen;
  return { rows, largest, average: rows === 0 ? 0 : Math.round(bytes / rows) };
}

function placesIn(min: bigint, max: bigint): bigint[] {
  const places = Array.from(
    { length: Number(SAMPLES) },
    (_, i) => min + ((max - min) * BigInt(i)) / SAMPLES,
  );
  return [...new Set(places)];
}

export interface Rate {
  readonly rowsPerHour: number;
  /** Ids that were used up, gaps included. */
  readonly idsPerDay: bigint;
}

/** Of the last day. */
export async function rateOf(source: Table, { max }: Ends, now: number): Promise<Rate> {
  const since = new Date(now - DAY_HOURS * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const { n, first_id } = await source.row('recent-rows', { since });
  const rows = Number(n ?? 0);
  const first = whole(first_id);
  const ids = first === null || max === null ? 0n : max - first + 1n;
  const idsPerDay = ids > BigInt(rows) ? ids : BigInt(rows);
  return { rowsPerHour: Math.round(rows / DAY_HOURS), idsPerDay };
}

export interface Left {
  readonly ids: bigint;
  /** Null: nothing was written. */
  readonly days: number | null;
}

/** Ids the key can still give. A signed int ends at 2^31 - 1. */
export function leftOf(id: ColumnShape | undefined, { max }: Ends, { idsPerDay }: Rate): Left {
  const end = integerType(id?.type ?? '')?.max ?? 0n;
  const ids = end - (max ?? 0n);
  return { ids, days: idsPerDay === 0n ? null : Number(ids / idsPerDay) };
}

/** Hours for as many rows and bytes, rests included. */
export function hoursFor(
  rows: number,
  bytes: number,
  { niceRatio }: Pick<CopySettings, 'niceRatio'>,
  workers: number,
): number {
  const seconds = Math.max(rows / ROWS_PER_SECOND, bytes / BYTES_PER_SECOND);
  const hours = (seconds * WITH_VERIFICATION * (1 + niceRatio)) / workers / 3600;
  return Math.ceil(hours * 100) / 100;
}
