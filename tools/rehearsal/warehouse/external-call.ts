// One batch of rows for a Lambda function, as Redshift sends it, and its answer, read strictly.
// https://docs.aws.amazon.com/redshift/latest/dg/udf-creating-a-lambda-sql-udf.html

import { type Clock, LambdaFunctionError } from '../types';
import type { ExternalFunction } from './external-ddl';

/** Calls a Lambda function as the warehouse does, with one of its roles. */
export type LambdaCaller = (
  lambda: string,
  role: string,
  payload: unknown,
  signal: AbortSignal,
) => Promise<unknown>;

/** One call of a function as it ended. */
export interface ExternalCall {
  /** `schema.name` */
  readonly function: string;
  readonly lambda: string;
  readonly rows: number;
  readonly bytes: number;
  /** Absent when it was answered well. */
  readonly error?: string;
}

/** What calls need of their house. */
export interface CallOptions {
  readonly clock: Clock;
  readonly call: LambdaCaller;
  /** Takes each call, latest last. */
  readonly calls: ExternalCall[];
}

/** A function by its `schema.name`. */
export type Known = ExternalFunction & { readonly name: string };

/** Does something for which the clock must not be held. */
export type Unheld = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Lambda's limit of both payloads: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_PAYLOAD = 6 * 1024 * 1024;
/** What is tried again: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_FUNCTION.html */
const RETRIED = /^Lambda\.(TooManyRequestsException|ServiceException|EC2Throttled(?:Exception)?)$/;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 20_000;
const KEPT_CALLS = 10_000;

/** Results of a batch, with Redshift's retries. */
export async function callLambda(
  known: Known,
  event: { readonly num_records: number },
  { clock, call, calls }: CallOptions,
  signal: AbortSignal,
  unheld: Unheld,
): Promise<(string | null)[]> {
  const { name, lambda, role, retryTimeoutMs } = known;
  const rows = event.num_records;
  const bytes = Buffer.byteLength(JSON.stringify(event));
  const note = (error?: string) => {
    if (calls.length >= KEPT_CALLS) calls.shift();
    calls.push({ function: name, lambda, rows, bytes, error });
  };
  for (let waited = 0, pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const answer = await unheld(() => call(lambda, role, event, signal));
      const results = resultsOf(answer, rows, known);
      note();
      return results;
    } catch (error) {
      const { message } = error as Error;
      note(message);
      const again = error instanceof LambdaFunctionError && RETRIED.test(error.error);
      if (!again || waited >= retryTimeoutMs)
        throw new Error(`External function ${name}: ${message}`);
      await unheld(() => clock.sleep(pause, signal));
      waited += pause;
    }
  }
}

/** Reads an answer strictly: an object, or its text. */
function resultsOf(payload: unknown, count: number, { width }: Known): (string | null)[] {
  const invalid = (what: string) => new Error(`Invalid External Function Response: ${what}`);
  if (Buffer.byteLength(JSON.stringify(payload) ?? '') > LARGEST_PAYLOAD) {
    throw invalid(`Response payload size exceeded ${LARGEST_PAYLOAD} bytes`);
  }
  let answer = payload;
  try {
    if (typeof payload === 'string') answer = JSON.parse(payload);
  } catch {
    throw invalid('not JSON');
  }
  if (typeof answer !== 'object' || answer === null) throw invalid('not an object');
  const { success, error_msg, num_records, results } = answer as Record<string, unknown>;
  if (success !== true && success !== 'true') {
    throw success === false || success === 'false'
      ? new Error(String(error_msg ?? 'the function gave no error_msg'))
      : invalid('no success');
  }
  if (!Array.isArray(results)) throw invalid('no results');
  if (results.length !== count || (num_records !== undefined && Number(num_records) !== count)) {
    throw invalid(`${results.length} results for ${count} rows`);
  }
  return results.map((value: unknown) => {
    if (value === null) return null;
    if (typeof value === 'object') throw invalid('a result is neither text nor number');
    const text = String(value);
    if (width !== undefined && Buffer.byteLength(text) > width) {
      throw new Error(`Value too long for character type: a result needs more than ${width} bytes`);
    }
    return text;
  });
}
