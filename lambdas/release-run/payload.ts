import type { Caller } from '../shared/run';

export interface ReleaseRunPayload extends Pick<Caller, 'version' | 'selfArn'> {
  /** The execution's input as it came: `{ "run": "run-…" }`. */
  readonly input: unknown;
}

export interface ReleaseRunResult {
  readonly run: string;
  readonly status: 'released';
  /** Targets that are free again. */
  readonly freed: readonly string[];
  /** Steps that had a statement running. */
  readonly stopped: readonly string[];
  /** What is left for a person to do. */
  readonly notes: readonly string[];
}
