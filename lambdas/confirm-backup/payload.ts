import type { BackupPlace } from '../shared/aspects/server/backups';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';

export interface ConfirmBackupPayload extends ClickHouseCaller {
  readonly place: BackupPlace;
  /** Name of its folder. It holds the run's id, so that the backup cannot be older than the run. */
  readonly backupId: string;
  /** On the way back: what the backup of another run must have. @default - it is one of this run, just taken */
  readonly wayBack?: {
    /** Revision of the migrations. */
    readonly alembic: string;
  };
}

export interface ConfirmBackupResult {
  readonly backupId: string;
  /** Revision of the migrations that was read back. */
  readonly alembic: string;
}
