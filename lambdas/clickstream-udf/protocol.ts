// The protocol between Redshift and a Lambda UDF. The request: `external_function`, `num_records`, `arguments`
// (a list of rows, a row a list of arguments, or null as in the sample event). The answer is the JSON
// text of `success`, `num_records`, `results`, in order, or of `success: false` and `error_msg`.
// https://docs.aws.amazon.com/redshift/latest/dg/udf-creating-a-lambda-sql-udf.html

import { type ExternalFunction, MOST_RESPONSE_BYTES } from './functions';
import { fitsResponse, responseBytes } from './response-size';
import { type Argument, functionNamed } from './rows';

export interface Batch {
  readonly udf: ExternalFunction;
  readonly rows: readonly (readonly Argument[])[];
}

/** A request that breaks the protocol; the message reaches the person who wrote the statement. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export function readBatch(event: unknown): Batch {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new ProtocolError(`the event must be an object, got ${kindOf(event)}`);
  }
  const { external_function: name, num_records: count, arguments: rows } = event as LooseEvent;
  if (typeof name !== 'string') {
    throw new ProtocolError(`external_function must be a text, got ${kindOf(name)}`);
  }
  const udf = functionNamed(name);
  if (udf === undefined) throw new ProtocolError(`no function is called ${name.slice(0, 200)}`);
  if (!Array.isArray(rows)) {
    throw new ProtocolError(`arguments must be a list of rows, got ${kindOf(rows)}`);
  }
  if (count !== undefined && count !== rows.length) {
    throw new ProtocolError(
      `num_records is ${describe(count)}, but arguments holds ${rows.length} rows`,
    );
  }
  return { udf, rows: rows.map((row: unknown, at) => readRow(udf, row, at)) };
}

interface LooseEvent {
  readonly external_function?: unknown;
  readonly num_records?: unknown;
  readonly arguments?: unknown;
}

function readRow(udf: ExternalFunction, row: unknown, at: number): readonly Argument[] {
  if (row === null) return new Array<null>(udf.arguments).fill(null);
  if (!Array.isArray(row)) {
    throw new ProtocolError(`row ${at + 1} must be a list of arguments, got ${kindOf(row)}`);
  }
  if (row.length !== udf.arguments) {
    throw new ProtocolError(
      `row ${at + 1} has ${row.length} arguments, ${udf.name} takes ${udf.arguments}`,
    );
  }
  const wrong = row.findIndex((value) => typeof value !== 'string' && value !== null);
  if (wrong < 0) return row as readonly Argument[];
  throw new ProtocolError(
    `argument ${wrong + 1} of row ${at + 1} must be a text or null, got ${kindOf(row[wrong])}`,
  );
}

/** The answer, unless Lambda would refuse to carry it: then a message that says what to change. */
export function answerOf(results: readonly (string | null)[]): string {
  const answer = JSON.stringify({ success: true, num_records: results.length, results });
  if (fitsResponse(answer)) return answer;
  return refusal(
    `the answer for ${results.length} rows takes ${responseBytes(answer)} bytes, Lambda carries ${MOST_RESPONSE_BYTES}: ` +
      'create the function with a smaller MAX_BATCH_SIZE or MAX_BATCH_ROWS',
  );
}

export function refusal(message: string): string {
  return JSON.stringify({ success: false, error_msg: message });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

function describe(value: unknown): string {
  return typeof value === 'number' ? String(value) : kindOf(value);
}
