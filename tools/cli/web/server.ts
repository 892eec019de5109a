// Serves the page of one run on loopback, to who has its address.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Interrupted, RefusedError, UsageError } from '../errors';
import type { Kit } from '../operate/kit';
import { Sendings, SentError } from '../operate/sent';
import type { Subject } from '../operate/subject';
import { isExpired, isPassing, refusal } from '../operate/trouble';
import { answerGate, redriveAsShown, redrivePreview } from './actions';
import { judge } from './guard';
import { pageOf } from './page';
import { Run } from './snapshot';

/** Where the page is, until it is closed. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** More than any answer of a person. */
const MOST_BYTES = 64 * 1024;

type Reply = { readonly type: string; readonly body: string; readonly policy?: string };
const json = (value: unknown): Reply => ({ type: 'application/json', body: JSON.stringify(value) });

/** @param every seconds between two looks @param port 0 is any that is free */
export async function serve(
  kit: Kit,
  subject: Subject,
  { every, port }: { readonly every: number; readonly port: number },
): Promise<Served> {
  // Half of it, so that no look of the page gets what it has.
  const run = new Run(kit, subject, every * 500);
  const token = randomBytes(24).toString('base64url');
  const routes: Record<string, (query: URLSearchParams, body: Body, kit: Kit) => Promise<Reply>> = {
    'GET /': async () => {
      const { html, policy } = pageOf({
        ...{ machine: subject.machine, definition: await run.definition(), every },
      });
      return { type: 'text/html; charset=utf-8', body: html, policy };
    },
    'GET /data': async (query) => json(await run.update(Number(query.get('since')) || 0)),
    'GET /plan': async () => json(await redrivePreview(kit, subject)),
    'POST /answer': async (_, body, kit) => json(await answerGate(kit, subject, body)),
    'POST /redrive': async (_, body, kit) => json(await redriveAsShown(kit, subject, body)),
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new UsageError(`port ${port}: ${error.message}`)));
    server.listen(port, HOST, resolve);
  });
  const address = `${HOST}:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const verdict = judge({ method, path: url, headers }, address, token);
    if ('refused' in verdict) return send(response, verdict.refused, refused(verdict.refused));
    const route = routes[`${method} ${verdict.path}`];
    if (!route) return send(response, 404, refused(404));
    // What one of those who look has sent is nothing to the others.
    const own = new Sendings(kit.signal);
    const sending: Kit['sending'] = (sent, call) => kit.sending(sent, () => own.send(sent, call));
    try {
      const body = method === 'POST' ? await bodyOf(request) : {};
      const reply = await route(new URL(url, `http://${address}`).searchParams, body, {
        ...{ ...kit, sending },
      });
      if (method === 'POST') run.forget();
      send(response, 200, reply);
    } catch (error) {
      if (isExpired(error) || isPassing(error)) kit.aws.renew();
      const told = own.explain(error, kit.options) as Error;
      const { name, message } = told;
      const more = told instanceof SentError ? { sent: told.sent } : {};
      send(response, statusOf(error), json({ error: { name, message, ...more } }));
    }
  }

  return {
    url: `http://${address}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const refused = (status: number): Reply => ({ type: 'text/plain', body: `refused: ${status}\n` });

const statusOf = (error: unknown): number => {
  if (isExpired(error) || isPassing(error) || error instanceof Interrupted) return 503;
  if (error instanceof UsageError) return 400;
  return error instanceof RefusedError || refusal(error) !== error ? 409 : 500;
};

function send(response: ServerResponse, status: number, { type, body, policy }: Reply): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': policy ?? "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  response.end(body);
}

type Body = Readonly<Record<string, unknown>>;

/** @throws UsageError */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) throw new UsageError('the request is too long');
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    if (typeof body === 'object' && body !== null) return body as Body;
  } catch {
    // Said below.
  }
  throw new UsageError('the request is not a JSON object');
}
