import type { DbtVersion } from '../shared/aspects/relations';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';

export interface DropDeprecatedPayload extends ClickHouseCaller {
  /** Models of the version that is installed now. */
  readonly dbt: DbtVersion;
  /** Fingerprint of the approved list, from read-deprecated. */
  readonly hash: string;
  /** Name of the gate at which `{ objects: hash }` was approved. */
  readonly gate: string;
}

export interface DropDeprecatedResult {
  /** Objects of the list that are gone now. */
  readonly dropped: number;
}
