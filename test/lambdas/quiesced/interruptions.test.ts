// Every call that changes something: what if the worker dies before it, or the answer is lost after it?
// Afterwards the same state is called again.

import { MemoryLedger } from '../../support/memory-ledger';
import { MORE, QuietHarness, RULE, SYNC } from '../../support/quiet';

/** What a client throws when the answer does not come; a service's own refusal is another thing. */
class Death extends Error {
  override readonly name = 'TimeoutError';
}

/** A world whose nth changing call is the worker's last, before or after it took effect. */
async function dyingAt(nth: number, when: 'before' | 'after') {
  let calls = 0;
  const state = { dead: false };
  const count = (moment: 'before' | 'after') => {
    if (moment === 'before') calls += 1;
    if (state.dead || calls !== nth || moment !== when) return;
    state.dead = true;
    throw new Death();
  };
  const memory = new MemoryLedger();
  const h = await new QuietHarness(memory.ledger).open();
  for (const one of [memory, h.rules, h.workgroup]) {
    one.before = () => count('before');
    one.after = () => count('after');
  }
  return { h, state, calls: () => calls };
}

const THINGS = [RULE, SYNC, MORE];
const PARTS = {
  quiesce: (h: QuietHarness) => h.quiesce(THINGS),
  restore: async (h: QuietHarness) => {
    await h.quiesce(THINGS);
    await h.restore();
  },
  release: async (h: QuietHarness) => {
    await h.quiesce(THINGS);
    await h.release();
  },
} as const;

it('there are calls to die at', async () => {
  const { h, calls } = await dyingAt(0, 'before');
  await PARTS.restore(h);
  expect(calls()).toBeGreaterThan(25);
});

it.each(
  (['quiesce', 'restore', 'release'] as const).flatMap((part) =>
    (['before', 'after'] as const).map((when) => [part, when] as const),
  ),
)(
  '%s: a death %s any changing call loses no record, and the next call ends it',
  async (part, when) => {
    for (let nth = 1; nth <= 60; nth++) {
      const { h, state } = await dyingAt(nth, when);
      await PARTS[part](h).catch((error: Error) => {
        expect([nth, error]).toEqual([nth, expect.any(Death)]);
      });
      state.dead = true;
      // A run that was given up begins nothing more: then the release alone is called again.
      await PARTS[part](h).catch(() => h.release());
      const states = [...h.rules.states.values(), h.workgroup.baseCapacity];
      const ends = { quiesce: ['DISABLED', 'DISABLED', 128], restore: ['ENABLED', 'ENABLED', 64] };
      expect([nth, states]).toEqual([nth, { ...ends, release: ends.restore }[part]]);
      const befores = await Promise.all(THINGS.map(async (thing) => (await h.item(thing))!.before));
      expect([nth, befores]).toEqual([nth, ['ENABLED', 'ENABLED', 64]]);
    }
  },
);
