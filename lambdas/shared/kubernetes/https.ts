// One HTTPS request to an API server whose authority is not a public one, which `fetch` cannot be told of.
// A connection that does not come about is the operator's to repair; one that breaks later says nothing
// about what became of the request.

import { type RequestOptions, request } from 'node:https';
import { KubernetesUnreachableError, TryAgainError } from '../errors';

/** A path that is there connects at once. */
const CONNECT_MS = 3_000;
/** What is asked for here is a few kilobytes. */
const ANSWER_MS = 10_000;
const LARGEST_ANSWER = 16 * 1024 * 1024;

export interface HttpsCall {
  readonly method: 'GET' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the authority that has signed the server's certificate; without it the public ones. */
  readonly ca?: string;
  /** Whether the caller runs in a VPC. */
  readonly inVpc: boolean;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly body: string;
}

/** Times a caller waits; tests make them shorter. */
export interface Patience {
  readonly connectMs: number;
  readonly answerMs: number;
}

/** Makes the request. */
export function callHttps(
  { method, url, headers, body, ca, inVpc }: HttpsCall,
  { connectMs, answerMs }: Patience = { connectMs: CONNECT_MS, answerMs: ANSWER_MS },
): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    let connected = false;
    const options: RequestOptions = { method, headers, ca, agent: false };
    const sent = request(url, options, (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        length += part.length;
        if (length > LARGEST_ANSWER) sent.destroy(new Error('the answer is too large'));
        else parts.push(part);
      });
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode!, body: Buffer.concat(parts).toString() });
      });
      response.on('error', fail);
    });
    const late = (ms: number) => () =>
      sent.destroy(Object.assign(new Error(`no answer in ${ms / 1000} s`), { code: 'ETIMEDOUT' }));
    let timer = setTimeout(late(connectMs), connectMs);
    sent.on('socket', (socket) =>
      socket.once('secureConnect', () => {
        connected = true;
        clearTimeout(timer);
        timer = setTimeout(late(answerMs), answerMs);
      }),
    );
    sent.on('error', fail);
    sent.end(body);

    function fail(cause: NodeJS.ErrnoException): void {
      clearTimeout(timer);
      const what = `${method} ${url.pathname} at ${url.origin}`;
      reject(
        connected
          ? new TryAgainError(`${what}: ${cause.message}`, { cause })
          : new KubernetesUnreachableError(`${what}: ${whyNot(cause, inVpc)}. Then redrive`, {
              cause,
            }),
      );
    }
  });
}

const OUTSIDE =
  'if the API server has a private address only, name subnets and security groups of its VPC in the configuration and deploy again';
const INSIDE =
  'the subnets of the configuration need a route to the API server, the security group of the cluster must let those of the task in on port 443, and theirs must let it out';

/** What is missing on the way, for whoever has to repair it. */
function whyNot({ code = '', message }: NodeJS.ErrnoException, inVpc: boolean): string {
  const advice = inVpc ? INSIDE : OUTSIDE;
  if (code === 'ETIMEDOUT') return `${message}: ${advice}`;
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return `its name has no address here (${code}): look at the endpoint in the configuration; ${advice}`;
  }
  if (/^(EHOSTUNREACH|ENETUNREACH)$/.test(code))
    return `there is no route to it (${code}): ${advice}`;
  if (code === 'ECONNREFUSED') {
    return `its address takes no connection (${code}): look at the endpoint in the configuration, and whether the cluster is there`;
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return `its certificate is not accepted (${code} ${message}): give the configuration the cluster's own certificate authority, as describe-cluster shows it`;
  }
  return `${code} ${message}: ${advice}`.trim();
}
