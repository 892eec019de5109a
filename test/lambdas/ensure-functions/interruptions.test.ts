// Every call that changes something, to the warehouse, the admin API or the ledger: what if the worker
// dies before it, or the answer is lost after it? Afterwards the same state is called again.

import { CALLER, FunctionsHarness } from '../../support/fake-functions';
import { MemoryLedger } from '../../support/memory-ledger';

class Death extends Error {}

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
  const h = await new FunctionsHarness(memory.ledger).open();
  memory.before = () => count('before');
  memory.after = () => count('after');
  const changing = (call: string, input: { Sql?: unknown }) =>
    call === 'ExecuteStatement' &&
    /(create external|alter|drop|on) function/.test(String(input.Sql));
  h.warehouse.before = (call, input) => changing(call, input) && count('before');
  h.warehouse.after = (call, input) => changing(call, input) && count('after');
  h.roles.before = (call) => call === 'UpdateNamespace' && count('before');
  h.roles.after = (call) => call === 'UpdateNamespace' && count('after');
  h.functions.fill('plpythonu', 'refused');
  h.functions.catalog.delete('convert_json_list');
  h.functions.catalog.set('combine_json_list', {
    language: 'exfunc',
    owner: CALLER,
    answers: 'wrong',
  });
  return { h, state, calls: () => calls };
}

it('there are calls to die at', async () => {
  const { h, calls } = await dyingAt(0, 'before');
  await h.invoke();
  expect(calls()).toBeGreaterThan(60);
});

it.each(['before', 'after'] as const)(
  'a death %s any changing call leaves nothing lost, and the next call ends what was begun',
  async (when) => {
    for (let nth = 1; nth <= 90; nth++) {
      const { h } = await dyingAt(nth, when);
      await h.invoke().catch((error: Error) => {
        expect([nth, error]).toEqual([nth, expect.any(Death)]);
      });
      await h.invoke();
      const names = [...h.functions.catalog.keys()];
      expect([nth, Object.values(h.languages)]).toEqual([nth, Array(6).fill('exfunc')]);
      expect([nth, names.filter((name) => name.includes('_before_')).length]).toEqual([nth, 4]);
      expect([nth, new Set(h.functions.grants).size]).toEqual([nth, 6]);
      const checks = await h.items<{ name: string; ok: boolean }>('check#Shop#function-');
      const anew = checks.filter(({ name, ok }) => ok && name.endsWith(' before, made anew)'));
      expect([nth, anew.length]).toEqual([nth, 6]);
      expect([nth, h.roles.roles.length, h.roles.defaultRole]).toEqual([
        nth,
        3,
        'arn:aws:iam::000000000000:role/z',
      ]);
    }
  },
  60_000,
);
