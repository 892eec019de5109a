// Stopping from outside: for a run whose execution is over and whose worker may be dead.

import { runKey } from '../shared/ledger';
import type { Settled } from '../shared/settle';
import { batchAt } from './plan';
import { TokenLost, Worker } from './progress';
import { type BatchDeps, EXECUTION_STOPPED, Session } from './session';

/**
 * Takes the worker token of one step, cancels what it has running and waits until that is gone.
 *
 * @param sk sort key of the progress item
 * @param mayAct asked before each act; false ends it
 */
export async function stopProgress(
  deps: BatchDeps,
  runId: string,
  sk: string,
  mayAct: () => Promise<boolean>,
): Promise<Settled> {
  const worker = (await mayAct())
    ? await Worker.takeOver(deps.ledger, runKey(runId, sk), 'stop', deps.clock.now)
    : undefined;
  if (!worker) return 'lost';
  const { attempt, payload, batch: index, to } = worker.progress;
  const batch = batchAt(payload, index, to);
  if (!batch || !attempt || attempt.state === 'failed') return 'nothing';
  if (!(await mayAct())) return 'lost';
  const until = deps.clock.now() + 60_000;
  const session = new Session(payload, deps, worker, () => until - deps.clock.now());
  try {
    const settled =
      attempt.statementId === undefined
        ? await session.settleToStop(batch, attempt)
        : ({ kind: 'id', id: attempt.statementId } as const);
    // Only the history knows it: it cannot be cancelled by an id, so it is waited for.
    if (settled.kind === 'history' && settled.end.state === 'running') return 'running';
    if (settled.kind !== 'id') return 'nothing';
    const gone = await session.stop({ ...attempt, statementId: settled.id }, EXECUTION_STOPPED);
    return gone ? 'stopped' : 'running';
  } catch (error) {
    if (error instanceof TokenLost) return 'lost';
    throw error;
  }
}
