// Gives a run up: its execution is closed, what it left running is stopped, its leases are freed.

import { z } from 'zod';
import { iso } from '../shared/clock';
import { RefusedInputError, StatementStillRunsError, TryAgainError } from '../shared/errors';
import { RUN_ID } from '../shared/inputs/identifiers';
import { problemsOf } from '../shared/inputs/problems';
import { runKey } from '../shared/ledger';
import { type StoreFile, writeReport } from '../shared/report/store';
import { closeRun, type RunItem } from '../shared/runs';
import { isClosed, type SettleDeps, settleRun } from '../shared/settle';
import type { ReleaseRunPayload, ReleaseRunResult } from './payload';

export interface ReleaseDeps extends SettleDeps {
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
  if (!(await isClosed(deps.sfn, run.executionArn))) {
    throw refuse([`run ${runId} still runs in ${run.executionArn}: stop that execution first`]);
  }
  const settled = Object.entries(await settleRun(deps, run));
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
  const endedAt = run.endedAt ?? iso(deps.clock.now());
  await closeRun(deps.ledger, run, 'released', endedAt);
  await writeReport(deps.ledger, deps.store, { ...run, status: 'released', endedAt });
  const stopped = settled.filter(([, end]) => end === 'stopped').map(([sk]) => sk);
  return { run: runId, status: 'released', freed: run.leases, stopped };
}

const refuse = (problems: string[]) =>
  new RefusedInputError(problems, { run: 'run-20260131-0a1b2c3d4e' });
