import type { Caller } from '../shared/run';

/** What a person writes into the answer machine. */
export interface AnswerInput {
  readonly run: string;
  readonly gate: string;
  readonly answer: 'approve' | 'refuse';
  readonly by: string;
  readonly reason?: string;
  /** Since when the answered question is asked, as the notice has it. @default - whatever the gate asks now */
  readonly askedAt?: string;
}

export interface AnswerGatePayload extends Pick<Caller, 'version' | 'selfArn'> {
  /** The execution's input as it came. */
  readonly input: unknown;
}
