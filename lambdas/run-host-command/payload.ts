import type { HostRef } from '../shared/host/ref';
import type { Caller } from '../shared/run';

export interface RunHostCommandPayload extends Caller {
  /** Name of the step in the ledger and in the unit's name. */
  readonly step: string;
  readonly host: HostRef;
  /** Name of the script that works, e.g. `aspects/build-images`; null: only the inspection. */
  readonly script: string | null;
  /** Name of the script that looks whether the work was done, and changes nothing. */
  readonly inspect: string;
  /** Variables of both scripts; no secrets. */
  readonly environment: Readonly<Record<string, string | number | boolean | null>>;
  /** Longest time of the work, from its start, and again from each redrive. */
  readonly hours: number;
  /** Whether the run was given up, and this is a part of that. */
  readonly released: boolean;
}

export interface RunHostCommandResult {
  readonly status: 'running' | 'done';
  /** What the inspection found; null while it runs. */
  readonly trailer: { readonly ok: boolean; readonly [member: string]: unknown } | null;
}
