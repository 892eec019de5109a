// Ends what a stopped run left running, where no worker is alive to do it.

import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from './clock';
import { executionStatus } from './executions';
import { type Ledger, runKey } from './ledger';
import type { RunItem } from './runs';

/**
 * What there was to stop in one step. `running`: it was asked to end and has not, the role may not
 * cancel perhaps. `lost`: somebody else acts for the step now, nothing was touched.
 */
export type Settled = 'stopped' | 'running' | 'nothing' | 'lost';

export interface SettleDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  /**
   * Takes the step's worker token and stops what it has running; asks `mayAct` before each act. `sk` is the sort
   * key of its progress, or of its command on a host.
   */
  stop(runId: string, sk: string, mayAct: () => Promise<boolean>): Promise<Settled>;
  /** Stops what the run still reads. */
  stopReadings(runId: string, mayAct: () => Promise<boolean>): Promise<void>;
}

/** True for an execution that no worker of its own serves any more. */
export async function isClosed(sfn: SettleDeps['sfn'], executionArn: string): Promise<boolean> {
  const status = await executionStatus(sfn, executionArn);
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/**
 * Whether somebody who settles a run may act: its execution is closed and its own. In a run that was given
 * up nobody may begin anything, so there also beside a redrive.
 */
export const actorFor =
  (
    { ledger, sfn }: Pick<SettleDeps, 'ledger' | 'sfn'>,
    { runId, executionArn }: Pick<RunItem, 'runId' | 'executionArn'>,
  ) =>
  async (): Promise<boolean> => {
    const now = await ledger.get<RunItem>(runKey(runId));
    if (now?.executionArn !== executionArn) return false;
    return now.status === 'released' || (await isClosed(sfn, executionArn));
  };

/**
 * Stops every step of a run, all at once, for as long as its execution stays closed and its own. In a
 * run that was given up nobody may begin anything, so there it also acts beside a redrive.
 */
export async function settleRun(deps: SettleDeps, run: RunItem): Promise<Record<string, Settled>> {
  const { runId } = run;
  const mayAct = actorFor(deps, run);
  const steps: string[] = [];
  for (const prefix of ['progress#', 'host#']) {
    for await (const { sk } of deps.ledger.list(runId, prefix)) steps.push(sk);
  }
  // Readings first: stopping a step may read itself.
  const [read] = await Promise.allSettled([deps.stopReadings(runId, mayAct)]);
  const ends = await Promise.allSettled(steps.map((sk) => deps.stop(runId, sk, mayAct)));
  // The others have been stopped all the same; a retry comes back to the one that failed.
  const failed = [...ends, read].find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return Object.fromEntries(
    steps.map((sk, i) => [sk, (ends[i] as PromiseFulfilledResult<Settled>).value]),
  );
}
