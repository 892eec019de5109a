// Stopping from outside: for a run whose execution is over and whose worker may be dead.

import { runKey } from '../shared/ledger';
import { batchAt } from './plan';
import { TokenLost, Worker } from './progress';
import { type BatchDeps, EXECUTION_STOPPED, Session } from './session';

/** What there was to stop. `lost`: somebody else acts for the step now, nothing was touched. */
export type Stopped = 'stopped' | 'nothing' | 'lost';

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
): Promise<Stopped> {
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
        ? await session.settle(batch, attempt)
        : ({ kind: 'id', id: attempt.statementId } as const);
    if (settled.kind !== 'id') return 'nothing';
    await session.stop({ ...attempt, statementId: settled.id }, EXECUTION_STOPPED);
    return 'stopped';
  } catch (error) {
    if (error instanceof TokenLost) return 'lost';
    throw error;
  }
}
