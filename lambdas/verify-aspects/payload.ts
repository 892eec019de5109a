import type { ReleaseModel } from '../shared/aspects/relations';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';

export interface VerifyAspectsPayload extends ClickHouseCaller {
  /** Version of the plugin that was installed, for people: `2.4.0`. */
  readonly aspects: string;
  /** What its init makes. */
  readonly target: ReleaseModel;
  /**
   * Redrives when the models were built. Behind a later one, or where another execution has told of it, what is
   * missing still is handed back, so that they are built again; else it is thrown. @default - it is always thrown
   */
  readonly redrivesAtEnd?: number;
  /** Whether this execution has built them again already. @default - a definition of an earlier release: it may have */
  readonly rebuilt?: boolean;
}

export interface VerifyAspectsResult {
  /** False: something is missing still, and has to be built again. */
  readonly ok: boolean;
  /** Relations that were looked at. */
  readonly relations: number;
  /** Things that were checked. */
  readonly checks: number;
  /** Fingerprint of dbt's state now. */
  readonly manifest: string | null;
}
