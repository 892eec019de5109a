// What is brought back from a backup only to be looked at. A look that was killed leaves it: the ledger knows, so
// that the next look takes it away, or the release of the run.

import type { ClickHouse } from '../../clickhouse/server';
import { type Ledger, type LedgerKey, runKey } from '../../ledger';

/** Behind a database's name. */
export const CHECK = '_runbook_check';

/** The ledger's item about the copies of a run. */
export interface NotedCopies {
  /** Some may be there. */
  readonly open: boolean;
}

/** Who looks. */
export interface Looking {
  readonly ledger: Ledger;
  readonly runId: string;
}

export const copiesKey = (runId: string): LedgerKey => runKey(runId, 'aspects#copies');

const note = ({ ledger, runId }: Looking, open: boolean) =>
  ledger.put(copiesKey(runId), { open } satisfies NotedCopies);

/** Drops the copies, whoever has made them, and notes it. */
export async function dropCopies(server: ClickHouse, who: Looking): Promise<void> {
  const { xapi, eventSink, reporting, openedx } = server.ref.databases;
  // Readers before what they read.
  for (const name of [reporting, eventSink, xapi, openedx]) {
    await server.change('drop-check-database', { ids: { database: `${name}${CHECK}` } });
  }
  await note(who, false);
}

/** Looks at copies, which are gone before it and after it. */
export async function withCopies<R>(
  server: ClickHouse,
  who: Looking,
  look: () => Promise<R>,
): Promise<R> {
  await dropCopies(server, who);
  await note(who, true);
  try {
    return await look();
  } finally {
    await dropCopies(server, who);
  }
}
