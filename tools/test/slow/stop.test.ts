// A stop means stop: by the worker where one is alive, by the event where none is, and in every other
// case by the redrive. Times are read from the query history, statement by statement.

import type { Cloud } from '../../rehearsal/cloud';
import {
  addApps,
  arm,
  CLICKSTREAM,
  DEMO,
  ran,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  submitted,
  successes,
  synthesize,
  twoAtOnce,
  variant,
} from './support';

const BATCHES = 4;
const NO_EVENTS = 'kind=drop-event,service=aws.states';
const KILL_AT_NEXT_QUESTION =
  'kind=kill,task=RunBatches,service=states,operation=DescribeExecution,nth=1';
const WORK = 'work(';
const DIFFERENCES = `select
  (select count(*)::int from app01.event e where not exists
    (select from app01.event_v2 v where v.event_id = e.event_id)) as missing,
  (select (count(*) - count(distinct event_id))::int from app01.event_v2) as twice`;
let assemblyDir: string;

beforeAll(() => {
  assemblyDir = synthesize('batches', { CDK_CONTEXT_JSON: `{"batches":${BATCHES}}` });
});
afterEach(stopClouds);
afterAll(removeAssemblies);

/** A run whose batches take some time each, with its second batch 20 s under way. */
async function inSecondBatch(
  faults: readonly string[],
  { seconds = 300, scenarioDir = DEMO } = {},
): Promise<{ cloud: Cloud; arn: string }> {
  const cloud = await startCloud({
    assemblyDir,
    scenarioDir,
    clock: 'virtual',
    faults: [`kind=delay,sql=${WORK},seconds=${seconds}`, ...faults],
  });
  const arn = start(cloud, 'demo-ordered', {});
  await submitted(cloud, WORK, 2);
  await cloud.clock.sleep(20_000);
  return { cloud, arn };
}

/** Stops and looks two minutes later: seconds after the stop at which our last statement was over. */
async function stopAndWait(cloud: Cloud, arn: string): Promise<number> {
  const stopped = cloud.clock.now();
  cloud.engine.stop(arn);
  await cloud.clock.sleep(120_000);
  // Looking takes no time of the rehearsal, however long it takes here.
  const release = cloud.clock.hold();
  const all = await ran(cloud, '').finally(release);
  return (Math.max(...all.map(({ to }) => to)) - stopped) / 1_000;
}

async function redriveToTheEnd(cloud: Cloud, arn: string): Promise<void> {
  cloud.engine.redrive(arn);
  const { status, cause } = await cloud.engine.finished(arn);
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  const statements = await ran(cloud, WORK);
  expect(twoAtOnce(statements)).toEqual([]);
  expect(Object.values(successes(statements))).toEqual(Array(BATCHES).fill(1));
}

it('the worker alone stops the statement within 60 s, when the event is lost', async () => {
  const { cloud, arn } = await inSecondBatch([NO_EVENTS]);
  expect(await stopAndWait(cloud, arn)).toBeLessThanOrEqual(60);
  expect((await ran(cloud, WORK)).map(({ status }) => status)).toEqual(['success', 'canceled']);
  await redriveToTheEnd(cloud, arn);
});

it('the event alone stops the statement within 60 s, when the worker dies after the stop', async () => {
  // The worker puts its next question within 30 s: the event comes when it is dead.
  const late = 'kind=delay,task=SettleClosedRun,seconds=35';
  const { cloud, arn } = await inSecondBatch([late]);
  arm(cloud, KILL_AT_NEXT_QUESTION);
  expect(await stopAndWait(cloud, arn)).toBeLessThanOrEqual(60);
  expect((await ran(cloud, WORK)).map(({ status }) => status)).toEqual(['success', 'canceled']);
  await redriveToTheEnd(cloud, arn);
});

it('the event alone stops the statement within 60 s, when no turn is under way', async () => {
  const late = 'kind=delay,task=RunBatches,nth=2,seconds=600';
  const cloud = await startCloud({
    assemblyDir,
    scenarioDir: DEMO,
    clock: 'virtual',
    faults: [`kind=delay,sql=${WORK},seconds=1200`, late],
  });
  const arn = start(cloud, 'demo-ordered', {});
  await submitted(cloud, WORK);
  // The first turn is over after 13 minutes, the second comes late: after the redrive.
  await cloud.clock.sleep(900_000);
  expect(await stopAndWait(cloud, arn)).toBeLessThanOrEqual(60);
  expect((await ran(cloud, WORK)).map(({ status }) => status)).toEqual(['canceled']);
  await redriveToTheEnd(cloud, arn);
});

