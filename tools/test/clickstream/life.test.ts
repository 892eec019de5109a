// Life of a pipeline: events arrive, jobs take them, loads bring them into the tables. What an upgrade
// may lose on the way is really lost here, and the scenario's own count says so.

import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { World } from './world';

const LOAD = 'ClickstreamLoadDataWorkflow';
const TABLE = 'Clickstream-DataModelingRedshift-5f2c8e1a-FileStatus4D1C2B3A-7Q2MN4B6V8C0';
let world: World;

beforeEach(async () => {
  world = await World.start('clickstream-pipeline-upgrade');
});
afterEach(() => world.stop());

const lost = () => world.number('select count(*) from scenario.lost()');
const doubled = () => world.number('select count(*) from scenario.doubled()');

async function disable(part: string): Promise<void> {
  const events = new EventBridgeClient(world.clientConfig);
  const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: 'Clickstream-' }));
  const { Name } = Rules.find((rule) => rule.Name?.includes(part))!;
  await events.send(new DisableRuleCommand({ Name }));
  events.destroy();
}

/** Records of files by `job_status`. */
async function records(): Promise<string[]> {
  const dynamo = new DynamoDBClient(world.clientConfig);
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: TABLE }));
  dynamo.destroy();
  return [...new Set(Items.map((item) => item.job_status?.S ?? ''))].sort();
}

it('brings what arrives into the legacy tables, each event once', async () => {
  await world.minutes(205);
  expect(await world.number('select count(*) from scenario.arrivals')).toBe(120);
  expect(
    await world.number(`select count(*) from scenario.arrivals as a where exists
      (select from shop.event as e where e.event_id = a.event_id)`),
  ).toBe(51);
  expect(world.executions(LOAD).map(({ status }) => status)).toEqual(Array(3).fill('SUCCEEDED'));
  expect(await records()).toEqual([]);
  expect([await lost(), await doubled()]).toEqual([0, 0]);
});

it('starts no job while the rule is disabled, and the next one takes all that waited', async () => {
  await disable('jobSubmitter');
  await world.minutes(205);
  expect(world.executions(LOAD)).toEqual([]);
  expect(await lost()).toBe(0);
  expect(await world.number('select count(*) from scenario.arrivals where job is null')).toBe(120);
});

it('keeps files that nobody loads in the table of files', async () => {
  await disable('EmrServerlessJobSuccess');
  await world.minutes(70);
  expect(await records()).toEqual(['event#NEW', 'event_parameter#NEW', 'item#NEW', 'user#NEW']);
  expect(await lost()).toBe(0);
});

it('loses legacy files that are left when the pipeline is upgraded', async () => {
  await disable('EmrServerlessJobSuccess');
  await world.minutes(70);
  await Promise.all(['shop', 'order'].map((app) => world.setZone(app)));
  expect(await lost()).toBe(0);
  await world.upgrade();
  await world.until(async () => (await world.pipeline()).statusType === 'Active');
  expect(await lost()).toBe(30);
  expect(await records()).toContain('event#NEW');
});

it('does not hear of a job that ends in the application of the version before', async () => {
  await Promise.all(['shop', 'order'].map((app) => world.setZone(app)));
  await world.minutes(59);
  await world.upgrade();
  await world.until(async () => (await world.pipeline()).statusType === 'Active');
  await world.minutes(10);
  expect(world.cloud.emr.jobs.named('Clickstream-my_project_ab12')).toHaveLength(2);
  expect(await records()).toContain('event#NEW');
  expect(await lost()).toBeGreaterThan(0);
});
