import type { CopySettings } from '../copy-chunks/payload';
import type { HistoryCaller, Replica } from '../shared/history/tables';

export interface DrainRowsPayload extends HistoryCaller {
  /** Ids that go, both included. */
  readonly lo: string;
  readonly hi: string;
  readonly cut: string;
  readonly method: 'drain' | 'truncate';
  readonly confirm: string;
  /** Instant when the full verification of this run had passed. */
  readonly verifiedAt: string;
  readonly settings: CopySettings;
  /** Replicas of the source: it is the source that changes. They have its users. */
  readonly replicas: readonly Replica[];
}

export interface DrainRowsResult {
  /** `stale`: the verification is older than 24 h and nothing was deleted yet; verify again. */
  readonly status: 'running' | 'stale' | 'done';
  /** Rows that are gone, in decimal text. */
  readonly deleted: string;
  /** The last id up to which none is left; the one before `lo` when none is gone. */
  readonly deletedTo: string;
}
