// Who may ask the page's server: the browser that was given its address, from the page itself. Other pages in that
// browser reach loopback too, under names of their own, and other users of the computer know the port.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** As far as a request is judged. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A request that may be answered: its path behind the token. Otherwise the status of the refusal. */
export type Verdict = { readonly path: string } | { readonly refused: 403 | 404 | 405 | 415 };

/**
 * @param own `127.0.0.1:<port>`
 * @param token first part of every path
 */
export function judge({ method, path, headers }: Asked, own: string, token: string): Verdict {
  // A name that somebody else's DNS gave to 127.0.0.1 stands in Host.
  if (headers.host !== own) return { refused: 403 };
  const [, said = '', ...rest] = path.split('?')[0]!.split('/');
  if (!same(said, token)) return { refused: 404 };
  const site = headers['sec-fetch-site'];
  const verdict = { path: `/${rest.join('/')}` };
  if (method === 'GET') {
    // A link may be followed from anywhere by who has the token; data are the page's own.
    const may = [undefined, 'same-origin', 'none'].includes(site as string);
    return may || headers['sec-fetch-mode'] === 'navigate' ? verdict : { refused: 403 };
  }
  if (method !== 'POST') return { refused: 405 };
  if (headers.origin !== `http://${own}`) return { refused: 403 };
  if (site !== undefined && site !== 'same-origin') return { refused: 403 };
  // No form of another page can send this type.
  if (headers['content-type'] !== 'application/json') return { refused: 415 };
  return verdict;
}

/** Compares in a time that says nothing of either. */
function same(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}
