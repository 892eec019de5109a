// Twenty applications, three of which fail at different places: the others are not disturbed, neither
// by the failures nor by the redrive.

import type { Cloud } from '../../rehearsal/cloud';
import {
  addApps,
  CLICKSTREAM,
  ids,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  synthesize,
  variant,
} from './support';

const APPS = 20;
const FAILING: Readonly<Record<string, string>> = {
  app03: 'sp_migrate_event_to_v2(',
  app09: 'sp_migrate_user_to_v2(',
  app20: 'clickstream_event_base_view_sp(',
};
const HEALTHY = ids(APPS).filter((app) => !(app in FAILING));

afterEach(stopClouds);
afterAll(removeAssemblies);

/** Statements the warehouse ran for each application, and migrated events that are in its base view. */
async function perApp(cloud: Cloud) {
  const statements: Record<string, number> = {};
  const events: Record<string, unknown> = {};
  for (const app of ids(APPS)) {
    const [row] = await cloud.query(
      `select (select count(*)::int from rehearsal.query_history
          where strpos(query_text, '"${app}".') > 0) as statements,
        (select count(distinct event_id)::int from ${app}.clickstream_event_base_view) as events`,
    );
    statements[app] = Number(row!.statements);
    events[app] = row!.events;
  }
  return { statements, events };
}

/** How many children each Map Run of the applications started, oldest first. */
const childrenOf = (cloud: Cloud, arn: string): number[] =>
  cloud.engine
    .listMapRuns(arn, { maxResults: 100 })
    .items.map(
      ({ mapRunArn }) =>
        cloud.engine.listExecutions({ mapRunArn: String(mapRunArn), maxResults: 100 }).items.length,
    )
    .reverse();

it('three fail, seventeen finish, one error names the three; the redrive starts three', async () => {
  const cloud = await startCloud({
    assemblyDir: synthesize('clickstream', { APPS: String(APPS) }),
    scenarioDir: variant(CLICKSTREAM, { sql: addApps(APPS, 100) }),
    clock: 'virtual',
    rows: 0,
    faults: Object.entries(FAILING).map(
      ([app, call]) => `kind=error,sql="${app}".${call},nth=1,message=disk full for ${app}`,
    ),
  });
  const arn = start(cloud, 'example-clickstream-data-migration', {
    appIds: ids(APPS),
    migration: { days: 30, batchDays: 30, baseViewBatchHours: 720 },
    quietPeriod: false,
  });
  const failed = await cloud.engine.finished(arn);
  expect([failed.status, failed.error]).toEqual(['FAILED', 'ItemsLeftError']);
  expect(failed.cause).toContain('3 of 20 items');
  for (const app of Object.keys(FAILING)) {
    expect(failed.cause).toMatch(new RegExp(`${app}: [^|]*disk full for ${app}`));
  }
  for (const app of HEALTHY) expect(failed.cause).not.toContain(app);
  const before = await perApp(cloud);
  for (const app of HEALTHY) expect(before.events[app]).toBe(100);

  cloud.engine.redrive(arn);
  const ended = await cloud.engine.finished(arn);
  expect([ended.status, ended.cause]).toEqual(['SUCCEEDED', undefined]);
  expect(childrenOf(cloud, arn)).toEqual([20, 3]);
  const after = await perApp(cloud);
  for (const app of HEALTHY) expect(after.statements[app]).toBe(before.statements[app]);
  for (const app of ids(APPS)) expect(after.events[app]).toBe(100);
  process.stdout.write(
    `figure: 20 apps, ${cloud.counters.statements.submitted} statements, ` +
      `${Object.values(before.statements).reduce((a, b) => a + b)} on applications before the redrive and ` +
      `${Object.values(after.statements).reduce((a, b) => a + b)} after it\n`,
  );
});
