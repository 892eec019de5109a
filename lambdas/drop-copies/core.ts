// Takes away what a run that was given up had brought back from a backup only to look at it: its look was killed.
// The release has freed what the run held, so it is held again meanwhile: copies have the same names in every run.

import { dropCopies as drop } from '../shared/aspects/server/copies';
import { type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import { type Clock, iso } from '../shared/clock';
import { type Ledger, leaseKey } from '../shared/ledger';
import { freeLeases, type LeaseItem, type RunItem, releasedRun } from '../shared/runs';
import type { DropCopiesPayload, DropCopiesResult } from './payload';

/** What the task works with. */
export interface DropCopiesDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** @throws UnknownRunError, RefusedInputError for a run that was not given up, and what ClickHouse throws */
export async function dropCopies(
  payload: DropCopiesPayload,
  deps: DropCopiesDeps,
): Promise<DropCopiesResult> {
  const { runId } = payload;
  const { ledger } = deps;
  const run = await releasedRun(ledger, runId);
  try {
    if (!(await holdAgain(deps, run))) return { status: 'left' };
    await withClickHouse(payload, deps, (server) => drop(server, { ledger, runId }));
  } finally {
    await freeLeases(ledger, run);
  }
  return { status: 'done' };
}

/** Whether the targets are free, or held by this run since an earlier try. */
async function holdAgain({ ledger, clock }: DropCopiesDeps, run: RunItem): Promise<boolean> {
  const { runId, executionArn } = run;
  for (const target of [...run.leases].sort()) {
    const lease: LeaseItem = { target, runId, executionArn, takenAt: iso(clock.now()) };
    if (await ledger.put(leaseKey(target), lease, 'absent')) continue;
    if ((await ledger.get<LeaseItem>(leaseKey(target)))?.runId !== runId) return false;
  }
  return true;
}
