import type { BackupPlace } from '../shared/aspects/server/backups';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';
import type { HostRef } from '../shared/host/ref';

export interface RestoreClickHousePayload extends ClickHouseCaller {
  /** Name of the step in the ledger. */
  readonly step: string;
  /** Where what writes into ClickHouse must rest. @default - nobody looks */
  readonly host?: HostRef;
  readonly mode?: string;
  readonly place: BackupPlace;
  /** Backup to bring back; its id is the name of its folder. */
  readonly backupId: string;
  /** Revision of the migrations it must have. */
  readonly alembic: string;
  /** Name of the gate at which `{ restore: backupId }` was approved. */
  readonly gate: string;
}

export interface RestoreClickHouseResult {
  readonly status: 'running' | 'done';
  /** Revision of the migrations that is there now; null while it is being brought back. */
  readonly alembic: string | null;
}
