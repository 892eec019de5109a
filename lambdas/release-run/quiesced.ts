// Gives back what a run that is given up has quiesced: nobody else will.

import { iso } from '../shared/clock';
import { QuiesceError, TryAgainError } from '../shared/errors';
import { runKey } from '../shared/ledger';
import { QUIESCED_TOKEN, type QuiescedItem, quiescedOf } from '../shared/quiesced/record';
import {
  type LeftQuiesced,
  type QuiescedDeps,
  restoreRound,
  whatIsLeft,
} from '../shared/quiesced/restore';
import { pauseMs } from '../shared/waiting';
import { Token, TokenLost } from '../shared/worker-token';

/** A workgroup takes minutes to change; the release has a quarter of an hour for everything. */
const PATIENCE_MS = 600_000;

/** How long a thing whose service refuses is tried again: many a refusal passes, a half scaled service stays. */
const REFUSED_MS = 60_000;

/**
 * Gives everything back, and waits until it is there. A worker of the run that still lives loses its
 * token by this.
 *
 * @throws QuiesceError naming each thing that is not as it was: whoever takes the target next would
 * take such a thing for what it had been before
 */
export async function giveBack(deps: QuiescedDeps, runId: string): Promise<void> {
  const { ledger, clock } = deps;
  const things = await quiescedOf(ledger, runId);
  if (things.length === 0) return;
  const startedAt = clock.now();
  const token = await Token.take(
    ledger,
    { runId },
    QUIESCED_TOKEN,
    `release-${startedAt}`,
    clock.now,
  );
  let refusedAt: number | undefined;
  try {
    for (;;) {
      const left = await restoreRound(deps, runId, () => token.renew());
      const waited = clock.now() - startedAt;
      refusedAt = left.every(({ error }) => error) ? (refusedAt ?? waited) : undefined;
      const end = refusedAt === undefined ? PATIENCE_MS : refusedAt + REFUSED_MS;
      if (left.length === 0 || waited + pauseMs(waited) > Math.min(end, PATIENCE_MS)) {
        await noteLeft(deps, runId, things, left);
        if (left.length === 0) return;
        throw new QuiesceError(
          `${left.map(whatIsLeft).join('; ')}. Run ${runId} is given up but keeps its leases until that is as it was: ` +
            'repair the cause or set it by hand, then redrive this execution',
        );
      }
      await clock.sleep(pauseMs(waited));
    }
  } catch (error) {
    if (!(error instanceof TokenLost)) throw error;
    throw new TryAgainError(`somebody else gives back what run ${runId} has quiesced right now`);
  }
}

/** A note for each thing that is left; a later release takes back the note of what it gave back. */
async function noteLeft(
  { ledger, clock }: QuiescedDeps,
  runId: string,
  things: readonly QuiescedItem[],
  left: readonly LeftQuiesced[],
): Promise<void> {
  for (const { kind, name } of things) {
    const key = runKey(runId, `note#release#quiesced#${kind}#${name}`);
    const one = left.find(({ item }) => item.kind === kind && item.name === name);
    if (one) await ledger.put(key, { text: whatIsLeft(one), at: iso(clock.now()) });
    else await ledger.remove(key);
  }
}
