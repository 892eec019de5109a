import type { Caller } from '../shared/run';

export interface OpenGatePayload extends Caller {
  /** Name of the gate, `[A-Za-z0-9_.-]+`. */
  readonly gate: string;
  readonly question: string;
  /** Exactly what is approved. */
  readonly approve: unknown;
  /** What people have to undo when the run has ended. @default - nothing */
  readonly undo?: readonly string[];
  /** Task token of the waiting state. */
  readonly token: string;
  readonly answerMachineArn: string;
}
