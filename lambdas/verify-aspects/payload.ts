import type { ReleaseModel } from '../preflight-aspects/payload';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';

export interface VerifyAspectsPayload extends ClickHouseCaller {
  /** Version of the plugin that was installed, for people: `2.4.0`. */
  readonly aspects: string;
  /** What its init makes. */
  readonly target: ReleaseModel;
  /** Fingerprint of dbt's state before the run; null: there was none, or it may be the same. */
  readonly manifestBefore: string | null;
}

export interface VerifyAspectsResult {
  readonly ok: true;
  /** Relations that were looked at. */
  readonly relations: number;
  /** Things that were checked. */
  readonly checks: number;
  /** Fingerprint of dbt's state now. */
  readonly manifest: string | null;
}
