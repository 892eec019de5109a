// The metrics recalculation of the solution: what it does, and when it succeeds without doing anything.

import { GetExecutionHistoryCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { World } from './world';

const METRICS = 'RefreshMaterializedViewsWorkflowRefreshMVStateMachine';
const DAY = 86_400_000;
let world: World;
let sfn: SFNClient;

beforeEach(async () => {
  world = await World.start();
  sfn = new SFNClient(world.clientConfig);
});
afterEach(async () => {
  sfn.destroy();
  await world.stop();
});

async function begin(input: object): Promise<string> {
  const { engine } = world.cloud;
  const found = engine.stateMachines().find(({ name }) => name.startsWith(METRICS))!;
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: found.arn, input: JSON.stringify(input) }),
  );
  return executionArn!;
}

const shop = { timezoneWithAppIdList: [{ appId: 'shop', timezone: 'Asia/Tokyo' }] };
const statusOf = (arn: string) => world.cloud.engine.describeExecution(arn).status;
const rows = () =>
  world.cloud.query(
    `select refresh_name as name, triggerred_by as by, refresh_date::text as day
     from shop.refresh_mv_sp_status order by refresh_date`,
  );

async function ended(arn: string): Promise<string> {
  await world.until(() => statusOf(arn) !== 'RUNNING');
  return statusOf(arn);
}

/** `count` days up to a fixed noon, in UTC. */
function days(count: number) {
  const refreshEndTime = Math.floor(world.cloud.clock.now() / DAY) * DAY + DAY / 2;
  return { refreshStartTime: refreshEndTime - (count - 1) * DAY, refreshEndTime };
}

it('works through views and procedures, and writes a row a day', async () => {
  const window = days(3);
  expect(await ended(await begin({ ...window, ...shop }))).toBe('SUCCEEDED');
  const name = 'clickstream_device_user_device_sp';
  expect(await rows()).toEqual(
    [2, 1, 0].map((back) => ({
      name,
      by: 'MANUALLY',
      day: new Date(window.refreshEndTime - back * DAY).toISOString().slice(0, 10),
    })),
  );
  expect(
    await world.number(
      `select count(distinct query_text) from rehearsal.query_history
       where query_text like 'call "shop".clickstream\\_%\\_sp(''%'`,
    ),
  ).toBe(16);
});

it('succeeds at once while another one runs, and does nothing', async () => {
  const first = await begin({ ...days(1), ...shop });
  const second = await begin({ ...days(1), ...shop });
  await world.minutes(0.1);
  expect(await ended(second)).toBe('SUCCEEDED');
  expect(statusOf(first)).toBe('RUNNING');
  expect(await ended(first)).toBe('SUCCEEDED');
  expect(await rows()).toHaveLength(1);
});

it.each([
  ['an empty list of applications', { timezoneWithAppIdList: [] }],
  ['the mode none', { ...shop, refreshMode: 'none' }],
  ['the mode for views only', { ...shop, refreshMode: 'no_report' }],
])('succeeds with %s, and writes no row', async (_, more) => {
  expect(await ended(await begin({ ...days(1), ...more }))).toBe('SUCCEEDED');
  expect(await rows()).toEqual([]);
});

it('fails without an end: the first procedure gets no date', async () => {
  const executionArn = await begin(shop);
  expect(await ended(executionArn)).toBe('FAILED');
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
  );
  expect(events[0]?.executionFailedEventDetails).toEqual({
    error: 'Refresh View Job FAILED',
    cause: 'Refresh SP Job FAILED',
  });
});

it('skips days a scheduled one has done when it is told not to force them', async () => {
  const scheduled = { ...days(1), ...shop, forceRefresh: 'false' };
  await ended(await begin(scheduled));
  await ended(await begin(scheduled));
  expect((await rows()).map(({ by }) => by)).toEqual(['WORK_FLOW']);
  await ended(await begin({ ...days(1), ...shop }));
  expect((await rows()).map(({ by }) => by)).toEqual(['WORK_FLOW', 'MANUALLY']);
});
