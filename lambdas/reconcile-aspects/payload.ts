import type { DbtVersion } from '../shared/aspects/relations';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';

export interface ReconcileAspectsPayload extends ClickHouseCaller {
  /** Models of the version that is installed now. */
  readonly dbt: DbtVersion;
}

export interface ReconcileAspectsResult {
  readonly ok: true;
  /** Pairs of old and new relations that were compared. */
  readonly compared: number;
  /** Differences that are no reason to stop, for the gate. */
  readonly warnings: readonly string[];
}
