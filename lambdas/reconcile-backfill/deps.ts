// What the phases work with, and how each of them reads the two engines.

import type { DataApi, Row, WarehouseTarget } from '../shared/data-api';
import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import type { MySqlRef } from '../shared/mysql/credentials';
import { noteWarehouse, readNow } from '../shared/read';
import type { Caller } from '../shared/run';
import { renderStatement, type SqlSource, type StatementTemplate } from '../shared/sql';
import type { WaitDeps } from '../shared/waiting';

/** The part of a connection to MySQL that is used. */
export interface SourceConnection {
  readonly threadId: number;
  beginTransaction(): Promise<void>;
  query(sql: string): Promise<[unknown, unknown]>;
  end(): Promise<void>;
  destroy(): void;
}

export interface ReconcileDeps extends WaitDeps {
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
  connect(ref: MySqlRef): Promise<SourceConnection>;
}

/** Longest reading in Redshift; a table of a hundred million rows takes minutes. */
const READING_SECONDS = 600;
/** What a reading leaves of an invocation's time. */
const SPARE_MS = 30_000;

/** Reads a file of `sql/rdw/` in Redshift. */
export type ReadWarehouse = (
  file: string,
  values: Omit<StatementTemplate, 'sql'>,
) => Promise<Row[]>;

export async function warehouseReader(
  deps: ReconcileDeps,
  caller: Pick<Caller, 'runId' | 'selfArn' | 'rootArn'>,
  target: WarehouseTarget,
  { remainingMs }: Pick<Invocation, 'remainingMs'>,
): Promise<ReadWarehouse> {
  const { runId, selfArn, rootArn } = caller;
  await noteWarehouse(deps.ledger, runId, target);
  const wanted = () => allRunning(deps.sfn, [selfArn, rootArn]);
  const reading = { api: deps.dataApi(target), clock: deps.clock, wanted };
  return (file, values) => {
    const text = deps.sqlText({ file: `rdw/${file}` });
    const statement = renderStatement(text, values, [runId, file]);
    const left = Math.floor((remainingMs() - SPARE_MS) / 1_000);
    return readNow(reading, statement, runId, file, Math.max(30, Math.min(left, READING_SECONDS)));
  };
}