it('with neither, the redrive adopts the statement that runs', async () => {
  const { cloud, arn } = await inSecondBatch([NO_EVENTS]);
  arm(cloud, KILL_AT_NEXT_QUESTION);
  expect(await stopAndWait(cloud, arn)).toBe(Number.POSITIVE_INFINITY);
  await redriveToTheEnd(cloud, arn);
  expect(await ran(cloud, WORK)).toHaveLength(BATCHES);
});

it('without the right to cancel, the redrive adopts the statement that runs', async () => {
  const scenarioDir = variant(DEMO, { without: ['redshift-data:CancelStatement'] });
  const { cloud, arn } = await inSecondBatch([], { scenarioDir });
  expect(await stopAndWait(cloud, arn)).toBe(Number.POSITIVE_INFINITY);
  await redriveToTheEnd(cloud, arn);
  expect(await ran(cloud, WORK)).toHaveLength(BATCHES);
});

it.each([
  ['at once', []],
  ['while it stops', ['kind=delay,task=SettleClosedRun,seconds=1.9']],
  ['before the event arrives', ['kind=delay,task=SettleClosedRun,seconds=2.5']],
  [
    'before the event arrives, and the worker looks late',
    [
      'kind=delay,task=SettleClosedRun,seconds=4',
      'kind=delay,service=states,operation=DescribeExecution,seconds=3',
    ],
  ],
  [
    'when cancelling takes a while',
    ['kind=delay,service=redshift-data,operation=CancelStatement,seconds=5'],
  ],
] as const)(
  'a redrive two seconds after a stop never has two of a batch: %s',
  async (_, faults) => {
    const { cloud, arn } = await inSecondBatch(faults);
    cloud.engine.stop(arn);
    await cloud.clock.sleep(2_000);
    await redriveToTheEnd(cloud, arn);
  },
);

it('a redrive two seconds after a stop of statements that really work: one row a batch', async () => {
  const cloud = await startCloud({ assemblyDir, scenarioDir: DEMO, clock: 'virtual' });
  await cloud.query("alter database demo set demo.seconds = '4'");
  const arn = start(cloud, 'demo-ordered', {});
  for (const nth of [1, 3]) {
    await submitted(cloud, WORK, nth);
    await cloud.clock.sleep(1_000);
    cloud.engine.stop(arn);
    await cloud.clock.sleep(2_000);
    cloud.engine.redrive(arn);
  }
  expect((await cloud.engine.finished(arn)).status).toBe('SUCCEEDED');
  expect(
    await cloud.query('select batch, count(*)::int as calls from demo.calls group by 1 order by 1'),
  ).toEqual(Array.from({ length: BATCHES }, (_, batch) => ({ batch, calls: 1 })));
  expect(twoAtOnce(await ran(cloud, WORK))).toEqual([]);
});

/** Stops the migration in a state whose statement takes 200 s, and looks two minutes later. */
const STATES: readonly (readonly [string, string])[] = [
  ['Check the warehouse', 'preflight-rows'],
  ['Run event batches', 'sp_migrate_event_to_v2('],
  ['Run user migration', 'sp_migrate_user_to_v2('],
  ['Run item migration', 'sp_migrate_item_to_v2('],
  ['Run session migration', 'sp_migrate_session_to_v2('],
  ['Read the clickstream log', 'read-log-ends'],
  ['Run base view ranges', 'clickstream_event_base_view_sp('],
  ['Run reconciliation checks', '-check-users.'],
];

describe('the data migration, stopped in any state', () => {
  let migration: string;
  beforeAll(() => {
    migration = synthesize('clickstream');
  });

  it.each(STATES)('%s', async (_, text) => {
    const cloud = await startCloud({
      assemblyDir: migration,
      scenarioDir: variant(CLICKSTREAM, { sql: addApps(1, 300) }),
      clock: 'virtual',
      rows: 0,
      faults: [`kind=delay,sql=${text},seconds=200,nth=1`],
    });
    const arn = start(cloud, 'example-clickstream-data-migration', {
      appIds: ['app01'],
      migration: { days: 30, batchDays: 15, baseViewBatchHours: 720 },
    });
    await submitted(cloud, text);
    await cloud.clock.sleep(20_000);
    expect((await ran(cloud, text)).at(-1)!.status).toBe('running');
    expect(await stopAndWait(cloud, arn)).toBeLessThanOrEqual(60);
    cloud.engine.redrive(arn);
    const { status, cause } = await cloud.engine.finished(arn);
    expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
    expect(twoAtOnce(await ran(cloud, ''))).toEqual([]);
    expect(await cloud.query(DIFFERENCES)).toEqual([{ missing: 0, twice: 0 }]);
  });
});
