// The solution upgrades its pipeline as the console's workflow does, seen from outside: by the console's
// API, by CloudFormation's tags, by the executions of its state machines.

import { TARGET, World } from './world';

const SCHEMA = 'CreateApplicationSchemasSQLExecutionStateMachine';
let world: World;

beforeAll(async () => {
  world = await World.start('clickstream-pipeline-upgrade');
}, 60_000);
afterAll(() => world.stop());

it('is upgraded level by level, and its schemas come after', async () => {
  const before = await world.pipeline();
  expect(before.statusType).toBe('Active');
  expect(before.templateInfo.isLatest).toBe(false);
  await world.setZone('shop');
  await world.setZone('order');
  expect((await world.upgrade()).status).toBe(201);
  await world.until(async () => (await world.pipeline()).statusType !== 'Updating');
  const after = await world.pipeline();
  expect(after.stackDetails.map((s) => s.stackTemplateVersion)).toEqual(Array(6).fill(TARGET));
  expect(after.statusType).toBe('Active');
  await world.until(() => world.executions(SCHEMA).every(({ status }) => status !== 'RUNNING'));
  await world.minutes(200);
}, 120_000);
