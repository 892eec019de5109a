// Least privilege of the Aspects runbook, statement by statement: see permissions/weigh.ts.

import { exampleAssembly } from './permissions/assembly';
import { ASPECTS_RUNS } from './permissions/runs-aspects';
import { weigh } from './permissions/weigh';
import { ASPECTS } from './support';

/** Minutes that are enough for all cases on a busy machine. */
jest.setTimeout(40 * 60_000);

describe('rights of the Aspects runbook', () => {
  weigh(exampleAssembly(), {
    stack: 'example-aspects',
    scenarioDir: ASPECTS,
    runs: ASPECTS_RUNS,
    least: { rights: 150, conditions: 12, actions: 20 },
  });
});
