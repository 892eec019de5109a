// Takes away what a run that was given up had brought back from a backup only to look at it: its look was killed.

import { dropCopies as drop } from '../shared/aspects/server/copies';
import { type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import type { Ledger } from '../shared/ledger';
import { releasedRun } from '../shared/runs';
import type { DropCopiesPayload, DropCopiesResult } from './payload';

/** What the task works with. */
export interface DropCopiesDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
}

/** @throws UnknownRunError, RefusedInputError for a run that was not given up, and what ClickHouse throws */
export async function dropCopies(
  payload: DropCopiesPayload,
  deps: DropCopiesDeps,
): Promise<DropCopiesResult> {
  const { runId } = payload;
  const { ledger } = deps;
  await releasedRun(ledger, runId);
  await withClickHouse(payload, deps, (server) => drop(server, { ledger, runId }));
  return { status: 'done' };
}
