import type * as z from 'zod';

/** Input of one machine: what may be in it, what a run of it owns, and an example that passes. */
export interface InputKind<Target> {
  /** Strict objects only, with defaults, so that the parsed input is complete. */
  schema(target: Target): z.ZodType;
  /** Names of what the run alone may change. */
  leases(input: unknown, target: Target): string[];
  /** A complete example of this target, a dry run where the machine has one. */
  example(target: Target): Record<string, unknown>;
  /**
   * Whether `continueRun` may name a run that was given up: what it held still was given back, so a new
   * run begins, which leaves out the items that are done.
   */
  readonly continueReleased?: true;
  /**
   * Members that may differ from what the run began with when `continueRun` goes on with it: they say how
   * the rest is done, not what. All others must be the same or left out.
   */
  readonly tunable?: readonly string[];
}
