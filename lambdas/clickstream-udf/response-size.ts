// How many bytes an answer takes in Lambda's response. The answer is a text that holds JSON, and Lambda
// puts it into JSON once more: each quote and each backslash takes two bytes there. A row's answer is a
// text within that text: there each takes four.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

/** Bytes of a whole answer, with the quotes Lambda puts around it. */
export function responseBytes(answer: string): number {
  return Buffer.byteLength(answer) + escapedIn(answer) + 2;
}

/** Bytes of the answer of one row, with its quotes and a comma. */
export function rowBytes(text: string): number {
  return Buffer.byteLength(text) + 3 * escapedIn(text) + 5;
}

function escapedIn(text: string): number {
  let escaped = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x5c) escaped++;
  }
  return escaped;
}
