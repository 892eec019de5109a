import type { DbtVersion } from '../shared/aspects/relations';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';

export interface ReadDeprecatedPayload extends ClickHouseCaller {
  /** Models of the version that is installed now. */
  readonly dbt: DbtVersion;
}

export interface ReadDeprecatedResult {
  readonly status: 'none' | 'found';
  /** For a person: what would be dropped, what stays and why, what history goes with it. */
  readonly question: string;
  /** Fingerprint of the list; exactly this is approved and dropped. */
  readonly hash: string;
  /** How many objects. */
  readonly objects: number;
  /** Rows that are nowhere else. */
  readonly exposedRows: number;
}
