import type { FunctionName } from '../../../lambdas/clickstream-udf/functions';
import { handler } from '../../../lambdas/clickstream-udf/index';

export type Row = readonly (string | null)[];

export interface Answer {
  readonly success: boolean;
  readonly error_msg?: string;
  readonly num_records: number;
  readonly results: readonly (string | null)[];
}

export async function answerTo(event: unknown): Promise<Answer> {
  return JSON.parse(await handler(event)) as Answer;
}

/** What Redshift would get for a batch. */
export async function callBatch(name: FunctionName, rows: readonly Row[]): Promise<Answer> {
  return answerTo({
    request_id: '23FF1F97-F28A-44AA-AB67-266ED976BF40',
    cluster: 'arn:aws:redshift:us-east-1:000000000000:namespace:demo',
    user: 'admin',
    database: 'demo',
    external_function: `shop.${name}`,
    query_id: 5678234,
    num_records: rows.length,
    arguments: rows,
  });
}

export async function call(name: FunctionName, ...row: Row): Promise<string | null> {
  const { results } = await callBatch(name, [row]);
  return results[0]!;
}
