// What a state tells the task `read-backup`: which run's backup of a tenant is to be brought back.

import type { TenantWork } from '../shared/rdw/tenant';
import type { Caller } from '../shared/run';

export interface ReadBackupPayload extends Caller {
  /** Id of the run that made the backup. */
  readonly backupOf: string;
  readonly tenant: TenantWork;
  /** Region of the bucket. */
  readonly region?: string;
}

export interface ReadBackupResult {
  /** Address of the manifest that UNLOAD wrote; null when the table had no rows. */
  readonly manifest: string | null;
  /** Rows it counts. */
  readonly rows: number;
  /** Checksum of the table at that time, as text: it may pass 2^53. */
  readonly checksum: string;
  /** Id of the newest row of table migrate then: regular jobs that came later have larger ones. */
  readonly migrateId: string;
  /** The high-water mark then: what the backed up rows, and those of that run, are not newer than. */
  readonly high: string;
}
