// Runs files of `sql/clickstream/` through the Data API, as the tasks do.

import { renderStatement, type StatementTemplate } from '../../../lambdas/shared/sql';
import { sqlText } from '../../../lambdas/shared/sql-files';
import type { Harness } from './harness';

/** Returns the file's error, or its rows when it has some. */
export async function runFile(
  data: Harness,
  file: string,
  values: Omit<StatementTemplate, 'sql'>,
): Promise<unknown> {
  const text = sqlText({ file: `clickstream/${file}` });
  const { sql, parameters } = renderStatement(text, values, ['test']);
  const more = parameters.length > 0 ? { Parameters: parameters } : {};
  const { Id, Error: error, HasResultSet: rows } = await data.run(sql, more);
  if (error !== undefined || !rows) return error;
  const { Records } = await data.call('GetStatementResult', { Id });
  return (Records as Record<string, unknown>[][]).map((row) =>
    row.map((field) => Object.values(field)[0]),
  );
}
