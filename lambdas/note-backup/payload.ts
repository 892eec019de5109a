import type { Caller } from '../shared/run';

export interface NoteBackupPayload extends Caller {
  /** Name in ClickHouse. */
  readonly id: string;
  /** Folder of the host, and the one below it with the files. */
  readonly folder: string;
  readonly files: string;
}
