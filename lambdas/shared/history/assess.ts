// Whether new rows can get the ids of old ones. Pure: what was read comes in, what it means goes out.
//
//   0 ......... max(source)   |  free  |  CUT ......... live rows of the target
//   copied rows of this and earlier runs  ^ no id at or above is ever written by a copy

import type { Copied } from './copied';
import type { Ends } from './ends';

/** What is in the two tables. */
export interface OffsetFacts {
  readonly source: Ends;
  readonly target: Ends;
  /** The cut an earlier call, or an earlier run whose rows are there, has settled. */
  readonly cut: bigint | null;
  /** With a cut: ends of the target's rows below it. */
  readonly below: Ends;
  /** What copies have written there, as their checkpoints say. */
  readonly copied: readonly Copied[];
}

export type OffsetVerdict =
  /** Nothing was written live yet: the next id can be set. */
  | { readonly kind: 'open' }
  /** Every live row is above every old one: this is the cut. */
  | { readonly kind: 'live'; readonly cut: bigint }
  /** Rows that no copy has written have ids of old ones. */
  | { readonly kind: 'overlap'; readonly from: bigint; readonly to: bigint }
  /** The old table has come to where live rows are. */
  | { readonly kind: 'passed'; readonly cut: bigint; readonly max: bigint };

export function assessOffset(facts: OffsetFacts): OffsetVerdict {
  const { source, target, cut, below, copied } = facts;
  if (target.min === null || target.max === null) return { kind: 'open' };
  if (cut === null) {
    if (source.max === null || target.min > source.max) return { kind: 'live', cut: target.min };
    return { kind: 'overlap', from: target.min, to: least(target.max, source.max) };
  }
  const strange = below.min === null ? null : outside(below, copied);
  if (strange) return { kind: 'overlap', ...strange };
  if (target.max < cut) return { kind: 'open' };
  if (source.max !== null && source.max >= cut) return { kind: 'passed', cut, max: source.max };
  return { kind: 'live', cut };
}

/** The next id of the new table: far enough above the old ones, and round. */
export function nextIdFor(maxId: bigint | null, offset: bigint): bigint {
  const round = 10n ** BigInt(Math.max(4, String(offset).length - 2));
  return (((maxId ?? 0n) + offset + round - 1n) / round) * round;
}

/** Ten thousand rows are half an hour of a busy site: https://github.com/openedx/edx-platform */
export const LEAST = 10_000n;

/** How long a deploy may take to come, in hours: the gate that asks for it waits for seven days. */
const HOURS_UNTIL_DEPLOY = 7 * 24;

/** Ids to leave free for rows that the old table gets until the writes have moved. */
export function offsetFor(given: number | null, rowsPerHour: number): bigint {
  const offset = BigInt(given ?? Math.ceil(4 * rowsPerHour * HOURS_UNTIL_DEPLOY));
  return offset > LEAST ? offset : LEAST;
}

function outside(below: Ends, copied: readonly Copied[]) {
  const { min, max } = below as { min: bigint; max: bigint };
  const lo = copied.reduce<bigint | null>(
    (at, one) => (at === null || one.lo < at ? one.lo : at),
    null,
  );
  const hi = copied.reduce<bigint | null>(
    (at, one) => (at === null || one.hi > at ? one.hi : at),
    null,
  );
  if (lo === null || hi === null) return { from: min, to: max };
  if (min < lo) return { from: min, to: least(max, lo - 1n) };
  return max > hi ? { from: hi + 1n, to: max } : null;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
