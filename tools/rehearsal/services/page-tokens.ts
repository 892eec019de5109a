// Tokens of pages as callers see them: good for a day, and for the request they were made for.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html

import { createHash } from 'node:crypto';
import { type Page, page } from '../engine/paging';
import { type Clock, ServiceError } from '../types';

const LIVES_MS = 24 * 3_600_000;

/** Makes and takes back the tokens of one service. */
export class PageTokens {
  constructor(
    private readonly clock: Clock,
    /** Code of the error for a token that is none. */
    private readonly refusal = 'InvalidToken',
  ) {}

  /** A page of what `list` returns; its own tokens never leave the house as they are. */
  page<Item>(
    operation: string,
    { nextToken, maxResults: _, ...request }: Readonly<Record<string, unknown>>,
    list: (nextToken: string | undefined) => Page<Item>,
  ): Page<Item> {
    const of = createHash('md5')
      .update(JSON.stringify([operation, Object.entries(request).sort()]))
      .digest('base64');
    const { items, nextToken: next } = list(this.opened(nextToken as string | undefined, of));
    if (next === undefined) return { items };
    const token = JSON.stringify([of, this.clock.now(), next]);
    return { items, nextToken: Buffer.from(token).toString('base64') };
  }

  /** A page of a list whose items keep their places. */
  of<Source, Item>(
    operation: string,
    request: Readonly<Record<string, unknown>> & { readonly maxResults?: number },
    sources: readonly Source[],
    describe: (source: Source) => Item,
  ): Page<Item> {
    const { maxResults } = request;
    const place = (source: Source) => sources.indexOf(source);
    return this.page(operation, request, (nextToken) =>
      page(sources, { maxResults, nextToken }, place, describe),
    );
  }

  private opened(token: string | undefined, of: string): string | undefined {
    if (token === undefined) return undefined;
    try {
      const [made, at, next] = JSON.parse(Buffer.from(token, 'base64').toString());
      const fresh = this.clock.now() - at <= LIVES_MS;
      if (made === of && fresh && typeof next === 'string') return next;
    } catch {}
    throw new ServiceError(this.refusal, "Invalid Token: 'Invalid token'");
  }
}
