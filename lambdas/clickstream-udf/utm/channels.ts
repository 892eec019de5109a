// The channel of a visit: the first rule of data/channels.json that applies. A rule is a list of
// alternatives, an alternative a list of conditions that must all hold. Text tests mind capitals.

import channels from '../data/channels.json';
import { asciiLower } from './text';
import type { Campaign } from './url';

/** What the rules look at. `referrer` is the function's second argument, whichever URL is examined. */
export interface Visit extends Omit<Campaign, 'gclid'> {
  readonly category: string | null;
  readonly referrer: string | null;
}

type TextField = Exclude<keyof Visit, 'clickId'>;
type TextTest = Partial<Record<TextField, string>>;

interface Alternative {
  readonly category?: string | null;
  readonly medium?: string | null;
  readonly given?: readonly TextField[];
  readonly contains?: TextTest;
  readonly endsWith?: TextTest;
  readonly paid?: true;
  readonly paidMedium?: true;
  readonly socialMedium?: true;
}

type Condition = (visit: Visit) => boolean;

const SOCIAL = new Set(channels.socialMedia);
const RULES = (channels.rules as readonly Rule[]).map(({ channel, anyOf }) => ({
  channel,
  anyOf: anyOf.map(conditionsOf),
}));

interface Rule {
  readonly channel: string;
  readonly anyOf: readonly Alternative[];
}

/** Null when no rule applies: what was found before stays. */
export function channelOf(visit: Visit): string | null {
  const rule = RULES.find(({ anyOf }) => anyOf.some((all) => all.every((holds) => holds(visit))));
  return rule?.channel ?? null;
}

export function isSocial(medium: string | null): boolean {
  return medium !== null && SOCIAL.has(asciiLower(medium));
}

function isPaid({ medium }: Visit): boolean {
  return medium !== null && channels.paidMediumContains.some((word) => medium.includes(word));
}

function conditionsOf(alternative: Alternative): Condition[] {
  const { category, medium, given = [], paid, paidMedium, socialMedium } = alternative;
  const all: Condition[] = [];
  if (category !== undefined) all.push((visit) => visit.category === category);
  if (medium !== undefined) all.push((visit) => visit.medium === medium);
  for (const field of given) all.push((visit) => visit[field] !== null);
  for (const [field, word] of entriesOf(alternative.contains)) {
    all.push((visit) => visit[field]?.includes(word) ?? false);
  }
  for (const [field, word] of entriesOf(alternative.endsWith)) {
    all.push((visit) => visit[field]?.endsWith(word) ?? false);
  }
  if (paid) all.push((visit) => isPaid(visit) || visit.clickId !== null);
  if (paidMedium) all.push(isPaid);
  if (socialMedium) all.push((visit) => isSocial(visit.medium));
  return all;
}

function entriesOf(test: TextTest = {}): [TextField, string][] {
  return Object.entries(test) as [TextField, string][];
}
