// A run that failed half way is continued by a new execution of a changed definition, or given up.

import type { Cloud } from '../../rehearsal/cloud';
import {
  addApps,
  CLICKSTREAM,
  ran,
  removeAssemblies,
  runOf,
  start,
  startCloud,
  stopClouds,
  successes,
  synthesize,
  variant,
} from './support';

const MACHINE = 'example-clickstream-data-migration';
const INPUT = {
  appIds: ['app01'],
  migration: { days: 30, batchDays: 10, baseViewBatchHours: 240 },
};
/** The second window of events fails: its procedure is refused once. */
const HALF_WAY = 'kind=error,sql=sp_migrate_event_to_v2(,nth=2,message=disk full';
let released: string;
let changed: string;

beforeAll(() => {
  released = synthesize('clickstream');
  changed = synthesize('clickstream', { CHANGE: '1' });
});
afterEach(stopClouds);
afterAll(removeAssemblies);

const cloudWith = (...faults: string[]) =>
  startCloud({
    assemblyDir: released,
    scenarioDir: variant(CLICKSTREAM, { sql: addApps(1, 600) }),
    clock: 'virtual',
    rows: 0,
    faults,
  });

/** What the migration wrote, without the columns that say when. */
async function written(cloud: Cloud): Promise<Record<string, unknown>> {
  const keys = {
    event_v2: 'event_id, event_name, platform',
    user_v2: 'user_pseudo_id, user_id, first_traffic_source',
    item_v2: 'event_id, item_id, price, quantity',
    session: 'user_pseudo_id, session_id, session_number',
    clickstream_event_base_view: 'event_id, event_name, session_id',
  };
  const sums: Record<string, unknown> = {};
  for (const [table, columns] of Object.entries(keys)) {
    const [row] = await cloud.query(
      `select count(*)::int as rows, md5(string_agg(k, ' ' order by k)) as sum
       from (select row(${columns})::text as k from app01.${table}) as keys`,
    );
    sums[table] = row;
  }
  return sums;
}

/** Takes the definition a new release would deploy; the functions keep their names. */
async function deploy(cloud: Cloud, assemblyDir: string): Promise<void> {
  const next = await startCloud({ assemblyDir, clock: 'virtual' });
  const { definition } = next.engine.stateMachine(next.machineArn(MACHINE));
  expect(definition).toContain('A state of the new release');
  expect(definition).toContain('Migrate the users');
  cloud.engine.updateStateMachine(cloud.machineArn(MACHINE), definition);
}

it('a new definition continues a failed run and ends with the rows of a clean run', async () => {
  const clean = await cloudWith();
  expect((await clean.engine.finished(start(clean, MACHINE, INPUT))).status).toBe('SUCCEEDED');
  const expected = await written(clean);

  const cloud = await cloudWith(HALF_WAY);
  const a = start(cloud, MACHINE, INPUT);
  const failed = await cloud.engine.finished(a);
  expect([failed.status, failed.error]).toEqual(['FAILED', 'ItemsLeftError']);
  expect(failed.cause).toContain('disk full');
  await deploy(cloud, changed);
  const b = start(cloud, MACHINE, { continueRun: runOf(cloud, a) });
  const ended = await cloud.engine.finished(b);
  expect([ended.status, ended.cause]).toEqual(['SUCCEEDED', undefined]);
  expect(await written(cloud)).toEqual(expected);
  // The window that was done stays done: no batch succeeded twice.
  const calls = successes(await ran(cloud, 'sp_migrate_event_to_v2('));
  expect(new Set(Object.values(calls))).toEqual(new Set([1]));

  const before = [cloud.counters.statements.submitted, await written(cloud)];
  cloud.engine.redrive(a);
  const old = await cloud.engine.finished(a);
  expect([old.status, old.error]).toEqual(['FAILED', 'RunTakenOverError']);
  expect(old.cause).toContain(b);
  expect([cloud.counters.statements.submitted, await written(cloud)]).toEqual(before);
});

it('a second run is refused while the first has failed, until that is given up', async () => {
  const cloud = await cloudWith(HALF_WAY);
  const a = start(cloud, MACHINE, INPUT);
  expect((await cloud.engine.finished(a)).status).toBe('FAILED');
  const run = runOf(cloud, a);

  const second = start(cloud, MACHINE, INPUT);
  const refused = await cloud.engine.finished(second);
  expect([refused.status, refused.error]).toEqual(['FAILED', 'LeaseHeldError']);
  expect(refused.cause).toContain(run);
  expect(refused.cause).toContain(a);

  const release = await cloud.engine.finished(start(cloud, 'example-clickstream-release', { run }));
  expect([release.status, release.cause]).toEqual(['SUCCEEDED', undefined]);
  const before = cloud.counters.statements.submitted;
  cloud.engine.redrive(a);
  const old = await cloud.engine.finished(a);
  expect([old.status, old.error]).toEqual(['FAILED', 'RunReleasedError']);
  expect(cloud.counters.statements.submitted).toBe(before);

  cloud.engine.redrive(second);
  const ended = await cloud.engine.finished(second);
  expect([ended.status, ended.cause]).toEqual(['SUCCEEDED', undefined]);
});

it('a run whose execution is alive is neither continued nor given up', async () => {
  const cloud = await cloudWith('kind=delay,sql=sp_migrate_event_to_v2(,seconds=600,nth=1');
  const a = start(cloud, MACHINE, INPUT);
  await cloud.clock.sleep(60_000);
  const run = runOf(cloud, a);
  const b = await cloud.engine.finished(start(cloud, MACHINE, { continueRun: run }));
  expect(b.cause).toContain('is RUNNING');
  const release = await cloud.engine.finished(start(cloud, 'example-clickstream-release', { run }));
  expect(release.cause).toContain('stop that execution first');
  expect((await cloud.engine.finished(a)).status).toBe('SUCCEEDED');
});
