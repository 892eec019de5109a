import type { MySqlRef } from '../shared/mysql/ref';
import type { TenantWork } from '../shared/rdw/tenant';
import type { Caller } from '../shared/run';

export interface ExtractSlicesPayload extends Caller {
  /** The warehouse of all tenants. */
  readonly source: MySqlRef;
  readonly tenant: TenantWork;
  /** First instant of `updated` that is extracted, in UTC: `2019-11-01 00:00:00.000000`, or in ISO 8601. */
  readonly start: string;
  /** The last one: the high-water mark of the regular job. */
  readonly high: string;
  /** Days of `updated` a slice covers at most. */
  readonly sliceDays: number;
  /** Minutes after which a slice counts as too long and is halved. */
  readonly sliceMinutes: number;
}

export interface ExtractSlicesResult {
  readonly status: 'running' | 'done';
  /** Slices that are done. */
  readonly slices: number;
  /** Rows in their files. */
  readonly rows: number;
  /** Alt scores that were left out because they have no scale score. */
  readonly nullScores: number;
  /** Address of the manifest of all files; null: there are no rows, or not yet all. */
  readonly manifest: string | null;
}
