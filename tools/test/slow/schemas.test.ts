// The schemas of a pipeline that was just upgraded, on a Redshift that refuses functions in Python, and the
// metrics after them: the solution's own machines, SQL and functions, ours beside them.

import type { Cloud } from '../../rehearsal/cloud';
import {
  arm,
  CLICKSTREAM,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  synthesize,
  until,
} from './support';

const MACHINES = {
  schema: 'CreateApplicationSchemasSQLExecutionStateMachineE2B1C7A4-Qf3kTz8LmW2a',
  metrics: 'RefreshMaterializedViewsWorkflowRefreshMVStateMachine2F1D9C3A-xR7tY2uI9oP4',
};
let assemblyDir: string;

beforeAll(() => {
  assemblyDir = synthesize('schemas');
});
afterEach(stopClouds);
afterAll(removeAssemblies);

const arnOf = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;

/** A cloud whose pipeline has been upgraded, and the input of the machine. */
async function upgraded(faults: readonly string[] = []) {
  const cloud = await startCloud({
    assemblyDir,
    scenarioDir: CLICKSTREAM,
    machine: 'clickstream-pipeline-upgrade',
    clock: 'virtual',
    rows: 50,
  });
  const { pipeline } = cloud.clickstream!;
  for (const app of ['shop', 'order']) pipeline.zones.set(app, 'Asia/Tokyo');
  const since = new Date(cloud.clock.now()).toISOString();
  pipeline.upgrade();
  await until(cloud, () => pipeline.status === 'Active');
  for (const fault of faults) arm(cloud, fault);
  const input = {
    since,
    appIds: ['shop', 'order'],
    migration: { days: 3 },
    metrics: { recalculate: true },
    pipeline: {
      appIds: ['shop', 'order'],
      machines: { schema: arnOf(MACHINES.schema), metrics: arnOf(MACHINES.metrics) },
    },
  };
  return { cloud, input };
}

const executions = (cloud: Cloud, name: string) =>
  cloud.engine
    .listExecutions({ stateMachineArn: arnOf(name), maxResults: 100 })
    .items.map((one) => [one.name.split('-')[0], one.status]);

/** Daily rows of the recalculation, by application. */
const DAYS = `select 'shop' as app, count(distinct refresh_date)::int as days from shop.refresh_mv_sp_status where triggerred_by = 'MANUALLY'
  union all select 'order', count(distinct refresh_date)::int from "order".refresh_mv_sp_status where triggerred_by = 'MANUALLY'`;
const EVERY_DAY = [
  { app: 'shop', days: 4 },
  { app: 'order', days: 4 },
];

test('refused functions in Python: the edited list is run, verified object by object, and metrics have rows', async () => {
  const { cloud, input } = await upgraded();
  const arn = start(cloud, 'schemas-schemas', input);
  const end = await cloud.engine.finished(arn);
  expect([end.status, end.cause]).toEqual(['SUCCEEDED', undefined]);
  expect(executions(cloud, MACHINES.schema).sort()).toEqual([
    ['order', 'FAILED'],
    ['run', 'SUCCEEDED'],
    ['run', 'SUCCEEDED'],
    ['shop', 'FAILED'],
  ]);
  await expect(cloud.query(DAYS)).resolves.toEqual(EVERY_DAY);
});

test('deaths and lost answers around each call that starts something: every execution once', async () => {
  const { cloud, input } = await upgraded([
    'kind=kill,when=before,task=FollowSchema,operation=StartExecution,nth=1',
    'kind=kill,when=after,task=FollowSchema,operation=StartExecution,nth=2',
    'kind=lost-answer,task=FollowSchema,operation=StartExecution,nth=3',
    'kind=kill,when=after,task=RecalculateMetrics,operation=StartExecution,nth=1',
  ]);
  const arn = start(cloud, 'schemas-schemas', input);
  let end = await cloud.engine.finished(arn);
  // A function that died fails its state: an operator redrives.
  for (let n = 0; n < 4 && end.status === 'FAILED'; n += 1) {
    cloud.engine.redrive(arn);
    end = await cloud.engine.finished(arn);
  }
  expect([end.status, end.cause]).toEqual(['SUCCEEDED', undefined]);
  const started = executions(cloud, MACHINES.schema).filter(([app]) => app === 'run');
  expect(started).toEqual([
    ['run', 'SUCCEEDED'],
    ['run', 'SUCCEEDED'],
  ]);
  expect(executions(cloud, MACHINES.metrics)).toEqual([['run', 'SUCCEEDED']]);
  await expect(cloud.query(DAYS)).resolves.toEqual(EVERY_DAY);
});

test('what fails in the edited list and in the metrics is named, and each goes on after a redrive', async () => {
  const { cloud, input } = await upgraded([
    'kind=error,sql=shop".sp_migrate_item_to_v2(,message=disk full,nth=1',
    'kind=error,sql=call "order".clickstream_engagement_kpi_sp,message=out of memory,nth=1',
  ]);
  const arn = start(cloud, 'schemas-schemas', input);
  const first = await cloud.engine.finished(arn);
  expect(first.cause).toMatch(
    /application shop: element \d+ of the schema’s edited SQL failed.*disk full/s,
  );
  cloud.engine.redrive(arn);
  const second = await cloud.engine.finished(arn);
  expect(second.cause).toMatch(/recalculation of metrics in .* ended FAILED: .*then redrive/s);
  cloud.engine.redrive(arn);
  const end = await cloud.engine.finished(arn);
  expect([end.status, end.cause]).toEqual(['SUCCEEDED', undefined]);
  const started = executions(cloud, MACHINES.schema).filter(([app]) => app === 'run');
  expect(started).toHaveLength(2);
  await expect(cloud.query(DAYS)).resolves.toEqual(EVERY_DAY);
});
