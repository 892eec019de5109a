// Who may change a target: one run at a time. Leases are taken in sorted order, so that of two runs
// that want the same targets one gets all and the other none.

import { LeaseHeldError, TryAgainError } from '../shared/errors';
import { type Ledger, leaseKey, runKey } from '../shared/ledger';
import type { LeaseItem, RunItem } from '../shared/runs';

/**
 * Takes the leases of a run; those it has it keeps.
 *
 * @throws LeaseHeldError naming the holder; none is held by this run then, for it has not begun
 */
export async function takeLeases(ledger: Ledger, run: RunItem, takenAt: string): Promise<void> {
  const { runId, executionArn } = run;
  for (const target of [...run.leases].sort()) {
    const lease: LeaseItem = { target, runId, executionArn, takenAt };
    if (await ledger.put(leaseKey(target), lease, 'absent')) continue;
    const holder = await ledger.get<LeaseItem>(leaseKey(target));
    if (holder?.runId === runId) {
      // A run that was taken over keeps its leases under its new execution.
      await ledger.put(leaseKey(target), { ...holder, executionArn }, { runId });
      continue;
    }
    for (const mine of run.leases) await ledger.remove(leaseKey(mine), { runId });
    if (!holder) throw new TryAgainError(`${target} was freed this moment`);
    throw new LeaseHeldError(
      `${target} belongs to run ${holder.runId} of ${holder.executionArn} since ${holder.takenAt}. ${await wayOut(ledger, holder)}; then redrive this one`,
    );
  }
}

/** A release may take a lease again for what it clears up last. */
async function wayOut(ledger: Ledger, { runId }: LeaseItem): Promise<string> {
  const run = await ledger.get<RunItem>(runKey(runId));
  return run?.status === 'released'
    ? 'That run was given up, and its release still clears up: let the release end, or redrive it where it failed'
    : 'Let that run end: redrive it, continue it with "continueRun", or give it up with the release machine';
}
