import { createHash } from 'node:crypto';
import type { Clock } from './clock';
import { type DataApi, LONGEST_WAIT_SECONDS, type Row } from './data-api';
import {
  type RenderedStatement,
  renderStatement,
  type SqlSource,
  type StatementTemplate,
} from './sql';

/** Reads a file of `sql/clickstream/` to its end. */
export type Read = (file: string, values: Omit<StatementTemplate, 'sql'>) => Promise<Row[]>;

export function reader(
  api: DataApi,
  deps: { clock: Clock; sqlText(source: SqlSource): string },
  runId: string,
): Read {
  return (file, values) => {
    const text = deps.sqlText({ file: `clickstream/${file}` });
    const statement = renderStatement(text, values, [runId, file]);
    return readNow({ api, clock: deps.clock }, statement, `ur:${runId}:${file};`);
  };
}

/** Reads without a token that lives on: each reading is new. */
export function readNow(
  deps: { readonly api: DataApi; readonly clock: Clock },
  statement: RenderedStatement,
  name: string,
): Promise<Row[]> {
  const token = createHash('sha256').update(`${name}\n${deps.clock.now()}\n${Math.random()}`);
  return deps.api.read(statement, name, token.digest('hex'), 3 * LONGEST_WAIT_SECONDS);
}
