// Least privilege of the rdw runbook, statement by statement: see permissions/weigh.ts.

import { exampleAssembly } from './permissions/assembly';
import { RDW_RUNS } from './permissions/runs-rdw';
import { weigh } from './permissions/weigh';
import { RDW } from './support';

/** Minutes that are enough for all cases on a busy machine. */
jest.setTimeout(40 * 60_000);

describe('rights of the rdw runbook', () => {
  weigh(exampleAssembly(), {
    stack: 'example-rdw',
    scenarioDir: RDW,
    runs: RDW_RUNS,
    least: { rights: 160, conditions: 15, actions: 28 },
  });
});
