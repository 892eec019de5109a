// Where a visit came from: the page's own campaign; else the latest referrer's, else the referrer's,
// each looked up in the lists of sites and given a channel by the rules.

import { channelOf, isSocial } from './channels';
import { categoryOf, siteOf } from './hosts';
import { cut } from './text';
import { type Campaign, campaignIn, campaignOf, parseUrl, type Url, withScheme } from './url';

/** What parse_utm_from_url knows in the end. */
export interface Attribution extends Campaign {
  readonly page: Url;
  readonly referrer: string | null;
  category: string | null;
  channel: string | null;
}

export function attributionOf(
  url: string | null,
  referrer: string | null,
  latestReferrer: string | null,
): Attribution {
  const page = parseUrl(url ?? '');
  const found: Attribution = {
    page,
    referrer,
    ...campaignOf(page.pairs),
    category: null,
    channel: null,
  };
  for (const one of [latestReferrer, referrer]) {
    if (found.source !== null || one === null) continue;
    // Everything is replaced, even by nothing; category and channel are kept.
    Object.assign(found, campaignIn(one));
    applyRules(found, one);
  }
  if (found.source === null) {
    // Spelled as in the original: reports group by it.
    found.source = 'Driect';
    found.channel = 'Direct';
    found.category = 'Direct';
  }
  found.channel ??= 'Unassigned';
  found.category ??= 'Unassigned';
  found.medium ??= found.channel;
  return found;
}

function applyRules(found: Attribution, examined: string): void {
  if (found.source !== null) found.category ??= categoryOf(found.source);
  if (isSocial(found.medium)) found.category ??= 'Social';
  const whole = withScheme(examined);
  const site = siteOf(cut(cut(cut(whole, '//')[1]!, '//')[0], '?')[0]);
  if (site !== null) {
    found.source = site.source;
    found.category = site.category;
    if (site.parameters.length > 0) {
      found.term = searchedFor(whole, site.parameters) ?? found.term;
    }
  }
  found.channel = channelOf(found) ?? found.channel;
}

/**
 * What the visitor searched for, as the site's own parameters say it. Unlike the pairs of a campaign
 * nothing is decoded, and of a name that comes again the last value counts.
 */
function searchedFor(url: string, parameters: readonly string[]): string | null {
  const query = cut(url, '?')[1];
  if (query === null) return null;
  const values = new Map<string, string>();
  for (const pair of cut(query, '?')[0].split('&')) {
    const [name, rest] = cut(pair, '=');
    if (rest !== null) values.set(name, cut(rest, '=')[0]);
  }
  const words = parameters.flatMap((name) => values.get(name) ?? []);
  return words.length > 0 ? words.join(',') : null;
}
