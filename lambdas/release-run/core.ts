// Gives a run up. The mark comes first: from then on no redrive of the run begins anything. What it
// left running is stopped next, what it held still is given back, and its leases are freed last, when
// nothing runs any more.

import * as z from 'zod';
import { iso } from '../shared/clock';
import { RefusedInputError, StatementStillRunsError, TryAgainError } from '../shared/errors';
import { RUN_ID } from '../shared/inputs/identifiers';
import { problemsOf } from '../shared/inputs/problems';
import { runKey } from '../shared/ledger';
import type { QuiescedDeps } from '../shared/quiesced/restore';
import { type StoreFile, writeReport } from '../shared/report/store';
import { freeLeases, markEnded, type RunItem } from '../shared/runs';
import { isClosed, type SettleDeps, settleRun } from '../shared/settle';
import { type ChangeSetDeps, deleteChangeSets } from './change-sets';
import type { ReleaseRunPayload, ReleaseRunResult } from './payload';
import { giveBack } from './quiesced';

export interface ReleaseDeps extends SettleDeps, ChangeSetDeps, QuiescedDeps {
  readonly store: StoreFile;
}

const schema = z.strictObject({
  run: z.string().regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e'),
});

export async function releaseRun(
  payload: ReleaseRunPayload,
  deps: ReleaseDeps,
): Promise<ReleaseRunResult> {
  const parsed = schema.safeParse(payload.input);
  if (!parsed.success) throw refuse(problemsOf(parsed.error));
  const { run: runId } = parsed.data;
  const run = await deps.ledger.get<RunItem>(runKey(runId));
  if (!run) throw refuse([`the ledger knows no run ${runId}`]);
  if (run.status === 'succeeded') throw refuse([`run ${runId} has succeeded, it holds nothing`]);
  // A run that is marked may be redriven by mistake: what remains to be done is done all the same.
  if (run.status === 'open' && !(await isClosed(deps.sfn, run.executionArn))) {
    throw refuse([`run ${runId} still runs in ${run.executionArn}: stop that execution first`]);
  }
  const released = await markEnded(deps.ledger, run, 'released', iso(deps.clock.now()));
  // Asked before anything is stopped: a task that saw the run open may act until its execution ends.
  const closed = await isClosed(deps.sfn, run.executionArn);
  const settled = Object.entries(await settleRun(deps, released));
  const running = settled.filter(([, end]) => end === 'running').map(([sk]) => sk);
  if (running.length > 0) {
    throw new StatementStillRunsError(
      `run ${runId} keeps its leases: the statement of ${running.join(', ')} still runs. Wait for its end, or cancel it ` +
        'as a role that may, then redrive this execution',
    );
  }
  const lost = settled.filter(([, end]) => end === 'lost').map(([sk]) => sk);
  if (lost.length > 0) {
    throw new TryAgainError(`somebody else acts for ${lost.join(', ')} of run ${runId} right now`);
  }
  if (!closed) {
    throw new TryAgainError(
      `run ${runId} was redriven in ${run.executionArn} while it was given up: it keeps its leases until that has ended`,
    );
  }
  const notes = await deleteChangeSets(deps, runId);
  await giveBack(deps, runId);
  await freeLeases(deps.ledger, released);
  const { next } = await writeReport(deps.ledger, deps.store, released);
  const stopped = settled.filter(([, end]) => end === 'stopped').map(([sk]) => sk);
  return { run: runId, status: 'released', freed: run.leases, stopped, notes: [...notes, ...next] };
}

const refuse = (problems: string[]) =>
  new RefusedInputError(problems, { run: 'run-20260131-0a1b2c3d4e' });
