import type { Caller } from '../shared/run';

/** Behind a release; the run is the one that was given up. */
export interface ReadHeldPayload extends Pick<Caller, 'version' | 'runId' | 'selfArn'> {}

export interface ReadHeldResult {
  /** Services that the run has stopped, or may have, names apart by blanks; empty: none. */
  readonly services: string;
  /** Copies made to look at a backup may be left in ClickHouse. */
  readonly copies: boolean;
}
