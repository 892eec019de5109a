// The whole way of a schema with refused Python functions, and of one that is redriven, with the worker
// killed before and after each of its changes: in the ledger, at StartExecution, at RedriveExecution.

import { everyChange, Interruption } from '../../support/interruptions';
import { PYTHON, SchemaHarness } from '../../support/schema';

const WAYS = {
  'refused Python': (_: number, name: string) =>
    name.startsWith('Shop')
      ? { ends: 'FAILED' as const, reason: PYTHON, failState: true }
      : { seconds: 60 },
  'a failure that a redrive mends': (nth: number) =>
    nth === 1 ? { ends: 'FAILED' as const, reason: 'deadlock' } : { seconds: 60 },
  'a Fail state': (_: number, name: string) =>
    name.startsWith('Shop')
      ? { ends: 'FAILED' as const, reason: 'deadlock', failState: true }
      : { seconds: 60 },
};

async function run(script: (nth: number, name: string) => object, interruption: Interruption) {
  const h = await new SchemaHarness(script).open();
  h.theirs();
  h.clock.pass(600_000);
  interruption.on(h.machine, h.memory);
  const result = await h.drive();
  const attempts = await h.items<{ state: string }>('foreign#');
  return {
    result,
    changes: h.machine.changes.map((change) =>
      change.replace(h.runId, 'run').replace(/-\w{10}-/, '-'),
    ),
    states: attempts.map(({ state }) => state),
  };
}

describe.each(Object.entries(WAYS))('%s', (_, script) => {
  test('comes to the same end wherever the worker is killed, and starts nothing twice', async () => {
    const clean = new Interruption();
    const expected = await run(script, clean);
    expect(clean.count).toBeGreaterThan(6);
    expect(expected.changes).toHaveLength(1);
    for (const [nth, place] of everyChange(clean.count)) {
      const seen = await run(script, new Interruption(nth, place));
      expect([nth, place, seen]).toEqual([nth, place, expected]);
    }
  });
});
