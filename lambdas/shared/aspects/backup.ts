// A backup that was proven, as the ledger keeps it for the way back.

import { type LedgerKey, runKey } from '../ledger';

/** Where both parts are. */
export interface BackupRecord {
  /** Name in ClickHouse. */
  readonly id: string;
  /** Folder of the host with a folder `files` in it. */
  readonly folder: string;
  /** Name of the folder with the dump of Superset's database and config.yml. */
  readonly files: string;
  readonly provenAt: string;
}

/** The ledger's item about a run's backup. */
export const backupKey = (runId: string): LedgerKey => runKey(runId, 'aspects#backup');
