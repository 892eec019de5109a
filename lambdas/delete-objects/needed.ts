// Who may still need the objects of a run that is over: its own redrive, or a run that brings its backup back.

import { ObjectsNeededError, UnknownRunError } from '../shared/errors';
import { type Ledger, leaseKey, runKey } from '../shared/ledger';
import type { Caller } from '../shared/run';
import type { LeaseItem, RunItem } from '../shared/runs';

/** @throws ObjectsNeededError, which a redrive looks at again; UnknownRunError */
export async function notNeeded(ledger: Ledger, { runId }: Pick<Caller, 'runId'>): Promise<void> {
  const run = await ledger.get<RunItem>(runKey(runId));
  if (!run) throw new UnknownRunError(`the ledger knows no run ${runId}`);
  if (run.status === 'open') {
    throw new ObjectsNeededError(
      `run ${runId} is not over, and a redrive of it needs its objects: ${run.executionArn}. ` +
        'Nothing was deleted. Let it come to its end, redrive or release it; then redrive this execution',
    );
  }
  const restoring = await restoreOf(ledger, run);
  if (restoring) {
    throw new ObjectsNeededError(
      `run ${restoring.runId} brings the backup of ${runId} back: ${restoring.executionArn}. ` +
        'Nothing was deleted. When that run is over, redrive this execution',
    );
  }
}

/** The run that holds what this one held, and works with its backup. */
async function restoreOf(ledger: Ledger, run: RunItem): Promise<RunItem | undefined> {
  const seen = new Set<string>();
  for (const target of run.leases) {
    const lease = await ledger.get<LeaseItem>(leaseKey(target));
    if (!lease || seen.has(lease.runId)) continue;
    seen.add(lease.runId);
    const holder = await ledger.get<RunItem>(runKey(lease.runId));
    if (holder?.status === 'open' && holder.input.backupOf === run.runId) return holder;
  }
  return undefined;
}
