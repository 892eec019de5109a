// Stopping from outside: for a run whose execution is over and whose worker may be dead.

import type { Settled } from '../settle';
import { Token, TokenLost } from '../worker-token';
import { HostAttempts } from './attempts';
import { stopUnit } from './stop';
import type { HostUnitDeps } from './unit-work';

/** Beginning of the sort keys of commands on hosts. */
export const HOST_PREFIX = 'host#';

/**
 * Takes the worker token of one step and ends its unit, where that is harmless.
 *
 * @param sk sort key of the latest attempt
 * @param mayAct asked before each act; false ends it
 */
export async function stopHostCommand(
  deps: Pick<HostUnitDeps, 'ledger' | 'clock' | 'ssm'>,
  runId: string,
  sk: string,
  mayAct: () => Promise<boolean>,
): Promise<Settled> {
  const { ledger, clock } = deps;
  const [, step = '', key = '-'] = sk.split('#');
  const caller = { runId, ...(key !== '-' && { item: { map: step, key } }) };
  const attempts = new HostAttempts(ledger, caller, step, clock.now);
  const attempt = await attempts.read();
  if (!attempt || (attempt.state !== 'wanted' && attempt.state !== 'running')) return 'nothing';
  if (!(await mayAct())) return 'lost';
  const worker = `settle-${clock.now()}`;
  const token = await Token.take(ledger, caller, `host-${step}`, worker, clock.now);
  try {
    const gone = await stopUnit(deps, attempts, attempt, async () => {
      if (!(await mayAct())) throw new TokenLost();
      await token.renew();
    });
    return gone ? 'stopped' : 'running';
  } catch (error) {
    if (error instanceof TokenLost) return 'lost';
    throw error;
  }
}
