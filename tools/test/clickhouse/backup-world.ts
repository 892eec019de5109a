// What tests of backups and restores share: where they go, and how a waiting task is called to its end.

import { approvedHash, gateKey } from '../../../lambdas/shared/gates';
import type { MemoryLedger } from '../../../test/support/memory-ledger';
import { BACKUP_DISK, type ClickHouseServer } from '../../rehearsal/clickhouse';
import { payloadOf } from './world';

/** Where backups of tests go. */
export const PLACE = { disk: BACKUP_DISK };

/** The four databases, as a backup of people names them. */
export const ALL_FOUR = 'database xapi, database event_sink, database reporting, database openedx';

/** A backup as people take it. */
export const takeBackup = (server: ClickHouseServer, what: string, backupId: string) =>
  server.query(`backup ${what} to Disk('${BACKUP_DISK}', '${backupId}')`);

let requests = 0;
/** An invocation of a waiting task with time for some looks after the first. */
export function invocation() {
  let looks = 0;
  requests += 1;
  return { requestId: `r-${requests}`, remainingMs: () => (looks++ < 3 ? 900_000 : 0) };
}

/** Calls a waiting task until it is no longer running, as the machine's Choice does. */
export async function untilDone<R extends { readonly status: string }>(
  ask: (invocation: { requestId: string; remainingMs: () => number }) => Promise<R>,
): Promise<R> {
  for (;;) {
    const seen = await ask(invocation());
    if (seen.status === 'done') return seen;
  }
}

/** Answers the gate of a restore. */
export const approveRestore = (ledger: MemoryLedger, server: ClickHouseServer, backupId: string) =>
  ledger.put(gateKey(payloadOf(server).runId, 'restore'), {
    answer: 'approve',
    hash: approvedHash({ restore: backupId }),
  });
