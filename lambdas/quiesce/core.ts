// The waiting task that holds things still: what each was is written down before it is touched. Asked
// again later, it stops what somebody has started since, and keeps the first record.

import { isTransient, QuiesceError, RunbookError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import {
  noteState,
  QUIESCED_TOKEN,
  type QuiescedItem,
  quiescedKey,
  recordBefore,
} from '../shared/quiesced/record';
import type { QuiescedKinds, Seen, Thing } from '../shared/quiesced/thing';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { QuiescePayload, QuiesceResult } from './payload';

export interface QuiesceDeps extends WaitDeps {
  readonly kinds: QuiescedKinds;
}

export async function quiesce(
  payload: QuiescePayload,
  deps: QuiesceDeps,
  invocation: Invocation,
): Promise<QuiesceResult> {
  const { things, runId } = payload;
  const done = await waitFor(deps, payload, QUIESCED_TOKEN, invocation, async (token) => {
    let still = 0;
    for (const thing of things) if (await holdsStill(deps, runId, thing, token)) still += 1;
    return still === things.length ? ('done' as const) : undefined;
  });
  return { status: done ?? 'running', things: things.length };
}

/** Looks at one thing, and makes the next change where it is not held still. */
async function holdsStill(
  { ledger, clock, kinds }: QuiesceDeps,
  runId: string,
  thing: Thing,
  token: Token,
): Promise<boolean> {
  const kind = kinds[thing.kind];
  const name = `${thing.kind} ${thing.name} in ${thing.region}`;
  const seen = await kind.read(thing);
  if (!seen) {
    // An upgrade may have replaced what this run held still; giving back notes that it is gone.
    const held = await ledger.get<QuiescedItem>(quiescedKey(runId, thing));
    if (held && held.restoredAt === undefined) return true;
    throw new QuiesceError(`${name} does not exist: look where it went, then redrive`);
  }
  // What is on its way is no state to come back to.
  if (seen.busy) return false;
  await token.renew();
  const item = await recordBefore(ledger, runId, thing, kind, seen.state, clock.now());
  if (kind.is(seen.state, item.during)) {
    const asBefore = kind.is(seen.state, item.before);
    await noteState(ledger, runId, item, seen.state, asBefore, clock.now());
    return true;
  }
  refuseChanged(name, item, seen);
  await token.renew();
  try {
    await kind.set(thing, item.during, seen);
  } catch (error) {
    if (error instanceof RunbookError || isTransient(error)) throw error;
    throw new QuiesceError(
      `${name} cannot be set to ${JSON.stringify(item.during)}: ${(error as Error).message}. Repair that, then redrive`,
      { cause: error },
    );
  }
  return false;
}

/**
 * Where the service tells who has changed what a run holds, it is not fought with: what was started
 * again may be at work, and a person must know of it.
 */
function refuseChanged(name: string, item: QuiescedItem, { state, changed }: Seen<unknown>): void {
  // Whoever was faster than the first change of this run is no matter: then it is still as it was.
  if (!changed || Date.parse(changed.at) <= Date.parse(item.at)) return;
  throw new QuiesceError(
    `${name} was changed to ${JSON.stringify(state)} by ${changed.by} at ${changed.at}, while this run wants it to be ` +
      `${JSON.stringify(item.during)}: find out why, let what it works at come to its end, set it to ${JSON.stringify(item.during)} yourself, then redrive`,
  );
}
