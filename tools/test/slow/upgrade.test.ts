// The whole upgrade while events arrive all the time: what a user of the pipeline would notice of it, and
// what becomes of a run that is stopped, given up or taken over half-way.

import type { Cloud } from '../../rehearsal/cloud';
import {
  CLICKSTREAM,
  enteredStates,
  removeAssemblies,
  runOf,
  start,
  startCloud,
  stopClouds,
  synthesize,
} from './support';

const MACHINE = 'clickstream-upgrade';
const INPUT = {
  appIds: ['shop'],
  targetVersion: '1.1.15',
  pipeline: { timezones: { shop: 'Europe/Berlin', order: 'Asia/Tokyo' } },
  migration: { days: 30, batchDays: 15, baseViewBatchHours: 240, capacityRpus: 64 },
  cleanup: { dropLegacy: true },
};
const MINUTE = 60_000;
let assemblyDir: string;
let byHandDir: string;

beforeAll(() => {
  assemblyDir = synthesize('clickstream', { APP_IDS: 'shop,order' });
  byHandDir = synthesize('clickstream', { APP_IDS: 'shop,order', TOKEN: 'none' });
});
afterEach(stopClouds);
afterAll(removeAssemblies);

/** An account in which events have arrived and were loaded for an hour. */
async function living(assembly = assemblyDir): Promise<Cloud> {
  const where = { assemblyDir: assembly, scenarioDir: CLICKSTREAM, machine: MACHINE };
  const cloud = await startCloud({ ...where, clock: 'virtual', rows: 200 });
  await cloud.clock.sleep(60 * MINUTE);
  return cloud;
}

/** Approves each gate a little after it asks; `before` is what the person does first. */
function approving(cloud: Cloud, arn: string, before: (gate: string) => void = () => {}) {
  const { engine } = cloud;
  return cloud.onNotice(({ subject = '' }) => {
    const [, gate] = /asks: (\S+)/.exec(subject) ?? [];
    if (gate === undefined) return;
    before(gate);
    const input = { run: runOf(cloud, arn), gate, answer: 'approve', by: 'Ada', reason: 'read it' };
    const stateMachineArn = cloud.machineArn('example-clickstream-answer');
    engine.start({ stateMachineArn, input: JSON.stringify(input) });
  });
}

const count = async (cloud: Cloud, sql: string): Promise<number> =>
  Number(Object.values((await cloud.query(`select count(*) as n from ${sql}`))[0]!)[0]);

/** Events that arrived before the last job began, which one does every hour, and are not in the new table once. */
const WRONG = `scenario.arrivals a where a.app = 'shop' and a.happened_at < rehearsal.now() - interval '90 minutes'
  and (select count(*) from shop.event_v2 v where v.event_id = a.event_id) <> 1`;
const UNMIGRATED = `scenario.made m where m.app = 'shop'
  and (select count(*) from shop.event_v2 v where v.event_id = m.event_id) <> 1`;

/** After some hours of life: every event that arrived, before, during and after the upgrade, is there once. */
async function expectEveryEventOnce(cloud: Cloud): Promise<void> {
  await cloud.clock.sleep(180 * MINUTE);
  expect(await count(cloud, 'scenario.lost()')).toBe(0);
  expect(await count(cloud, WRONG)).toBe(0);
  expect(await count(cloud, UNMIGRATED)).toBe(0);
  expect(await count(cloud, 'scenario.doubled()')).toBe(0);
  expect(cloud.problems).toEqual([]);
}

/** What a run may hold still, or change for a while. */
const things = (cloud: Cloud): unknown => {
  const { group, desired, scaling } = cloud.ingestion[0]!;
  const rules = cloud.bus.rulesIn(cloud.region).filter(({ disabled }) => disabled);
  return {
    disabled: rules.map(({ arn }) => arn),
    sizes: [group.min, group.max, group.desired, desired, scaling],
  };
};

