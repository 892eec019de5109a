import type { Caller } from '../shared/run';
import type { StackUpdatePlan } from '../shared/stacks/plan';

export interface PrepareChangeSetPayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  readonly plan: StackUpdatePlan;
}

export interface PrepareChangeSetResult {
  /**
   * `ready`: can be executed. `empty`: there is nothing to change. `executing`: an update of this
   * run has been started, follow it.
   */
  readonly status: 'running' | 'ready' | 'empty' | 'executing';
  readonly attempt: number;
  /** Changes that take data with them, or may. */
  readonly risky: number;
}
