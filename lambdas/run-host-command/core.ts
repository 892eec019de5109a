// The waiting task that has one script run on a host, apart from the agent, until it has ended; then an
// inspection says whether its work was done. Exit statuses of tutor and pip say nothing.

import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import { HostUnit } from '../shared/host/host-unit';
import type { HostUnitDeps } from '../shared/host/unit-work';
import type { Ledger } from '../shared/ledger';
import type { Caller } from '../shared/run';
import { ownRun, releasedRun } from '../shared/runs';
import { waitFor } from '../shared/waiting';
import { type Token, TokenLost } from '../shared/worker-token';
import type { RunHostCommandPayload, RunHostCommandResult } from './payload';

export async function runHostCommand(
  payload: RunHostCommandPayload,
  deps: HostUnitDeps,
  invocation: Invocation,
): Promise<RunHostCommandResult> {
  const unit = new HostUnit(payload, deps);
  const step = `host-${payload.step}`;
  const mayWork = payload.released
    ? (ledger: Ledger, { runId }: Caller) => releasedRun(ledger, runId)
    : ownRun;
  const round = (token: Token) => unit.round(token);
  const trailer = await waitFor(deps, payload, step, invocation, round, mayWork);
  if (trailer) return { status: 'done', trailer };
  if (!(await allRunning(deps.sfn, [payload.selfArn, payload.rootArn]))) {
    await unit.stop().catch((error) => {
      if (!(error instanceof TokenLost)) throw error;
    });
  }
  return { status: 'running', trailer: null };
}
