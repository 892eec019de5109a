// What a run has quiesced, in the ledger: written before the thing is touched, so that whoever comes
// later knows what to give back.

import { iso } from '../clock';
import { type Ledger, runKey } from '../ledger';
import type { QuiescedKind, Thing } from './thing';

/** The ledger's item about a thing. */
export interface QuiescedItem extends Thing {
  /** What it was when the run first saw it. */
  readonly before: unknown;
  /** What it shall be meanwhile. */
  readonly during: unknown;
  readonly at: string;
  /** When giving it back began. */
  readonly restoringAt?: string;
  readonly restoredAt?: string;
  /** It was not there any more when it should have been given back. */
  readonly gone?: boolean;
}

/** Name of the worker token: one worker of a run stops things and gives them back. */
export const QUIESCED_TOKEN = 'quiesced';

export const quiescedKey = (runId: string, { kind, name }: Pick<Thing, 'kind' | 'name'>) =>
  runKey(runId, `quiesced#${kind}#${name}`);

/**
 * Writes down what a thing was, unless the run has done so: a second look would see what the run has
 * made of it. What was given back is people's again, and is looked at anew.
 *
 * @param before what the thing is now
 * @returns the item as the ledger has it
 */
export async function recordBefore(
  ledger: Ledger,
  runId: string,
  thing: Thing,
  kind: QuiescedKind,
  before: unknown,
  now: number,
): Promise<QuiescedItem> {
  const key = quiescedKey(runId, thing);
  const there = await ledger.get<QuiescedItem>(key);
  if (!there || there.restoredAt !== undefined) {
    const during = kind.during(before, thing.to);
    const item: QuiescedItem = { ...thing, before, during, at: iso(now) };
    await ledger.put(key, item, there ? { restoredAt: there.restoredAt! } : 'absent');
  } else {
    // A run that is continued with another input may want another size.
    const during = kind.during(there.before, thing.to);
    if (kind.is(during, there.during) && there.restoringAt === undefined) return there;
    const { restoringAt: _, ...item } = there;
    await ledger.put(key, { ...item, ...thing, during }, { at: there.at, restoredAt: null });
  }
  // A refused write may be our own whose answer was lost: what is there counts.
  return (await ledger.get<QuiescedItem>(key))!;
}

/** What the run has not given back, the latest first. */
export async function quiescedOf(ledger: Ledger, runId: string): Promise<QuiescedItem[]> {
  const items: QuiescedItem[] = [];
  for await (const item of ledger.list<QuiescedItem>(runId, 'quiesced#')) {
    if (item.restoredAt === undefined) items.push(item);
  }
  return items.sort((a, b) => (a.at > b.at ? -1 : 1));
}

/** The report's line about a thing: as it was, or what this run has made of it. */
export async function noteState(
  ledger: Ledger,
  runId: string,
  { kind, name, before }: QuiescedItem,
  now: unknown,
  ok: boolean,
  at: number,
): Promise<void> {
  const text = (state: unknown) => (typeof state === 'string' ? state : JSON.stringify(state));
  await ledger.put(runKey(runId, `check#quiesced#${kind}#${name}`), {
    name: `${kind} ${name} is as before the run`,
    expected: text(before),
    actual: text(now),
    ok,
    at: iso(at),
  });
}
