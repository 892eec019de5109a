import type { DbtVersion, Generation } from '../shared/aspects/relations';
import type { ClickHouseCaller } from '../shared/clickhouse/ref';

/** What a release of Aspects brings into the database. */
export interface ReleaseModel {
  /** `v5.0.0` */
  readonly dbt: DbtVersion;
  /** Head of Alembic: `0041`. */
  readonly alembic: string;
}

export interface PreflightAspectsPayload extends ClickHouseCaller {
  /** What the installed plugin would have made. */
  readonly installed: ReleaseModel;
  /** What the target's will make. */
  readonly target: ReleaseModel;
}

export interface PreflightAspectsResult {
  /** What must be repaired before anything is changed; empty: nothing. */
  readonly findings: readonly string[];
  /** What a person should know. */
  readonly notes: readonly string[];
  /** Release of the server. */
  readonly serverVersion: string;
  readonly model: {
    readonly alembic: string | null;
    readonly dbtVersion: DbtVersion | null;
    readonly generation: Generation | null;
    /** Fingerprint of dbt's state. */
    readonly manifest: string | null;
  };
  /** Rows of raw events, unmerged duplicates included. */
  readonly events: number;
  readonly freeBytes: number;
  readonly neededBytes: number;
  readonly cluster: string | null;
  /** Latest raw event, as ISO 8601; null: there is none. */
  readonly lastEmission: string | null;
  /** Rows of old tables that are older than what the new ones are computed from. */
  readonly exposedRows: number;
}
