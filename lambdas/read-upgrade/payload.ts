import type { BackupRecord } from '../shared/aspects/backup';
import type { ClickHouseRef } from '../shared/clickhouse/ref';
import type { HostRef } from '../shared/host/ref';
import type { AspectsTarget } from '../shared/inputs/target';
import type { Caller } from '../shared/run';

export interface ReadUpgradePayload extends Caller {
  readonly host: HostRef;
  readonly mode: AspectsTarget['mode'];
  readonly clickhouse: ClickHouseRef;
  /** Run of the upgrade that is taken back. */
  readonly upgradeOf: string;
  /** Of a dry run nothing is kept. */
  readonly dryRun: boolean;
}

/** The way back. */
export interface ReadUpgradeResult {
  /** Version that is brought back. */
  readonly version: string;
  /** Newest version of that upgrade. */
  readonly from: string;
  /** Exactly as it is installed, for pip. */
  readonly tutor: string;
  readonly dbt: string;
  /** Models are the operator's, whose branch is not the plugin's. */
  readonly ownModels: boolean;
  readonly alembic: string;
  /** Revision to go down to while the new plugin is there; null: it is there already. */
  readonly downgradeTo: string | null;
  readonly images: readonly string[];
  readonly backup: BackupRecord;
  /** What feeds ClickHouse, names apart by blanks. */
  readonly services: string;
  /** What a person approves. */
  readonly question: string;
}
