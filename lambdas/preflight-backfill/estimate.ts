// How long a back-fill may take. Nobody has measured one on AWS: the guide says that the extract takes an
// hour or more and is most of the work.

import type { TenantFacts } from './payload';

/** Rows a second through extract, load, checks and swap; on the careful side. */
const ROWS_PER_SECOND = 2_000;
/** Minutes a tenant takes whatever it has: backup, staging, checks, VACUUM. */
const MINUTES_PER_TENANT = 4;
/** Minutes for the regular job to stop and to begin again. */
const MINUTES_AROUND = 5;

/** Expected minutes of the maintenance window; an estimate. */
export const minutesFor = (facts: readonly TenantFacts[]): number =>
  MINUTES_AROUND +
  facts.reduce(
    (sum, { rows, expected }) =>
      sum + MINUTES_PER_TENANT + Math.ceil((expected + totalOf(rows)) / ROWS_PER_SECOND / 60),
    0,
  );

const totalOf = (rows: TenantFacts['rows']) => Object.values(rows).reduce((sum, n) => sum + n, 0);
