import type { ObjectFolder } from '../delete-objects/input';
import type { Caller } from '../shared/run';

export interface StartExpiryPayload extends Caller {
  /** True behind the release of the run; otherwise it is the run's own state. */
  readonly released?: true;
  /** ARN of the machine that waits and deletes. */
  readonly machineArn: string;
  /** Days the objects stay, from now on. */
  readonly keepDays: number;
  readonly folders: readonly ObjectFolder[];
}

export interface StartExpiryResult {
  readonly executionArn: string;
  /** When the objects go. */
  readonly at: string;
}
