import type { MySqlRef } from '../shared/mysql/ref';
import type { Caller } from '../shared/run';

/** A table, and how to reach its server. */
export interface CopyTable extends MySqlRef {
  readonly database: string;
  readonly table: string;
}

/**
 * A column on both sides, and how its values travel and are compared. Text is compared as its bytes in
 * utf8mb4, so that two character sets may differ; nothing is rounded, trimmed or folded.
 */
export interface CopyColumn {
  /** Its name in the source. */
  readonly source: string;
  /** Its name in the target. */
  readonly target: string;
  /** How its values are compared and written. */
  readonly kind: 'integer' | 'text' | 'datetime' | 'double' | 'bytes';
  /** Whether NULL may stand in it. */
  readonly nullable: boolean;
}

/** What steers a copy. Values that are set while it runs (`runKey(runId, 'settings#copy')`) win. */
export interface CopySettings {
  /** Seconds a chunk should take, 0.1 to 5. */
  readonly chunkSeconds: number;
  /** Size a chunk should have, 1 to 64 MiB. */
  readonly chunkMiB: number;
  /** Rest after a chunk, in parts of its time, 0 to 10. */
  readonly niceRatio: number;
  /** No chunk begins while a replica is further behind. */
  readonly maxLagSeconds: number;
  /** No chunk begins while as many threads work on the target. */
  readonly pauseThreads: number;
  /** The copy stops, to be redriven, when as many threads work on the target. */
  readonly abortThreads: number;
  /** No chunk begins while InnoDB's history list of source or target is longer. */
  readonly maxHistoryList: number;
  /** No chunk begins while a commit takes longer. */
  readonly maxCommitMs: number;
  /** No chunk begins while the target has less free storage; null: not looked at. */
  readonly minFreeGiB: number | null;
}

/** Settings that may change while a copy runs; a member that is not there is left as the input has it. */
export interface LiveCopySettings extends Partial<CopySettings> {
  /** True: no chunk begins until it is false again. */
  readonly pause?: boolean;
}

export interface CopyChunksPayload extends Caller {
  /** `copy` also compares rows that are there already; `verify` compares, and writes no row but late ones. */
  readonly phase: 'copy' | 'verify';
  readonly source: CopyTable;
  readonly target: CopyTable;
  /** The primary key, of an integer type. */
  readonly key: { readonly source: string; readonly target: string };
  /** All columns but the key. */
  readonly columns: readonly CopyColumn[];
  /** Disjoint from all other ranges of the run; keys in decimal text, both included. */
  readonly range: { readonly name: string; readonly lo: string; readonly hi: string };
  /** No key at or above is ever read or written in the target; null: there is none. */
  readonly cut: string | null;
  /** Both tables are on one server: rows need not travel through the task. */
  readonly sameServer: boolean;
  readonly settings: CopySettings;
  /** Servers whose lag counts, where the target does not tell of its replicas itself. */
  readonly replicas: readonly { readonly host: string; readonly port: number }[];
  /** Where free storage is asked for; null: it has no limit, as on Aurora. */
  readonly dbInstanceIdentifier: string | null;
  /**
   * Whether comparing also writes rows that only the source has: they were committed after their chunk was
   * copied. Copying always does.
   *
   * @default false
   */
  readonly addLate?: boolean;
  /** Goes on from a checkpoint of another execution that is older than a week. */
  readonly resumeStale?: boolean;
}

export interface CopyChunksResult {
  readonly status: 'running' | 'done';
  /** Rows of the range that are verified, in decimal text. */
  readonly rows: string;
  /** Rows that this phase has written. */
  readonly inserted: string;
  /** The last key up to which all is verified; the one before the range when none is. */
  readonly verifiedTo: string;
}
