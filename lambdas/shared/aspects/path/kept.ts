// The way of a run, as it was decided when nothing was installed yet. A run that is continued goes the same
// way, although the version it finds is another one by then.

import { type Ledger, runKey } from '../../ledger';
import type { Caller } from '../../run';
import { ownRun } from '../../runs';
import type { Hop } from './path';

/** A way that was decided. */
export interface KeptPath {
  readonly from: string;
  readonly hops: readonly Hop[];
  /** Services that fed ClickHouse when the run began: what is held, and started again. */
  readonly services: readonly string[];
  /** Tutor when the run began, `19.0.5`. @default - a run of an older release has not kept it */
  readonly tutor?: string;
  /** Release of ClickHouse when the run began, `24.8.14.39`. @default - the same */
  readonly server?: string;
  readonly problems?: undefined;
}

/** Where a run keeps its way. */
export const pathKey = (runId: string) => runKey(runId, 'aspects#path');

/** @throws RunTakenOverError, RunReleasedError */
export async function keptPath(ledger: Ledger, caller: Caller): Promise<KeptPath | undefined> {
  await ownRun(ledger, caller);
  return ledger.get<KeptPath>(pathKey(caller.runId));
}

/** Keeps the first decision; asking twice keeps the same. */
export async function keepPath(ledger: Ledger, caller: Caller, path: KeptPath): Promise<void> {
  await ledger.put(pathKey(caller.runId), path, 'absent');
}
