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
    pipeline: { machines: { schema: arnOf(MACHINES.schema), metrics: arnOf(MACHINES.metrics) } },
  };
  return { cloud, input };
}

const executions = (cloud: Cloud, name: string) =>
  cloud.engine
    .listExecutions({ stateMachineArn: arnOf(name), maxResults: 100 })
    .items.map((one) => [one.name.split('-')[0], one.status]);

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
  const rows = await cloud.query(
    `select 'shop' as app, count(*)::int as days from shop.refresh_mv_sp_status where triggerred_by = 'MANUALLY'
     union all select 'order', count(*)::int from "order".refresh_mv_sp_status where triggerred_by = 'MANUALLY'`,
  );
  expect(rows).toEqual([
    { app: 'shop', days: 4 },
    { app: 'order', days: 4 },
  ]);
});
