// Both tables for the time of one call.

import type { Clock } from '../clock';
import type { Ledger } from '../ledger';
import { Table, type TableDeps } from './table';
import type { HistoryCaller } from './tables';

export interface HistoryDeps extends TableDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Opens the connections that are used, and closes them whatever happens. */
export async function withTables<R>(
  { source, target, runId }: HistoryCaller,
  deps: TableDeps,
  work: (source: Table, target: Table) => Promise<R>,
): Promise<R> {
  const tables = [new Table(source, runId, deps), new Table(target, runId, deps)] as const;
  try {
    return await work(...tables);
  } finally {
    await Promise.all(tables.map((table) => table.close()));
  }
}
