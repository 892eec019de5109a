import type { Caller } from '../shared/run';

/** A state of the release machine, behind the one that gives the run up. */
export interface TidyReleasedPayload extends Omit<Caller, 'item'> {}

export interface TidyReleasedResult {
  /** Staging tables that are dropped, with their schemas. */
  readonly dropped: number;
  /** For how long the run's own input keeps its objects. */
  readonly keepObjectsDays: number;
}
