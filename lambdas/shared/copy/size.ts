// How many rows the next chunk has: steered by what the last ones took, in time and in bytes.

/** Where a chunk begins, and its bounds. */
export const FIRST_ROWS = 1_000;
export const LEAST_ROWS = 10;
export const MOST_ROWS = 100_000;
const GROWTH = 1.5;
const REMEMBERED = 10;
/** A chunk so many times over what it should be is not averaged, but believed. */
const FAR_OVER = 5;

export interface ChunkTarget {
  readonly seconds: number;
  readonly bytes: number;
}

export class ChunkSize {
  private seen: { readonly seconds: number; readonly bytes: number }[] = [];
  private rows = FIRST_ROWS;

  /** Rows of the next chunk. */
  get next(): number {
    return this.rows;
  }

  /** Learns from a chunk that was written. */
  learn(rows: number, seconds: number, bytes: number, target: ChunkTarget): void {
    // One of a few rows, as the last of a range, says nothing about a row's share.
    if (rows < LEAST_ROWS) return;
    if (seconds > FAR_OVER * target.seconds || bytes > FAR_OVER * target.bytes) this.seen = [];
    this.seen = [...this.seen, { seconds: seconds / rows, bytes: bytes / rows }].slice(-REMEMBERED);
    const fits = Math.min(
      target.seconds / high(this.seen.map((one) => one.seconds)),
      target.bytes / high(this.seen.map((one) => one.bytes)),
      this.rows * GROWTH,
    );
    this.rows = Math.floor(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, fits)));
  }

  /** Learns from a chunk that came to no end: nobody knows how much too large it was. */
  tooSlow(): void {
    this.seen = [];
    this.rows = Math.max(LEAST_ROWS, Math.floor(this.rows / 10));
  }

  /** How many of the rows that were looked at fit; undefined: all. A single row always does. */
  cut(rows: bigint, bytes: bigint, target: ChunkTarget): number | undefined {
    const most = 1.25 * target.bytes;
    if (rows <= 1n || Number(bytes) <= most) return undefined;
    return Math.max(1, Math.floor((Number(rows) * target.bytes) / Number(bytes)));
  }
}

/** The 90th percentile. */
function high(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1]!;
}
