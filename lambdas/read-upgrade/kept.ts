// The way back of a run, as it was decided before anything was changed: a run that is continued goes the same.

import { type Ledger, runKey } from '../shared/ledger';
import type { Caller } from '../shared/run';
import { ownRun } from '../shared/runs';
import type { ReadUpgradeResult } from './payload';

const keyOf = ({ runId }: Caller) => runKey(runId, 'aspects#way-back');

/** @throws RunTakenOverError, RunReleasedError */
export async function keptWayBack(
  ledger: Ledger,
  caller: Caller,
): Promise<ReadUpgradeResult | undefined> {
  await ownRun(ledger, caller);
  return (await ledger.get<{ way: ReadUpgradeResult }>(keyOf(caller)))?.way;
}

/** Keeps the first decision; asking twice keeps the same. */
export async function keepWayBack(
  ledger: Ledger,
  caller: Caller,
  way: ReadUpgradeResult,
): Promise<void> {
  await ledger.put(keyOf(caller), { way }, 'absent');
}
