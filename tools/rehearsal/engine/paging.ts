// Pages of a list whose items have a fixed place in its order: a token survives new items.
import { ServiceError } from '../types';

export interface Page<Item> {
  readonly items: Item[];
  readonly nextToken?: string;
}

const DEFAULT_RESULTS = 100;
const MAX_RESULTS = 1000;

export function page<Source, Item>(
  sorted: readonly Source[],
  request: { readonly maxResults?: number; readonly nextToken?: string },
  place: (source: Source) => number,
  describe: (source: Source) => Item,
): Page<Item> {
  const { maxResults = 0, nextToken } = request;
  if (!Number.isInteger(maxResults) || maxResults < 0 || maxResults > MAX_RESULTS) {
    throw new ServiceError('ValidationException', `maxResults must be from 0 to ${MAX_RESULTS}`);
  }
  const after = nextToken === undefined ? undefined : placeOf(nextToken);
  if (Number.isNaN(after)) throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
  const start = after === undefined ? 0 : sorted.findIndex((source) => place(source) > after);
  const from = start < 0 ? sorted.length : start;
  const shown = sorted.slice(from, from + (maxResults || DEFAULT_RESULTS));
  const last = shown.at(-1);
  const more = last !== undefined && from + shown.length < sorted.length;
  return { items: shown.map(describe), nextToken: more ? btoa(String(place(last))) : undefined };
}

function placeOf(token: string): number {
  const text = Buffer.from(token, 'base64').toString();
  return /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
}
