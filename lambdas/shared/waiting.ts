// How waiting tasks without a service's long poll spend their time: design rules 7 and 15 in numbers.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { type Clock, LEAVE_BEFORE_END_MS } from './clock';
import { allRunning } from './executions';
import type { Invocation } from './handler';
import type { Ledger } from './ledger';
import type { Caller } from './run';
import { ownRun } from './runs';
import { Token, TokenLost } from './worker-token';

/** Pause before the next question: 5 s, and after five minutes of one turn 15 s. */
export const pauseMs = (waitedMs: number): number => (waitedMs < 300_000 ? 5_000 : 15_000);

/** True while another round fits into the invocation. */
export const hasTime = (invocation: Pick<Invocation, 'remainingMs'>, waitedMs: number): boolean =>
  invocation.remainingMs() - pauseMs(waitedMs) > LEAVE_BEFORE_END_MS;

/** What a waiting task needs beside its services. */
export interface WaitDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
}

/**
 * Looks, and acts where it has to, round after round until something is there to return.
 *
 * @param step names the worker token: one for each thing that is waited for
 * @param look one round; it renews the token before each call that changes something
 * @param mayWork throws when the caller must not work; not that of a run's own executions where the
 *   work begins after the run
 * @returns undefined when the caller leaves with `running`: its time is over, its execution is closed,
 *   or another invocation acts now
 * @throws RunTakenOverError, RunReleasedError, and what `look` throws
 */
export async function waitFor<R>(
  deps: WaitDeps,
  caller: Caller,
  step: string,
  invocation: Invocation,
  look: (token: Token) => Promise<R | undefined>,
  mayWork: (ledger: Ledger, caller: Caller) => Promise<unknown> = ownRun,
): Promise<R | undefined> {
  const { ledger, sfn, clock } = deps;
  await mayWork(ledger, caller);
  const token = await Token.take(ledger, caller, step, invocation.requestId, clock.now);
  const startedAt = clock.now();
  try {
    for (;;) {
      if (!(await allRunning(sfn, [caller.selfArn, caller.rootArn]))) return undefined;
      await token.renew();
      const seen = await look(token);
      if (seen !== undefined) return seen;
      const waited = clock.now() - startedAt;
      if (!hasTime(invocation, waited)) return undefined;
      await clock.sleep(pauseMs(waited));
    }
  } catch (error) {
    if (error instanceof TokenLost) return undefined;
    throw error;
  }
}
