// A stretch of keys and what is in it. Keys and sums have up to 64 bits and are never numbers.

/** All keys greater than `after` up to `to`. */
export interface Window {
  readonly after: bigint;
  readonly to: bigint;
}

/** What tells two sides apart: how many rows, and a hash of their values. */
export interface Fingerprint {
  readonly rows: bigint;
  readonly bytes: bigint;
  readonly crc: bigint;
  /** Sum over a second hash; 0 where it was not asked for. */
  readonly md5: bigint;
}

/** A window with what the source has in it. */
export interface SourceWindow extends Window {
  readonly print: Fingerprint;
}

/** Sizes differ where the character sets of the sides do. */
export const same = (a: Fingerprint, b: Fingerprint): boolean =>
  a.rows === b.rows && a.crc === b.crc && a.md5 === b.md5;

/** What rows have come, of two looks at one side. */
export const more = (after: Fingerprint, before: Fingerprint): Fingerprint => ({
  rows: after.rows - before.rows,
  bytes: after.bytes - before.bytes,
  crc: after.crc ^ before.crc,
  md5: after.md5 - before.md5,
});

export const keysOf = ({ after, to }: Window): string => `keys ${after + 1n} to ${to}`;

/** Parts of a window of about the same number of keys, so that each holds few rows where keys are dense. */
export function partsOf({ after, to, print }: SourceWindow, rows: bigint, bytes: bigint): Window[] {
  const byRows = (print.rows + rows - 1n) / rows;
  const byBytes = (print.bytes + bytes - 1n) / bytes;
  const most = to - after;
  const wanted = byRows > byBytes ? byRows : byBytes;
  const count = wanted > most ? most : wanted;
  const parts: Window[] = [];
  for (let i = 0n; i < count; i++) {
    parts.push({ after: after + (most * i) / count, to: after + (most * (i + 1n)) / count });
  }
  return parts;
}
