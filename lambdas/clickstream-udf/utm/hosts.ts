// The 368 hosts and their sources: search engines, social networks, video and shopping sites.
// Looked up exactly: `m.facebook.com`, `google.co.uk`, ports and capitals are not found.

import hosts from '../data/hosts.json';
import { asciiLower, cut } from './text';

export type Category = 'Search' | 'Social' | 'Video' | 'Shopping';

export interface Site {
  readonly category: Category;
  readonly source: string;
  /** Names of the query's parameters that hold what the visitor searched for. */
  readonly parameters: readonly string[];
}

interface SiteList {
  /** The source is the host's name without `.com`. */
  readonly sourceIsHostWithoutCom: readonly string[];
  readonly others: readonly {
    readonly source: string;
    /** What a utm_source is compared with, where the original spells the source differently there. */
    readonly spelledInOriginal?: string;
    readonly hosts: readonly string[];
    readonly parameters?: readonly string[];
  }[];
}

export const SITES = new Map<string, Site>();
const CATEGORIES = new Map<string, Category>();

for (const [name, list] of Object.entries<SiteList>(hosts)) {
  const category = name as Category;
  for (const source of list.sourceIsHostWithoutCom) {
    SITES.set(`${source}.com`, { category, source, parameters: [] });
    CATEGORIES.set(asciiLower(source), category);
  }
  for (const { source, spelledInOriginal, hosts: names, parameters = [] } of list.others) {
    for (const host of names) SITES.set(host, { category, source, parameters });
    CATEGORIES.set(asciiLower(spelledInOriginal ?? source), category);
  }
}

/** The category of a source named in a URL; capitals of ASCII do not matter. */
export function categoryOf(source: string): Category | null {
  return CATEGORIES.get(asciiLower(source)) ?? null;
}

/**
 * The site a referrer names: host and path first, then the host, then both without `www.` (and without
 * what follows a second one, as in the original).
 */
export function siteOf(hostAndPath: string): Site | null {
  const host = cut(hostAndPath, '/')[0];
  const names = host.startsWith('www.')
    ? [hostAndPath, host, afterWww(hostAndPath), afterWww(host)]
    : [hostAndPath, host];
  for (const name of names) {
    const site = SITES.get(name);
    if (site !== undefined) return site;
  }
  return null;
}

function afterWww(name: string): string {
  return cut(name.slice(4), 'www.')[0];
}
