import type { Caller } from '../shared/run';

export interface ExecuteChangeSetPayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  /** Region of the stack. */
  readonly region: string;
  /** Gate whose approval is needed. */
  readonly gate: string;
  /** Whether the gate is asked for every change set, or only for one that touches data. */
  readonly gated: boolean;
}

export interface ExecuteChangeSetResult {
  /** `changed`: what was approved is not what would be executed. */
  readonly status: 'executing' | 'changed';
  readonly attempt: number;
}
