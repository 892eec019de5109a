// What is asked of ClickHouse, and what is seen there.

import type { ReleaseModel } from '../../shared/aspects/relations';
import type { BackupPlace } from '../../shared/aspects/server/backups';

/** Versions between which the look decides. */
export interface ReleasePair {
  /** What the installed plugin would have made. */
  readonly installed: ReleaseModel;
  /** What the target's will make. */
  readonly target: ReleaseModel;
  /** Where a backup goes. @default - nobody looks whether its disk is there */
  readonly place?: BackupPlace;
}

/** What is seen in ClickHouse. */
export interface ClickHouseSeen {
  /** What must be repaired before anything is changed; empty: nothing. */
  readonly findings: readonly string[];
  /** What a person should know. */
  readonly notes: readonly string[];
  /** Release of the server, `24.8.14.39`; empty: it did not answer. */
  readonly serverVersion: string;
  /** Rows of raw events, unmerged duplicates included. */
  readonly events: number;
  readonly freeBytes: number;
  readonly neededBytes: number;
  /** Latest raw event, as ISO 8601; null: there is none. */
  readonly lastEmission: string | null;
}
