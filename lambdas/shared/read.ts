// Reading statements: each is new, changes nothing, and may be cancelled by whoever ends a run.

import { createHash } from 'node:crypto';
import type { Clock } from './clock';
import { type DataApi, LONGEST_WAIT_SECONDS, type Row, type WarehouseTarget } from './data-api';
import { allRunning } from './executions';
import { type Ledger, runKey } from './ledger';
import type { Caller } from './run';
import {
  type RenderedStatement,
  renderStatement,
  type SqlSource,
  type StatementTemplate,
} from './sql';

/** Reads a file of `sql/clickstream/`, or another source, to its end. */
export type Read = (
  file: string | SqlSource,
  values: Omit<StatementTemplate, 'sql'>,
) => Promise<Row[]>;

/** What a reading is done with. */
export interface ReadDeps {
  readonly api: DataApi;
  readonly clock: Clock;
  /** False when nobody waits for the answer any more. */
  wanted(): Promise<boolean>;
}

export function reader(
  api: DataApi,
  deps: {
    clock: Clock;
    sfn: Parameters<typeof allRunning>[0];
    sqlText(source: SqlSource): string;
  },
  { runId, selfArn, rootArn }: Pick<Caller, 'runId' | 'selfArn' | 'rootArn'>,
): Read {
  const wanted = () => allRunning(deps.sfn, [selfArn, rootArn]);
  return (file, values) => {
    const source = typeof file === 'string' ? { file: `clickstream/${file}` } : file;
    const what = nameOf(source);
    const statement = renderStatement(deps.sqlText(source), values, [runId, what]);
    return readNow({ api, clock: deps.clock, wanted }, statement, runId, what);
  };
}

/** A source's name without its folder, as comments and names of statements may have it. */
export const nameOf = (source: SqlSource): string =>
  ('file' in source ? source.file : source.name).replace(/^.*\//, '');

/** Reads without a token that lives on: each reading is new, and ended when it takes longer than `seconds`. */
export function readNow(
  deps: ReadDeps,
  statement: RenderedStatement,
  runId: string,
  what: string,
  seconds = 3 * LONGEST_WAIT_SECONDS,
): Promise<Row[]> {
  const name = `${prefixOf(runId)}${what};`;
  const token = createHash('sha256').update(`${name}\n${deps.clock.now()}\n${Math.random()}`);
  return deps.api.read(statement, name, token.digest('hex'), seconds, () => deps.wanted());
}

/**
 * How the names of a run's readings begin, and of other short statements that may be cancelled as
 * they are; those of its work never do.
 */
export const prefixOf = (runId: string): string => `ur:${runId}:read:`;

/** Notes where a run reads, for those who end what it left running. */
export async function noteWarehouse(
  ledger: Ledger,
  runId: string,
  target: WarehouseTarget,
): Promise<void> {
  const digest = createHash('sha256').update(JSON.stringify(target)).digest('hex').slice(0, 12);
  await ledger.put(runKey(runId, `warehouse#${digest}`), { target });
}

/** Cancels the readings of a run that still work, where the role may list and cancel. */
export async function stopReadings(
  deps: { readonly ledger: Ledger; dataApi(target: WarehouseTarget): DataApi },
  runId: string,
  mayAct: () => Promise<boolean>,
): Promise<void> {
  for await (const { target } of deps.ledger.list<{ target: WarehouseTarget }>(
    runId,
    'warehouse#',
  )) {
    const api = deps.dataApi(target);
    const ids = await api.find(prefixOf(runId), true);
    if (ids === 'denied') continue;
    for (const id of ids) {
      if (!(await mayAct())) return;
      await api.cancel(id);
    }
  }
}
