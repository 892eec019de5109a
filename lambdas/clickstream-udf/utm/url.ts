// Takes a URL apart as the original does. It is no URL parser: nothing is normalized, and what a
// browser would call malformed has an answer too.

import clickIds from '../data/click-ids.json';
import percentCodes from '../data/percent-codes.json';
import { cut } from './text';

/** Where a visit came from, as one URL tells it; each null when it does not. */
export interface Campaign {
  source: string | null;
  medium: string | null;
  campaign: string | null;
  content: string | null;
  term: string | null;
  id: string | null;
  sourcePlatform: string | null;
  gclid: string | null;
  clickId: ClickId | null;
}

export interface ClickId {
  readonly type: string;
  readonly id: string | null;
}

export type Pairs = ReadonlyMap<string, string | null>;

export interface Url {
  readonly protocol: string;
  /** Null when the location holds no `//`: then `://` is in the query. */
  readonly host: string | null;
  readonly path: string | null;
  readonly query: string;
  readonly pairs: Pairs;
}

const CODES: ReadonlyMap<string, string> = new Map(Object.entries(percentCodes));
/** Upper-case codes only; a code never results from another, so that one pass is as good as 22. */
const CODE = new RegExp([...CODES.keys()].join('|'), 'g');
const ADVERTISERS = new Map(Object.entries(clickIds));

/** Puts a scheme in front of what has none. */
export function withScheme(url: string): string {
  return url.includes('://') ? url : `http://${url}`;
}

/** The whole URL; what of a referrer is asked for is only its {@link campaignIn}. */
export function parseUrl(text: string): Url {
  const [location, rest] = cut(withScheme(text), '?');
  const query = decodedQuery(rest);
  const [protocol, authority] = cut(location, '//');
  const [host, path] = authority === null ? [null, null] : cut(cut(authority, '//')[0], '/');
  return { protocol: protocol.replaceAll(':', ''), host, path, query, pairs: pairsOf(query) };
}

export function campaignIn(url: string): Campaign {
  return campaignOf(pairsOf(decodedQuery(cut(url, '?')[1])));
}

/** The text up to a second question mark, with the 22 codes decoded and nothing else. */
function decodedQuery(rest: string | null): string {
  return rest === null ? '' : cut(rest, '?')[0].replace(CODE, (code) => CODES.get(code)!);
}

/** Names with their values; a name that comes again adds its value, one without value changes nothing. */
function pairsOf(query: string): Pairs {
  const pairs = new Map<string, string | null>();
  if (query === '') return pairs;
  for (const pair of query.split('&')) {
    const [name, rest] = cut(pair, '=');
    if (name === '') continue;
    const value = rest === null ? null : cut(rest, '=')[0];
    const before = pairs.get(name) ?? null;
    pairs.set(name, before === null ? value : value === null ? before : `${before},${value}`);
  }
  return pairs;
}

export function campaignOf(pairs: Pairs): Campaign {
  const value = (name: string) => pairs.get(name) || null;
  const found: Campaign = {
    source: value('utm_source'),
    medium: value('utm_medium'),
    campaign: value('utm_campaign'),
    content: value('utm_content'),
    term: value('utm_term'),
    id: value('utm_id'),
    sourcePlatform: value('utm_source_platform'),
    gclid: value('gclid'),
    clickId: null,
  };
  for (const [type, id] of pairs) {
    if (!type.endsWith('clid')) continue;
    found.clickId = { type, id };
    if (found.source === null) {
      const advertiser = ADVERTISERS.get(type);
      found.source = advertiser?.source ?? null;
      found.medium = advertiser?.medium ?? null;
    }
    break;
  }
  return found;
}
