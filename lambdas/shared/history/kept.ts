// Of a dry run not even the ledger knows: what is found is kept only for a run that is open.

import type { Ledger } from '../ledger';
import { runKey } from '../ledger';
import type { Caller } from '../run';
import { ownRun } from '../runs';

/**
 * Whether the caller has a run.
 *
 * @throws RunTakenOverError, RunReleasedError
 */
export async function hasRun(ledger: Ledger, caller: Caller): Promise<boolean> {
  if (!(await ledger.get(runKey(caller.runId)))) return false;
  await ownRun(ledger, caller);
  return true;
}
