import type { Caller } from '../shared/run';

export interface OpenGatePayload extends Caller {
  /** Name of the gate, `[A-Za-z0-9_.-]+`. */
  readonly gate: string;
  readonly question: string;
  /** Exactly what is approved. */
  readonly approve: unknown;
  /** What people have to undo when the run has ended. @default - nothing */
  readonly undo?: readonly string[];
  /**
   * Redrive count of the execution when somebody looked at what is asked.
   *
   * @default - it does not change
   */
  readonly seenOn?: number;
  /** Task token of the waiting state. */
  readonly token: string;
  readonly answerMachineArn: string;
}

/** What the state gets instead of an approval when what it asks about was seen before a redrive. */
export interface StaleQuestion {
  readonly stale: true;
}
