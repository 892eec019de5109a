import type { BackupPlace } from '../shared/aspects/server/backups';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';
import type { HostRef } from '../shared/host/ref';

export interface BackUpClickHousePayload extends ClickHouseCaller {
  /** Name of the step in the ledger. */
  readonly step: string;
  /** Where what writes into ClickHouse must rest. @default - nobody looks */
  readonly host?: HostRef;
  readonly mode?: string;
  readonly place: BackupPlace;
}

export interface BackUpClickHouseResult {
  readonly status: 'running' | 'done';
  /** Id of the backup, which is the name of its folder too; null while it is being made. */
  readonly backupId: string | null;
  readonly bytes: number;
}
