import type { Caller } from '../shared/run';

export interface AskChangeSetPayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  /** Region of the stack. */
  readonly region: string;
  /** Name of the gate. */
  readonly gate: string;
  /** Task token of the waiting state. */
  readonly token: string;
  readonly answerMachineArn: string;
}

/** What the state gets instead of an approval when there is nothing that could be approved. */
export interface StaleChangeSet {
  readonly stale: true;
}
