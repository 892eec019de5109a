// Gives back what a run has quiesced; for the end of a run, and for one that is given up.

import { type Clock, iso } from '../clock';
import { isTransient } from '../errors';
import { type Ledger, runKey } from '../ledger';
import { TokenLost } from '../worker-token';
import { noteState, type QuiescedItem, quiescedKey, quiescedOf } from './record';
import type { Changed, QuiescedKinds } from './thing';

export interface QuiescedDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly kinds: QuiescedKinds;
}

/** A thing that is not yet as it was, and why when its service says so. */
export interface LeftQuiesced {
  readonly item: QuiescedItem;
  readonly error?: Error;
}

/**
 * One round over everything that was not given back, the latest first. One that cannot be given back
 * keeps no other from it.
 *
 * @param mayAct asked before each change; throws when somebody else acts now
 */
export async function restoreRound(
  deps: QuiescedDeps,
  runId: string,
  mayAct: () => Promise<void>,
): Promise<LeftQuiesced[]> {
  const left: LeftQuiesced[] = [];
  for (const item of await quiescedOf(deps.ledger, runId)) {
    try {
      if (!(await restored(deps, runId, item, mayAct))) left.push({ item });
    } catch (error) {
      if (error instanceof TokenLost || isTransient(error)) throw error;
      left.push({ item, error: error as Error });
    }
  }
  return left;
}

/** Looks at one thing, and makes the next change where it is not as it was. */
export async function restored(
  { ledger, clock, kinds }: QuiescedDeps,
  runId: string,
  item: QuiescedItem,
  mayAct: () => Promise<void>,
): Promise<boolean> {
  const kind = kinds[item.kind];
  const key = quiescedKey(runId, item);
  const name = `${item.kind} ${item.name} in ${item.region}`;
  const note = (text: string) =>
    ledger.put(runKey(runId, `note#quiesced#${item.kind}#${item.name}`), { text });
  const at = iso(clock.now());
  const seen = await kind.read(item);
  if (!seen) {
    await note(`${name} does not exist any more: there was nothing to give back`);
    await ledger.remove(runKey(runId, `check#quiesced#${item.kind}#${item.name}`));
    return ledger.put(key, { ...item, restoredAt: at, gone: true }, { at: item.at });
  }
  if (seen.busy) return false;
  if (kind.is(seen.state, item.before)) {
    await noteState(ledger, runId, item, seen.state, true, clock.now());
    return ledger.put(key, { ...item, restoredAt: at }, { at: item.at });
  }
  await mayAct();
  if (item.restoringAt === undefined) {
    if (!kind.is(seen.state, item.during)) {
      const [was, during, before] = [seen.state, item.during, item.before].map((s) =>
        JSON.stringify(s),
      );
      await note(
        `${name} was ${was} at the end${changedBy(seen.changed)} and not ${during}, which this run had made it: it is set to ${before} as before the run`,
      );
    }
    await ledger.put(key, { ...item, restoringAt: at }, { at: item.at });
  }
  await kind.set(item, item.before, seen);
  return false;
}

const changedBy = (changed: Changed | undefined): string =>
  changed ? ` (${changed.by} changed it at ${changed.at})` : '';

/** One thing that was not given back, for people. */
export const whatIsLeft = ({ item, error }: LeftQuiesced): string =>
  `${item.kind} ${item.name} in ${item.region} is not yet ${JSON.stringify(item.before)} as before the run: ` +
  (error?.message.slice(0, 500) ?? 'it is still being changed');
