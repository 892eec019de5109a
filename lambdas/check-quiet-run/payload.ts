import type { Caller } from '../shared/run';

export interface CheckQuietRunPayload extends Pick<Caller, 'version'> {
  readonly executionArn: string;
  /** Epoch milliseconds at which the execution ended, when the watch began. */
  readonly stopDate: number;
}
