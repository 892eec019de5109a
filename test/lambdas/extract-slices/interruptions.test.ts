// A worker dies before or after each of its changes, and the redrive ends like a run that nobody disturbed.

import { everyChange } from '../../support/interruptions';
import { Harness } from './harness';

/** Slices that are halved, several parts, files to delete: everything a task does. */
function made(stopsWithClient: boolean): Harness {
  const task = new Harness();
  task.change = { sliceDays: 45 };
  task.database.secondsFor = (rows) => rows * 10;
  task.database.rowsPerPart = 20;
  task.database.stopsWithClient = stopsWithClient;
  return task;
}

async function changes(): Promise<number> {
  const task = made(false);
  const { count } = await (async () => {
    const watched = task.interrupt();
    await task.finish();
    return watched;
  })();
  return count;
}

describe.each([
  ['goes on', false],
  ['ends', true],
])('the statement of a dead worker %s', (_, stopsWithClient) => {
  it('at every change', async () => {
    const clean = made(stopsWithClient);
    const expected = await clean.finish();
    const cases = everyChange(await changes());
    expect(cases.length).toBeGreaterThan(100);
    for (const [nth, place] of cases) {
      const task = made(stopsWithClient);
      task.interrupt(nth, place);
      await task.finish().catch(() => undefined);
      task.interrupt();
      const result = await task.finish();
      const where = `${place} change ${nth}`;
      expect([where, result.rows, result.nullScores]).toEqual([
        where,
        expected.rows,
        expected.nullScores,
      ]);
      expect([where, task.loaded()]).toEqual([where, clean.database.rows]);
      expect([where, task.database.most]).toEqual([where, 1]);
    }
  });
});
