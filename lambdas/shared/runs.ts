// A run in the ledger: who owns it, and whether the caller still does.

import {
  RefusedInputError,
  RunReleasedError,
  RunTakenOverError,
  TryAgainError,
  UnknownRunError,
} from './errors';
import { type Ledger, leaseKey, runKey } from './ledger';
import type { Caller } from './run';

/** The ledger's item about a run. */
export interface RunItem {
  readonly runId: string;
  /** Name of the machine, e.g. `clickstream-data-migration`. */
  readonly machine: string;
  /** ARN of the root execution that owns the run now. */
  readonly executionArn: string;
  /** ARNs of executions it was taken over from, oldest first. */
  readonly earlierArns: readonly string[];
  readonly status: 'open' | 'succeeded' | 'released';
  /** The validated input, complete with defaults. */
  readonly input: Record<string, unknown>;
  /** Names of the leases the run holds. */
  readonly leases: readonly string[];
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The run that was given up and whose items that are done this one leaves out. */
  readonly continues?: string;
  /** Whether a run that goes on with this one can be started once it is given up. */
  readonly continuable?: true;
  /** SHA-256 of every SQL file this release may run, by file name. */
  readonly sqlHashes?: Record<string, string>;
}

/** The ledger's item about who may change a target. It has no expiry: a failed run keeps it. */
export interface LeaseItem {
  readonly target: string;
  readonly runId: string;
  readonly executionArn: string;
  readonly takenAt: string;
}

/**
 * The run, if the caller's root execution owns it.
 *
 * @throws RunTakenOverError naming the owner, RunReleasedError, UnknownRunError
 */
export async function ownRun(ledger: Ledger, caller: Caller): Promise<RunItem> {
  const run = await ledger.get<RunItem>(runKey(caller.runId));
  if (!run) throw new UnknownRunError(`the ledger knows no run ${caller.runId}`);
  if (run.executionArn !== caller.rootArn) {
    throw new RunTakenOverError(
      `run ${run.runId} was taken over by ${run.executionArn}; nothing was changed here: redrive or watch that one`,
    );
  }
  if (run.status === 'released') {
    const how = run.continuable
      ? ` with "continueRun": "${run.runId}". It begins anew, and leaves out what is done`
      : '';
    throw new RunReleasedError(
      `run ${run.runId} was given up by the release machine at ${run.endedAt}; start a new execution${how}`,
    );
  }
  return run;
}

/**
 * A run that was given up, for what the release machine does after that.
 *
 * @throws UnknownRunError, RefusedInputError
 */
export async function releasedRun(ledger: Ledger, runId: string): Promise<RunItem> {
  const run = await ledger.get<RunItem>(runKey(runId));
  if (!run) throw new UnknownRunError(`the ledger knows no run ${runId}`);
  if (run.status === 'released') return run;
  throw new RefusedInputError([`run ${runId} is ${run.status}, and not given up`], { run: runId });
}

/** Ends a run that has done its work: frees what it holds, then says so; asking twice does once. */
export async function closeRun(ledger: Ledger, run: RunItem, endedAt: string): Promise<void> {
  await freeLeases(ledger, run);
  await markEnded(ledger, run, 'succeeded', endedAt);
}

/**
 * Writes how an open run ended, if its owner is still who it was; asking twice does once.
 *
 * @returns the run as the ledger has it now
 */
export async function markEnded(
  ledger: Ledger,
  run: RunItem,
  status: 'succeeded' | 'released',
  endedAt: string,
): Promise<RunItem> {
  const { executionArn } = run;
  const ended: RunItem = { ...run, status, endedAt: run.endedAt ?? endedAt };
  if (await ledger.put(runKey(run.runId), ended, { executionArn, status: 'open' })) return ended;
  const now = await ledger.get<RunItem>(runKey(run.runId));
  if (now?.status === status && now.executionArn === executionArn) return now;
  throw new TryAgainError(
    `run ${run.runId} is ${now?.status ?? 'gone'} in ${now?.executionArn ?? 'no execution'} since this moment`,
  );
}

/** Whether a run still holds a target. */
export async function holdsLeases(ledger: Ledger, run: RunItem): Promise<boolean> {
  const held = await Promise.all(
    run.leases.map((target) => ledger.get<LeaseItem>(leaseKey(target))),
  );
  return held.some((lease) => lease?.runId === run.runId);
}

/** Frees the targets a run holds; what another run has taken since stays. */
export async function freeLeases(ledger: Ledger, run: RunItem): Promise<void> {
  for (const target of run.leases) await ledger.remove(leaseKey(target), { runId: run.runId });
}
