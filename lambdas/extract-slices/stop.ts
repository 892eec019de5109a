// Stopping from outside: for a run whose execution is over and whose worker may be dead. MySQL does not end
// a statement when its client is gone, and an export that goes on writes rows of students.

import type { Clock } from '../shared/clock';
import { type Ledger, runKey } from '../shared/ledger';
import type { MySqlRef } from '../shared/mysql/credentials';
import type { Settled } from '../shared/settle';
import { Token, TokenLost } from '../shared/worker-token';
import type { Progress } from './progress';
import { runs } from './seat';
import type { ExportSessions } from './sessions';

export interface StopExportsDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** The server as exports of a run and tenant see it. */
  sessions(source: MySqlRef, runId: string, tenant: string): ExportSessions;
}

/** A statement that was told to end is waited for so long. */
const GONE_MS = 60_000;

/**
 * Ends what the run still exports, tenant by tenant, and waits until it is gone.
 *
 * @param mayAct asked before each act; false ends it
 */
export async function stopExports(
  deps: StopExportsDeps,
  runId: string,
  mayAct: () => Promise<boolean>,
): Promise<Record<string, Settled>> {
  const ends: Record<string, Settled> = {};
  for await (const { sk, ...item } of deps.ledger.list<Progress & { sk: string }>(
    runId,
    'extract#',
  )) {
    const [, tenant, slice] = sk.split('#');
    if (slice !== undefined || !item.source || !item.attempt || item.attempt.over) continue;
    ends[tenant!] = await stopOne(deps, runId, tenant!, mayAct);
  }
  return ends;
}

async function stopOne(
  { ledger, clock, sessions }: StopExportsDeps,
  runId: string,
  tenant: string,
  mayAct: () => Promise<boolean>,
): Promise<Settled> {
  const key = runKey(runId, `extract#${tenant}`);
  const item = (await ledger.get<Progress>(key))!;
  const server = sessions(item.source!, runId, tenant);
  try {
    let holder = await server.holder();
    if (!holder) return 'nothing';
    if (!(await mayAct())) return 'lost';
    const caller = { runId, item: { map: '', key: tenant } };
    const token = await Token.take(ledger, caller, `extract-${tenant}`, 'stop', clock.now);
    if (!(await markStopped(ledger, key, item))) return 'lost';
    for (const until = clock.now() + GONE_MS; holder; holder = await server.holder()) {
      if (clock.now() >= until) return 'running';
      if (!(await mayAct())) return 'lost';
      await token.renew();
      // With its session the lock goes too, which the successor takes as proof.
      await server.kill(holder.id, 'connection');
      await clock.sleep(1_000);
    }
    return 'stopped';
  } catch (error) {
    if (error instanceof TokenLost) return 'lost';
    throw error;
  } finally {
    server.close();
  }
}

/** The attempt has not failed by itself: the redrive does not count it. */
async function markStopped(
  ledger: Ledger,
  key: ReturnType<typeof runKey>,
  item: Progress,
): Promise<boolean> {
  const { attempt, version } = item;
  if (!runs(attempt) || attempt.end) return true;
  const next: Progress = {
    ...item,
    attempt: { ...attempt, end: 'stopped' },
    version: version + 1,
    writer: 'stop',
  };
  return ledger.put(key, next, { version });
}
