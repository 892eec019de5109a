import { type Clock, iso } from '../shared/clock';
import type { Ledger } from '../shared/ledger';
import { type StoreFile, writeReport } from '../shared/report/store';
import { closeRun, ownRun } from '../shared/runs';
import type { CloseRunPayload, CloseRunResult } from './payload';

export interface CloseDeps {
  readonly ledger: Ledger;
  readonly store: StoreFile;
  readonly clock: Clock;
}

/** The last state of every machine. The report is written first: a run is over when it is there. */
export async function endRun(payload: CloseRunPayload, deps: CloseDeps): Promise<CloseRunResult> {
  const { runId, dryRun } = payload;
  if (dryRun) return { runId, status: 'dry run', notes: [] };
  const run = await ownRun(deps.ledger, payload);
  const endedAt = run.endedAt ?? iso(deps.clock.now());
  const ended = { ...run, status: 'succeeded', endedAt } as const;
  const { notes } = await writeReport(deps.ledger, deps.store, ended);
  await closeRun(deps.ledger, run, endedAt);
  return { runId, status: 'succeeded', notes: notes.slice(0, 20) };
}