test('sampled throughout: no event is lost or doubled, and never are there fewer healthy servers', async () => {
  const cloud = await living();
  const before = structuredClone(things(cloud));
  const samples: number[][] = [];
  const arn = start(cloud, `example-${MACHINE}`, INPUT);
  const silence = approving(cloud, arn);
  let over = false;
  const end = cloud.engine.finished(arn).finally(() => {
    over = true;
  });
  while (!over) {
    const lost = await count(cloud, 'scenario.lost()');
    const doubled = await count(cloud, 'scenario.doubled()');
    samples.push([lost, doubled, cloud.ingestion[0]!.healthy]);
    await Promise.race([end, cloud.clock.sleep(20_000)]);
  }
  silence();
  const { status, cause } = await end;
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  expect(samples.length).toBeGreaterThan(50);
  expect(samples.filter(([lost, doubled]) => lost! + doubled! > 0)).toEqual([]);
  expect(cloud.ingestion[0]!.least()).toBe(2);
  expect(things(cloud)).toEqual(before);
  await expectEveryEventOnce(cloud);
}, 300_000);

test('without a token the gate asks for Upgrade in the console, and what a person began there is followed', async () => {
  const cloud = await living(byHandDir);
  const { clickstream } = cloud;
  const arn = start(cloud, `example-${MACHINE}`, { ...INPUT, cleanup: { dropLegacy: false } });
  const press = (gate: string) => {
    if (gate !== 'pipeline-upgrade') return;
    for (const [app, zone] of Object.entries(INPUT.pipeline.timezones)) {
      clickstream!.pipeline.zones.set(app, zone);
    }
    clickstream!.pipeline.upgrade();
  };
  const silence = approving(cloud, arn, press);
  const { status, cause } = await cloud.engine.finished(arn);
  silence();
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  expect(clickstream!.pipeline.status).toBe('Active');
  await expectEveryEventOnce(cloud);
}, 300_000);

/** States of all phases in which something has begun that must not be left behind. */
const STATES = [
  'Wait for loads on their way',
  'Take a snapshot of the warehouse',
  'Ask about the change set of the console',
  'Follow the update of the console',
  'Follow the upgrade of the pipeline',
  "Follow the schema's SQL",
  'Run the SQL without Python functions',
  'Start new ingestion servers',
  'Run event batches',
  'Recalculate the metrics',
  'Ask at gate cleanup',
];

/** Stops a run while it is in a state. */
async function stoppedIn(cloud: Cloud, state: string): Promise<string> {
  const arn = start(cloud, `example-${MACHINE}`, INPUT);
  const silence = approving(cloud, arn);
  while (!enteredStates(cloud, arn).includes(state)) await cloud.clock.sleep(1_000);
  await cloud.clock.sleep(2_000);
  silence();
  cloud.engine.stop(arn);
  await cloud.clock.sleep(2 * MINUTE);
  expect((await cloud.query(RUNNING)).map((row) => row.query_text)).toEqual([]);
  return arn;
}
const RUNNING = `select query_text from rehearsal.query_history
  where end_time is null and query_text like '/*%'`;

test.each(STATES)(
  'stopped in "%s" and redriven: the upgrade ends as if it had not been',
  async (state) => {
    const cloud = await living();
    const before = structuredClone(things(cloud));
    const arn = await stoppedIn(cloud, state);
    const silence = approving(cloud, arn);
    cloud.engine.redrive(arn);
    const { status, cause } = await cloud.engine.finished(arn);
    silence();
    expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
    expect(things(cloud)).toEqual(before);
    await expectEveryEventOnce(cloud);
  },
  300_000,
);

/** Those of them in which a run holds something. */
const HOLDING = STATES.filter((state) => /^(Wait|Follow|Start|Run the SQL)/.test(state));

test.each(HOLDING)(
  'stopped in "%s" and given up, nothing is held; a new run does the rest',
  async (state) => {
    const cloud = await living();
    const before = structuredClone(things(cloud));
    const arn = await stoppedIn(cloud, state);
    const release = start(cloud, 'example-clickstream-release', { run: runOf(cloud, arn) });
    const given = await cloud.engine.finished(release);
    expect([given.status, given.cause]).toEqual(['SUCCEEDED', undefined]);
    await cloud.clock.sleep(10 * MINUTE);
    expect(things(cloud)).toEqual(before);
    const again = start(cloud, `example-${MACHINE}`, INPUT);
    const silence = approving(cloud, again);
    const { status, cause } = await cloud.engine.finished(again);
    silence();
    expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
    await expectEveryEventOnce(cloud);
  },
  300_000,
);
