import type { Caller } from '../shared/run';

export interface CloseRunPayload extends Caller {
  /** A dry run has no run in the ledger: there is nothing to close. */
  readonly dryRun: boolean;
}

export interface CloseRunResult {
  readonly runId: string;
  readonly status: 'succeeded' | 'dry run';
  /** What an operator should look at, from the run's notes. */
  readonly notes: readonly string[];
}
