// A migration that has stopped loads and raised the capacity is itself stopped, in any of its states: given
// up, everything is as before the run; redriven, it is so at its end. One account for all of them, as on
// AWS, where what one run leaves behind is in the way of the next.

import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetWorkgroupCommand, RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import type { Cloud } from '../../rehearsal/cloud';
import {
  addApps,
  arm,
  CLICKSTREAM,
  enteredStates,
  ran,
  removeAssemblies,
  runOf,
  start,
  startCloud,
  stopClouds,
  synthesize,
  variant,
} from './support';

const RULES = [
  'Clickstream-DataProcessing-jobSubmitterScheduler-1XK3W9QZ7L2M',
  'Clickstream-DataProcessing-partitionSyncerScheduler-5TY8U2IO4P6A',
];
/** Somebody has disabled this one before: giving back is not enabling. */
const OFF = RULES[1]!;
const BEFORE = { [RULES[0]!]: 'ENABLED', [OFF]: 'DISABLED', capacity: 128 };

const INPUT = {
  appIds: ['app01'],
  migration: { days: 30, batchDays: 15, baseViewBatchHours: 720, capacityRpus: 256 },
};
const slow = (where: string) => `kind=delay,${where},seconds=60,nth=1`;
/** States, and what makes them take their time. */
const STATES: Readonly<Record<string, string>> = {
  'Check the warehouse': slow('sql=preflight-rows'),
  'Read the pipeline': slow('task=ReadPipeline,operation=ListStackResources'),
  'Stop new loads': slow('task=Quiesce,operation=DisableRule'),
  'Wait for loads on their way': slow('task=AwaitLoads,operation=ListJobRuns'),
  'Raise the capacity of the warehouse': slow('task=Quiesce,operation=UpdateWorkgroup'),
  'Run event batches': slow('sql=sp_migrate_event_to_v2('),
  'Run user migration': slow('sql=sp_migrate_user_to_v2('),
  'Run item migration': slow('sql=sp_migrate_item_to_v2('),
  'Run session migration': slow('sql=sp_migrate_session_to_v2('),
  'Read the clickstream log': slow('sql=read-log-ends'),
  'Run base view ranges': slow('sql=clickstream_event_base_view_sp('),
  'Run reconciliation checks': slow('sql=-check-users.'),
  'Let loads begin again': slow('task=RestoreQuiesced,operation=UpdateWorkgroup'),
};
const NAMES = Object.keys(STATES);
/** States in which rules and capacity are held; while they are given back, some are and some are not. */
const HELD = NAMES.filter((name) => /^Run |^Read the click/.test(name));

/** Redriven in states of the migration itself: stop.test.ts. */
const REDRIVEN = NAMES.filter((name) => !HELD.includes(name));

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({
    assemblyDir: synthesize('clickstream'),
    scenarioDir: variant(CLICKSTREAM, { sql: addApps(1, 300) }),
    clock: 'virtual',
    rows: 0,
  });
  cloud.bus.rulesIn(cloud.region).find(({ arn }) => arn.endsWith(OFF))!.disabled = true;
});
afterAll(async () => {
  await stopClouds();
  removeAssemblies();
});

/** The things a run may hold still, as their services show them. */
async function things(): Promise<Record<string, unknown>> {
  const { endpointUrl: endpoint, region, operatorCredentials: credentials } = cloud;
  const settings = { endpoint, region, credentials, maxAttempts: 1 };
  const [events, redshift] = [
    new EventBridgeClient(settings),
    new RedshiftServerlessClient(settings),
  ];
  const seen: Record<string, unknown> = {};
  for (const Name of RULES) {
    seen[Name] = (await events.send(new DescribeRuleCommand({ Name }))).State;
  }
  const workgroupName = 'clickstream-my-project-ab12';
  const { workgroup } = await redshift.send(new GetWorkgroupCommand({ workgroupName }));
  for (const client of [events, redshift]) client.destroy();
  return { ...seen, capacity: workgroup!.baseCapacity };
}

/** Stops a migration while it is in a state, and looks two minutes later. */
async function stoppedIn(state: string): Promise<string> {
  arm(cloud, STATES[state]!);
  const arn = start(cloud, 'example-clickstream-data-migration', INPUT);
  while (!enteredStates(cloud, arn).includes(state)) await cloud.clock.sleep(5_000);
  await cloud.clock.sleep(10_000);
  expect(cloud.engine.describeExecution(arn).status).toBe('RUNNING');
  cloud.engine.stop(arn);
  await cloud.clock.sleep(120_000);
  expect((await ran(cloud, '')).filter(({ status }) => status === 'running')).toEqual([]);
  return arn;
}

it.each(NAMES)('stopped in "%s" and given up', async (state) => {
  expect(await things()).toEqual(BEFORE);
  const arn = await stoppedIn(state);
  const held = await things();
  const asHeld = { ...BEFORE, [RULES[0]!]: 'DISABLED', capacity: 256 };
  expect(HELD.includes(state) ? held : asHeld).toEqual(asHeld);
  const release = start(cloud, 'example-clickstream-release', { run: runOf(cloud, arn) });
  const { status, cause } = await cloud.engine.finished(release);
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  expect(await things()).toEqual(BEFORE);
});

it.each(REDRIVEN)('stopped in "%s" and redriven', async (state) => {
  const arn = await stoppedIn(state);
  cloud.engine.redrive(arn);
  const { status, cause } = await cloud.engine.finished(arn);
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  expect(await things()).toEqual(BEFORE);
});
