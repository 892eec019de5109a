// How many bytes an answer takes in Lambda's response. The answer is a text that holds JSON, and Lambda
// puts it into JSON once more: each quote and each backslash takes two bytes there. A row's answer is a
// text within that text: there each takes four.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

import { MOST_RESPONSE_BYTES } from './functions';

/** Bytes of a whole answer, with the quotes Lambda puts around it. */
export function responseBytes(answer: string): number {
  return Buffer.byteLength(answer) + escapedIn(answer) + 2;
}

/** Whether Lambda carries an answer; the characters are counted only where that can matter. */
export function fitsResponse(answer: string): boolean {
  const bytes = Buffer.byteLength(answer);
  return 2 * bytes + 2 <= MOST_RESPONSE_BYTES || responseBytes(answer) <= MOST_RESPONSE_BYTES;
}

/** Bytes of the answer of one row, with its quotes and a comma. */
export function rowBytes(text: string): number {
  return Buffer.byteLength(text) + 3 * escapedIn(text) + 5;
}

/** Quotes and backslashes; searched for, because most characters are neither. */
function escapedIn(text: string): number {
  return countOf(text, '"') + countOf(text, '\\');
}

function countOf(text: string, mark: string): number {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) count++;
  return count;
}
