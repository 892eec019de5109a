// Traps of the upgrade that only a database shows: the runbook's own SQL beside the solution's procedures.

import { join } from 'node:path';
import { readWarehouse } from '../../rehearsal/cloud/account';
import { Harness } from './harness';
import { runFile } from './product-sql';
import { lambda, makeFunctions } from './udf';

const FOLDER = join(__dirname, '../../rehearsal/scenarios/clickstream');
const EVENTS = 100;
let data: Harness;
let apps = 0;
let app: string;

beforeAll(async () => {
  data = await Harness.start({
    rows: EVENTS,
    scenarioSql: readWarehouse({ scenarioDir: FOLDER })!.scenarioSql,
    lambda,
  });
});
afterAll(() => data.stop());

/** An application of its own for each test. */
beforeEach(async () => {
  app = `trap_${++apps}`;
  await data.warehouse.query(`call public.rehearsal_make_app('${app}', ${EVENTS})`);
  await makeFunctions(data, app);
});

const change = (sql: string) => data.warehouse.query(sql.replaceAll('{app}', app));
const call = async (text: string) => (await data.run(`call ${app}.${text}`)).Status;
const file = (name: string, parameters: Record<string, string> = {}) =>
  runFile(data, name, { ids: { schema: app }, parameters });

/** What a check of the reconciliation found. */
async function check(name: string, parameters: Record<string, string> = {}): Promise<number> {
  const [[, expected, actual]] = (await file(name, parameters)) as [[string, string, string]];
  expect(expected).toBe('0');
  return Number(actual);
}

const range = (range_start: string, range_end: string) =>
  file('call-refresh-base-view', { range_start, range_end });

/** An event of now, as a live load brings it: new, and in the base view at once. */
const LIVE = `
  insert into {app}.event_v2 (event_timestamp, event_id, event_time_msec, event_name, project_id,
    app_id, user_pseudo_id, created_time)
  values (getdate(), 'live', extract(epoch from getdate()) * 1000, '_page_view', 'p', '{app}', 'u',
    getdate() + interval '1 minute')`;

it('trap 7: calling clickstream_event_base_view(...) from the guide: there is none, and the call has a name that ends in _sp', async () => {
  const args = "(timestamp '2020-01-01', timestamp '2100-01-01', 1)";
  expect(await call(`clickstream_event_base_view${args}`)).toBe('FAILED');
  expect(await range('2020-01-01 00:00:00', '2100-01-01 00:00:00')).toBeUndefined();
});

it('trap 6: (NULL, NULL, hours) for the base view after live loads resumed: it leaves migrated events out, ranges have them all', async () => {
  await call('sp_migrate_event_to_v2(30)');
  await change(LIVE);
  await range('2020-01-01 00:00:00', '2020-01-02 00:00:00');
  await change(`insert into {app}.clickstream_event_base_view (event_timestamp, event_id, created_time)
    select event_timestamp, event_id, created_time from {app}.event_v2 where event_id = 'live'`);
  await call(`clickstream_event_base_view_sp(null, null, ${24 * 30})`);
  expect(await check('check-base-view', { days: '30' })).toBe(EVENTS);
  await range('2020-01-01 00:00:00', '2100-01-01 00:00:00');
  expect(await check('check-base-view', { days: '30' })).toBe(0);
});

it('trap 9: "done" in the log although a start row has no data left: the check after the run and the one before it see the row', async () => {
  await call('sp_migrate_event_to_v2(1)');
  await change(`update {app}.tmp_backfill_trace
    set status = 'start', min_event_timestamp = 1, max_event_timestamp = 2`);
  expect(await call('sp_migrate_event_to_v2(30)')).toBe('FINISHED');
  const { rows } = await change('select log_msg from {app}.clickstream_log_v2 order by id');
  expect(rows.at(-1).log_msg).toBe('backfill event_v2 is done');
  expect(await check('check-trace')).toBe(1);
  expect(await file('preflight-trace')).toEqual([['1', '1']]);
});

it('trap 37: counting event_v2 rows against event: live rows, copies and older events change no answer, a missing id does', async () => {
  await change(`update {app}.event set event_timestamp = event_timestamp - 86400000::bigint * 60
    where event_id in (select event_id from {app}.event order by event_id limit 3)`);
  await call('sp_migrate_event_to_v2(30)');
  await change(LIVE);
  await change(
    `insert into {app}.event select * from {app}.event order by event_timestamp desc limit 1`,
  );
  const { rows } = await change(`select (select count(*) from {app}.event) -
    (select count(*) from {app}.event_v2) as more`);
  expect(Number(rows[0].more)).not.toBe(0);
  expect(await check('check-events', { days: '30' })).toBe(0);
  expect(await check('check-duplicates', { days: '30' })).toBe(0);
  await change(`delete from {app}.event_v2 where event_id =
    (select max(event_id) from {app}.event_v2 where event_id <> 'live')`);
  expect(await check('check-events', { days: '30' })).toBe(1);
  await change(`insert into {app}.event_v2 select * from {app}.event_v2 where event_id =
    (select max(event_id) from {app}.event_v2 where event_id <> 'live')`);
  expect(await check('check-duplicates', { days: '30' })).toBe(1);
});

it('trap 38: sorting the log by id: the end that came later counts, whatever its id', async () => {
  await change(`insert into {app}.clickstream_log_v2 (id, log_name, log_level, log_msg, log_date)
    overriding system value values
    (9000, 'sp_migrate_user_to_v2', 'error', 'error message:x', '2026-01-01 00:00:01'),
    (8000, 'sp_migrate_user_to_v2', 'info', 'backfill user_v2 is done', '2026-01-01 00:00:02')`);
  const ends = await file('read-log-ends', { since: '2026-01-01 00:00:00' });
  expect(ends).toContainEqual([
    'sp_migrate_user_to_v2',
    '2026-01-01 00:00:01',
    '2026-01-01 00:00:02',
    '1',
    'error message:x',
  ]);
});
