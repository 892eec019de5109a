// Least privilege of the clickstream runbook, statement by statement: see permissions/weigh.ts.

import { exampleAssembly } from './permissions/assembly';
import { RUNS } from './permissions/runs';
import { UPGRADE_RUNS } from './permissions/runs-upgrade';
import { weigh } from './permissions/weigh';
import { CLICKSTREAM } from './support';

/** Minutes that are enough for all cases on a busy machine. */
jest.setTimeout(40 * 60_000);

weigh(exampleAssembly(), {
  stack: 'example-clickstream',
  scenarioDir: CLICKSTREAM,
  runs: [...UPGRADE_RUNS, ...RUNS],
  least: { rights: 300, conditions: 30, actions: 60 },
});
