import type { InputName } from '../shared/inputs';
import type { Caller } from '../shared/run';

/** What the first state knows; there is no run yet. */
export interface OpenRunPayload
  extends Pick<Caller, 'version' | 'rootArn' | 'selfArn' | 'redriveCount'> {
  /** Name of the machine in ledger and reports, e.g. `clickstream-data-migration`. */
  readonly machine: string;
  /** Name of the schema the input is checked with. */
  readonly schema: InputName;
  /** What that schema must know of the target. */
  readonly target: unknown;
  /** The execution's input as it came. */
  readonly input: unknown;
  /** `Execution.StartTime` of the context. */
  readonly startTime: string;
}

export interface OpenRunResult {
  readonly run: { readonly id: string; readonly arn: string };
  /** Complete with defaults. */
  readonly input: Record<string, unknown>;
}
