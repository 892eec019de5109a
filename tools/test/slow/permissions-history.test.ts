// Least privilege of the student module history, statement by statement: see permissions/weigh.ts.

import { exampleAssembly } from './permissions/assembly';
import { HISTORY_RUNS } from './permissions/runs-history';
import { weigh } from './permissions/weigh';
import { HISTORY } from './support';

/** Minutes that are enough for all cases on a busy machine. */
jest.setTimeout(40 * 60_000);

describe('rights of the student module history', () => {
  weigh(exampleAssembly(), {
    stack: 'example-student-module-history',
    scenarioDir: HISTORY,
    runs: HISTORY_RUNS,
    least: { rights: 125, conditions: 12, actions: 26 },
  });
});
