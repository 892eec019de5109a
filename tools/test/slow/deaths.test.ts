// A worker dies between submitting a statement and writing its id down. Whenever the redrive comes
// and whatever the role may do: never two statements of one batch, never one lost.

import type { Cloud } from '../../rehearsal/cloud';
import {
  DEMO,
  ran,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  successes,
  synthesize,
  twoAtOnce,
  variant,
} from './support';

const BATCHES = 3;
const WORK = 'work(';
const SUBMIT = 'task=RunBatches,service=redshift-data,operation=ExecuteStatement,sql=work(';
const LIST_AND_CANCEL = ['redshift-data:ListStatements', 'redshift-data:CancelStatement'];
let assemblyDir: string;

beforeAll(() => {
  assemblyDir = synthesize('batches', { CDK_CONTEXT_JSON: `{"batches":${BATCHES}}` });
});
afterEach(stopClouds);
afterAll(removeAssemblies);

const cloudWith = (faults: readonly string[], scenarioDir = DEMO) =>
  startCloud({ assemblyDir, scenarioDir, clock: 'virtual', faults });

/** One row a batch, and one statement a batch that was ever let through. */
async function expectEachOnce(cloud: Cloud): Promise<void> {
  const rows = await cloud.query(
    'select batch, count(*)::int as calls from demo.calls group by 1 order by 1',
  );
  expect(rows).toEqual(Array.from({ length: BATCHES }, (_, batch) => ({ batch, calls: 1 })));
  const statements = await ran(cloud, WORK);
  expect(twoAtOnce(statements)).toEqual([]);
  expect(Object.values(successes(statements))).toEqual(Array(BATCHES).fill(1));
}

const ROLES = [
  ['may list and cancel', []],
  ['may do neither', LIST_AND_CANCEL],
] as const;
const MINUTE = 60_000;
/** When the redrive comes, and how long the statement takes: over by then, or still running. */
const TIMES = [
  { redriven: 'at once', wait: 0, seconds: 1 },
  { redriven: 'at once, while it runs', wait: 0, seconds: 600 },
  { redriven: 'after an hour', wait: 60 * MINUTE, seconds: 1 },
  { redriven: 'after an hour, while it runs', wait: 60 * MINUTE, seconds: 3_900 },
  { redriven: 'after 20 hours', wait: 1_200 * MINUTE, seconds: 1 },
  { redriven: 'after 20 hours, while it runs', wait: 1_200 * MINUTE, seconds: 72_600 },
  { redriven: 'after 5 days', wait: 7_200 * MINUTE, seconds: 1 },
];
const deaths = ROLES.flatMap(([role, without]) =>
  TIMES.map((times) => ({ ...times, role, without })),
);

// Nothing stops what a dead worker left running but the redrive: the event is lost as well.
it.each(deaths)(
  'a death behind the submit, redriven $redriven by a role that $role',
  async ({ without, wait, seconds }) => {
    const cloud = await cloudWith(
      [
        'kind=drop-event,service=aws.states',
        `kind=kill,when=after,nth=2,${SUBMIT}`,
        `kind=delay,sql=work(,nth=2,seconds=${seconds}`,
      ],
      variant(DEMO, { without }),
    );
    const arn = start(cloud, 'demo-ordered', {});
    expect((await cloud.engine.finished(arn)).status).toBe('FAILED');
    if (wait > 0) await cloud.clock.sleep(wait);
    cloud.engine.redrive(arn);
    const { status, cause } = await cloud.engine.finished(arn);
    expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
    await expectEachOnce(cloud);
    expect(await ran(cloud, WORK)).toHaveLength(BATCHES);
  },
);

it.each([
  ['the submit', SUBMIT],
  [
    'a question for the status',
    'task=RunBatches,service=redshift-data,operation=DescribeStatement',
  ],
  ['a write to the ledger', 'task=RunBatches,service=dynamodb,operation=PutItem'],
])('the answer to %s is lost, every third time', async (_, call) => {
  const lost = [3, 6, 9, 12, 15].map((nth) => `kind=lost-answer,nth=${nth},${call}`);
  const cloud = await cloudWith([...lost, 'kind=delay,sql=work(,seconds=100']);
  const { status, cause } = await cloud.engine.finished(start(cloud, 'demo-ordered', {}));
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  await expectEachOnce(cloud);
});

it.each([
  ['one after the other', 'kind=duplicate', 100],
  ['at the same instant', 'kind=duplicate,seconds=0', 100],
  ['at the same instant, for more than one turn', 'kind=duplicate,seconds=0', 700],
  ['the second in the midst of the first', 'kind=duplicate,seconds=150', 100],
  ['the second in the midst of a statement', 'kind=duplicate,seconds=20', 700],
])('every invocation comes twice: %s', async (_, fault, seconds) => {
  const cloud = await cloudWith([fault, `kind=delay,sql=work(,seconds=${seconds}`]);
  const { status, cause } = await cloud.engine.finished(start(cloud, 'demo-ordered', {}));
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  await expectEachOnce(cloud);
  expect(await ran(cloud, WORK)).toHaveLength(BATCHES);
});

it.each([1, 2, 3, 4, 5, 6])(
  'a worker dies before call %i to the warehouse, and one after',
  async (nth) => {
    const call = 'task=RunBatches,service=redshift-data,operation=ExecuteStatement';
    const cloud = await cloudWith([
      `kind=kill,nth=${nth},${call}`,
      `kind=kill,when=after,nth=${nth + 1},${call}`,
    ]);
    const arn = start(cloud, 'demo-ordered', {});
    for (let redrives = 0; (await cloud.engine.finished(arn)).status !== 'SUCCEEDED'; redrives++) {
      expect(redrives).toBeLessThan(3);
      cloud.engine.redrive(arn);
    }
    await expectEachOnce(cloud);
  },
);
