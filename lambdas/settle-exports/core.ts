import { type StopExportsDeps, stopExports } from '../extract-slices/stop';
import type { ExecutionEvent } from '../shared/execution-event';
import { runOfExecution } from '../shared/execution-index';
import { runKey } from '../shared/ledger';
import type { RunItem } from '../shared/runs';
import { actorFor, type SettleDeps, type Settled } from '../shared/settle';

/**
 * The net under every stop, for what MySQL executes: an execution was stopped, failed or timed out, and its
 * workers may be dead. Leaves alone what another execution has taken over.
 */
export async function settleExports(
  { detail }: ExecutionEvent,
  deps: StopExportsDeps & Pick<SettleDeps, 'sfn'>,
): Promise<Record<string, Settled>> {
  const runId = await runOfExecution(deps.ledger, detail.executionArn);
  const run = runId && (await deps.ledger.get<RunItem>(runKey(runId)));
  if (!run || run.executionArn !== detail.executionArn) return {};
  return stopExports(deps, run.runId, actorFor(deps, run));
}
