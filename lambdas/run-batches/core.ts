// The waiting task behind RedshiftStatement and BatchedProcedure: does as many ordered batches as
// fit into its time, returns `running`, and goes on from the ledger when it is called again.

import { LEAVE_BEFORE_END_MS } from '../shared/clock';
import {
  isTransient,
  NoProgressError,
  ProcedureFailedError,
  ReconciliationError,
  type RunbookError,
  StatementStoppedError,
  UndecidedStatementError,
} from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { noteWarehouse } from '../shared/read';
import { ownRun } from '../shared/runs';
import { conclude, fail } from './conclude';
import { expectEmpty, nothingToCopy } from './empty-table';
import { marked } from './mark';
import type { RunBatchesPayload, RunBatchesResult } from './payload';
import { type Batch, batchAt } from './plan';
import { type Attempt, type Progress, TokenLost, Worker } from './progress';
import { type BatchDeps, EXECUTION_STOPPED, Session } from './session';

/**
 * Invocations one execution may see before it hands over to a new one: 7 events each, so that with
 * up to 100 retries and redrives a history stays below 5,000 of its 25,000 events
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
 */
export const TURNS_PER_EXECUTION = 600;

/** Failures a redrive repairs, by name, so that a duplicate of the failed invocation throws the same. */
const FAILURES: Record<string, new (message: string) => RunbookError> = {
  StatementStoppedError,
  ProcedureFailedError,
  NoProgressError,
  ReconciliationError,
  UndecidedStatementError,
};

export async function runBatches(
  payload: RunBatchesPayload,
  deps: BatchDeps,
  invocation: Invocation,
): Promise<RunBatchesResult> {
  await ownRun(deps.ledger, payload);
  const worker = await Worker.take(deps.ledger, payload, invocation.requestId, deps.clock.now);
  if (worker.progress.generation === 1) {
    await noteWarehouse(deps.ledger, payload.runId, payload.warehouse);
  }
  const left = () => invocation.remainingMs() - LEAVE_BEFORE_END_MS;
  const session = new Session(worker.progress.payload, deps, worker, left);
  try {
    return await work(session);
  } catch (error) {
    // Whoever has the token now goes on; this invocation leaves and touches nothing.
    if (error instanceof TokenLost) return result('running', worker.progress);
    throw error;
  }
}

const result = (status: RunBatchesResult['status'], { doneBatches, rows, manifest }: Progress) => ({
  status,
  batches: doneBatches,
  rows,
  ...(manifest === undefined ? {} : { manifest }),
});

async function work(session: Session): Promise<RunBatchesResult> {
  const { worker, payload, deps } = session;
  if (worker.progress.done) return result('done', worker.progress);
  await resume(session);
  if (worker.progress.turns > TURNS_PER_EXECUTION) return result('handover', worker.progress);
  if (worker.progress.to === undefined) {
    await worker.save({ to: new Date(Math.ceil(deps.clock.now() / 1000) * 1000).toISOString() });
  }
  for (;;) {
    const { batch: index, to, failedChecks } = worker.progress;
    const batch = batchAt(payload, index, to);
    if (!batch) {
      if (failedChecks.length > 0)
        await fail(session, new ReconciliationError(failedChecks.join('; ')));
      await worker.save({ done: true });
      return result('done', worker.progress);
    }
    if (!(await session.running())) {
      await stopWhatRuns(session, batch);
      return result('running', worker.progress);
    }
    if (session.leftMs() < 5_000 || !(await runCall(session, batch))) {
      return result('running', worker.progress);
    }
  }
}

/** A failure is thrown again to its own duplicates; a redrive, or another execution, clears it. */
async function resume({ worker, payload }: Session): Promise<void> {
  const { failure, attemptBase } = worker.progress;
  if (!failure) return;
  if (failure.selfArn === payload.selfArn && failure.redriveCount >= payload.redriveCount) {
    throw new FAILURES[failure.error]!(failure.message);
  }
  const again =
    failure.error === 'ReconciliationError'
      ? { batch: 0, failedChecks: [], attemptBase: attemptBase + 100 }
      : {};
  await worker.save({ failure: undefined, ...again });
}

/** One call of a batch: true when it is done, false when this invocation has to leave. */
async function runCall(session: Session, batch: Batch): Promise<boolean> {
  if ((await nothingToCopy(session, batch)) || (await marked(session, batch))) return true;
  const attempt = await startOrAdopt(session, batch);
  if (!attempt) return false;
  if ('end' in attempt) return conclude(session, batch, attempt.attempt, attempt.end);
  const followed = await session.follow(batch, attempt);
  return followed !== 'leave' && conclude(session, batch, followed.attempt, followed.end);
}

/** The attempt to follow, undefined when there is no time left for it, or one that nobody knows any more. */
async function startOrAdopt(session: Session, batch: Batch) {
  const { worker } = session;
  const last = worker.progress.attempt;
  if (last && last.state !== 'failed') {
    // Whatever goes wrong while we look must not mark it failed: it may be running.
    const adopted = await adopt(session, batch, last);
    if (adopted !== 'never ran') return adopted;
  }
  await expectEmpty(session, batch);
  const attempt = await session.begin((last?.number ?? worker.progress.attemptBase) + 1);
  try {
    return await session.start(batch, attempt);
  } catch (error) {
    if (error instanceof TokenLost || isTransient(error)) throw error;
    // The intent stays: a redrive submits it again with the same token, which starts it once.
    const { message } = error as Error;
    await session.record(batch, attempt, { status: 'failed', error: message });
    throw new StatementStoppedError(`${batch.title} was not accepted: ${message}`, {
      cause: error,
    });
  }
}

async function adopt(session: Session, batch: Batch, last: Attempt) {
  if (last.statementId !== undefined) return last;
  const settled = await session.settle(batch, last);
  if (settled.kind === 'never ran') return 'never ran';
  if (settled.kind === 'history') return last;
  if (settled.kind === 'unknown') return { attempt: last, end: 'unknown' as const };
  const adopted: Attempt = {
    ...last,
    state: last.state === 'stopping' ? 'stopping' : 'submitted',
    statementId: settled.id,
  };
  await session.worker.save({ attempt: adopted });
  return adopted;
}

/** The execution is not running any more: what this step has running is stopped, then the worker leaves. */
async function stopWhatRuns(session: Session, batch: Batch): Promise<void> {
  const { attempt } = session.worker.progress;
  if (!attempt || attempt.state === 'failed') return;
  const settled =
    attempt.statementId === undefined
      ? await session.settleToStop(batch, attempt)
      : ({ kind: 'id', id: attempt.statementId } as const);
  if (settled.kind !== 'id') return;
  await session.stop({ ...attempt, statementId: settled.id }, EXECUTION_STOPPED);
}
