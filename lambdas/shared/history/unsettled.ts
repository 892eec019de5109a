// Whether a row of the old table is written and not committed: it would appear behind a copy that is done.

import { codeOf, type Table } from './table';

/** Ids commit out of order; so many of the newest are looked at. */
export const NEWEST = 100_000n;

const HELD = /^ER_LOCK_(WAIT_TIMEOUT|DEADLOCK)$/;
const NOT_ALLOWED = /ACCESS_?DENIED/;

/**
 * Waits for each of the newest rows as for its commit, one second at most. Older servers let only users
 * that may change rows ask: `unknown` then.
 */
export async function hasUnsettled(
  source: Table,
  max: bigint | null,
): Promise<boolean | 'unknown'> {
  await source.set('short-waits');
  await source.set('read-committed');
  const from = max === null || max < NEWEST ? 0n : max - NEWEST;
  try {
    await source.rows('unsettled-rows', { from });
    return false;
  } catch (error) {
    if (HELD.test(codeOf(error))) return true;
    if (NOT_ALLOWED.test(codeOf(error))) return 'unknown';
    throw error;
  }
}
