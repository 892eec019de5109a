import type { Caller } from '../shared/run';
import type { StackUpdatePlan } from '../shared/stacks/plan';

export interface FollowStackPayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  readonly plan: StackUpdatePlan;
}

export interface FollowStackResult {
  /** `again`: the attempt is over without the plan being in place, start the next one. */
  readonly status: 'running' | 'updated' | 'again';
  readonly attempt: number;
}
