// The scenario's procedures behave as those of Clickstream Analytics on AWS do: what they log, what
// they commit, which errors they swallow. Every log text stands here to the letter.

import { join } from 'node:path';
import { readWarehouse } from '../../rehearsal/cloud/account';
import type { SqlFault } from '../../rehearsal/warehouse/runner';
import { Harness, STRANGER } from './harness';
import { lambda, makeFunctions } from './udf';

const FOLDER = join(__dirname, '../../rehearsal/scenarios/clickstream');
const EVENTS = 600;
const DONE = '----done---------------------------- ';
let data: Harness;
let fault: SqlFault | undefined;
let apps = 0;

beforeAll(async () => {
  data = await Harness.start({
    rows: EVENTS,
    scenarioSql: readWarehouse({ scenarioDir: FOLDER })!.scenarioSql,
    faults: { beforeStatement: () => fault },
    lambda,
  });
});

afterAll(() => data.stop());
afterEach(() => {
  fault = undefined;
});

/** A new app, so that tests do not meet. */
async function makeApp(events: number | null = EVENTS): Promise<string> {
  const app = `app_${++apps}`;
  await data.warehouse.query(`call public.rehearsal_make_app('${app}', ${events})`);
  await makeFunctions(data, app);
  return app;
}

/** The log as `level text`, numbers of days and milliseconds left out. */
async function log(app: string, name = '%'): Promise<string[]> {
  const { rows } = await data.warehouse.query(
    `select log_level || ' ' || regexp_replace(log_msg, '(n_days_ago_msec: |timestamp:)\\d+', '\\1<n>', 'g')
       as line from ${app}.clickstream_log_v2 where log_name like $1 order by id`,
    [name],
  );
  return rows.map(({ line }) => line);
}

const value = async (sql: string) => Object.values((await data.warehouse.query(sql)).rows[0])[0];
const count = async (sql: string) => Number(await value(`select count(*) from ${sql}`));

describe('the legacy data', () => {
  it('holds the events asked for, inside the last 30 days, with their parameters', async () => {
    expect(await count('shop.event')).toBe(EVENTS);
    expect(await count('shop.event_parameter')).toBeGreaterThan(3.5 * EVENTS);
    expect(
      await count(`shop.event where event_timestamp / 1000 not between
        extract(epoch from getdate() - interval '30 days') and extract(epoch from getdate())`),
    ).toBe(0);
    expect(await count('shop.user_m_view')).toBe(EVENTS / 50);
    expect(await count('shop.item_m_view')).toBeGreaterThan(0);
  });

  it('is the same each time', async () => {
    const hash = (app: string) =>
      value(`select md5(string_agg(event_id || event_name || coalesce(items::text, '') || device::text,
        ',' order by event_bundle_sequence_id)) from ${app}.event`);
    const app = await makeApp();
    await data.warehouse.query(`drop schema ${app} cascade`);
    await data.warehouse.query(`call public.rehearsal_make_app('twin', ${EVENTS})`);
    const first = await hash('twin');
    await data.warehouse.query('drop schema twin cascade');
    await data.warehouse.query(`call public.rehearsal_make_app('twin', ${EVENTS})`);
    expect(await hash('twin')).toBe(first);
  });

  it('stands beside new tables of the documented widths', async () => {
    const { rows } = await data.warehouse.query(`
      select table_name as name, count(*)::int as columns from information_schema.columns
      where table_schema = 'shop' and table_name in
        ('event_v2', 'user_v2', 'item_v2', 'session', 'clickstream_event_base_view') group by 1`);
    expect(Object.fromEntries(rows.map(({ name, columns }) => [name, columns]))).toEqual({
      event_v2: 104,
      user_v2: 21,
      item_v2: 24,
      session: 18,
      clickstream_event_base_view: 114,
    });
  });
});

describe('sp_migrate_event_to_v2', () => {
  it('logs a chunk step by step, and the end in a call of its own', async () => {
    const app = await makeApp(50);
    await data.run(`call ${app}.sp_migrate_event_to_v2(30)`);
    await data.run(`call ${app}.sp_migrate_event_to_v2(30)`);
    expect(await log(app, 'sp_migrate_event_to_v2')).toEqual([
      'info ----start---- n_days_ago_msec: <n>',
      'info select candidate event_id 50 from event',
      'info insert 50 to event_v2',
      'info UPDATE event_v2 50 for user_first_touch_time_msec',
      'info UPDATE event_v2 50 for flatten parameters',
      expect.stringMatching(/^info UPDATE event_v2 \d+ for customed parameters$/),
      expect.stringMatching(/^info UPDATE event_v2 \d+ for traffic source - web$/),
      `info ${DONE}`,
      'info ----start---- n_days_ago_msec: <n>',
      'info select candidate event_id 0 from event',
      'info backfill event_v2 is done',
    ]);
    expect(await count(`${app}.event_v2 v join ${app}.event e using (event_id)`)).toBe(50);
    expect(
      await value(
        `select string_agg(status || ' ' || row_count, ',') from ${app}.tmp_backfill_trace`,
      ),
    ).toBe('done 50');
  });

  it('takes as many events as a chunk holds', async () => {
    const app = await makeApp(50);
    await data.warehouse.query('alter database my_project_ab12 set rehearsal.chunk_rows = 20');
    for (let call = 0; call < 4; call++) await data.run(`call ${app}.sp_migrate_event_to_v2(30)`);
    await data.warehouse.query('alter database my_project_ab12 reset rehearsal.chunk_rows');
    expect((await log(app)).filter((line) => /candidate|is done/.test(line))).toEqual([
      'info select candidate event_id 20 from event',
      'info select candidate event_id 20 from event',
      'info select candidate event_id 10 from event',
      'info select candidate event_id 0 from event',
      'info backfill event_v2 is done',
    ]);
  });

  it('takes only the days asked for', async () => {
    const app = await makeApp(300);
    await data.run(`call ${app}.sp_migrate_event_to_v2(10)`);
    const some = await count(`${app}.event_v2`);
    expect(some).toBeGreaterThan(80);
    expect(some).toBeLessThan(110);
  });

  it('swallows an error: the statement is FINISHED, the log has an error, the chunk is redone', async () => {
    const app = await makeApp(50);
    fault = { kind: 'swallow', table: '^event_v2$', message: 'disk full' };
    expect((await data.run(`call ${app}.sp_migrate_event_to_v2(30)`)).Status).toBe('FINISHED');
    expect(await log(app)).toEqual([
      'info ----start---- n_days_ago_msec: <n>',
      'info select candidate event_id 50 from event',
      'error error message:disk full',
    ]);
    expect(await value(`select status from ${app}.tmp_backfill_trace`)).toBe('start');
    fault = undefined;
    await data.run(`call ${app}.sp_migrate_event_to_v2(1)`);
    expect((await log(app)).slice(3, 6)).toEqual([
      'info ----start---- n_days_ago_msec: <n>',
      'info retry min_event_timestamp:<n>max_event_timestamp:<n> from event',
      'info insert 50 to event_v2',
    ]);
    expect((await log(app)).at(-1)).toBe(`info ${DONE}`);
    expect(await value(`select status from ${app}.tmp_backfill_trace`)).toBe('done');
  });

  it('ends without work while a started span has no data left', async () => {
    const app = await makeApp(50);
    await data.run(`call ${app}.sp_migrate_event_to_v2(1)`);
    await data.warehouse.query(
      `update ${app}.tmp_backfill_trace set status = 'start', min_event_timestamp = 1, max_event_timestamp = 2`,
    );
    await data.run(`call ${app}.sp_migrate_event_to_v2(30)`);
    expect((await log(app)).slice(-2)).toEqual([
      'info retry min_event_timestamp:<n>max_event_timestamp:<n> from event',
      'info backfill event_v2 is done',
    ]);
  });

  it('leaves no error row when it is cancelled, and its finished steps stay', async () => {
    const app = await makeApp(50);
    await data.warehouse.query(`create function ${app}.slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(60); return null; end $$`);
    await data.warehouse.query(`create trigger slow before insert on ${app}.event_v2
      for each statement execute function ${app}.slow()`);
    const id = await data.submit(`call ${app}.sp_migrate_event_to_v2(30)`);
    await data.until(`(select count(*) from ${app}.clickstream_log_v2) = 2`);
    await data.call('CancelStatement', { Id: id });
    expect((await data.end(id)).Status).toBe('ABORTED');
    expect(await log(app)).toEqual([
      'info ----start---- n_days_ago_msec: <n>',
      'info select candidate event_id 50 from event',
    ]);
    expect(await value(`select status from ${app}.tmp_backfill_trace`)).toBe('start');
    expect(await count(`${app}.event_v2`)).toBe(0);
  });

  it('fails inside for a caller who does not own the tables', async () => {
    const app = await makeApp(50);
    const role = 'IAMR:somebody-else';
    await data.run('select 1', {}, STRANGER);
    await data.warehouse.query(`grant all on schema ${app} to "${role}"`);
    await data.warehouse.query(`grant all on all tables in schema ${app} to "${role}"`);
    const sql = `call ${app}.sp_migrate_event_to_v2(30)`;
    expect((await data.run(sql, {}, STRANGER)).Status).toBe('FINISHED');
    expect((await log(app)).at(-1)).toBe('error error message:must be owner of table event');
    // tmp_backfill_trace now belongs to the stranger and locks the owner out.
    await data.run(sql);
    expect((await log(app)).at(-1)).toBe(
      'error error message:must be owner of table tmp_backfill_trace',
    );
  });

  it('gives columns the values and the quirks of the original', async () => {
    const app = await makeApp(50);
    await data.run(`call ${app}.sp_migrate_event_to_v2(30)`);
    const { rows } = await data.warehouse.query(`
      select v.*, e.event_timestamp as legacy from ${app}.event_v2 v join ${app}.event e using (event_id)
      where v.event_name = 'view_item' and v.platform = 'Web' order by v.event_time_msec limit 1`);
    expect(rows[0]).toMatchObject({
      event_time_msec: rows[0].legacy,
      event_value_currency: 'USD',
      app_id: app,
      app_title: null,
      device_ua: null,
      custom_parameters: { color: expect.any(String), score: expect.any(Number) },
      process_info: { backfill_event: 'true', backfill_start_time: expect.any(String) },
    });
    expect(
      await count(`${app}.event_v2 where page_view_page_url is not null and platform = 'Web'
        and traffic_source_channel_group not in ('Direct', 'Unassigned', 'Organic Search')`),
    ).toBe(0);
    expect(
      await count(`${app}.event_v2 where page_view_latest_referrer is not null
        and (traffic_source_source, traffic_source_category) <> ('google', 'Search')`),
    ).toBe(0);
  });
});

describe('the other parts', () => {
  let app: string;
  beforeAll(async () => {
    app = await makeApp(100);
    await data.run(`call ${app}.sp_migrate_event_to_v2(30)`);
  });

  const twice = async (call: string, name: string) => {
    await data.run(`call ${app}.${call}`);
    await data.run(`call ${app}.${call}`);
    return log(app, name);
  };

  it('sp_migrate_user_to_v2 logs its steps; again it finds nothing', async () => {
    expect(await twice('sp_migrate_user_to_v2()', 'sp_migrate_user_to_v2')).toEqual([
      'info insert 2 to user_v2',
      expect.stringMatching(/^info update \d+for user_properties in user_v2$/),
      expect.stringMatching(/^info update \d+for first_app_install_source in user_v2$/),
      expect.stringMatching(/^info update \d+for traffic_source\(web\) in user_v2$/),
      expect.stringMatching(/^info update \d+for traffic_source\(mobile\) in user_v2$/),
      'info backfill is done ---- user_v2',
      'info insert 0 to user_v2',
      'info backfill user_v2 is done',
    ]);
  });

  it('sp_migrate_item_to_v2 logs its steps; again it finds nothing', async () => {
    const items = await count(`${app}.event where items is not null`);
    expect(await twice('sp_migrate_item_to_v2(30)', 'sp_migrate_item_to_v2')).toEqual([
      'info ----start---- n_days_ago_msec: <n>',
      `info select candidate event item ${items} from event`,
      `info insert ${items} to item_v2`,
      `info UPDATE ${items} in item_v2 for item_properties`,
      `info UPDATE ${items} in item_v2 for custom_parameters`,
      'info backfill is done ---- item_v2',
      'info ----start---- n_days_ago_msec: <n>',
      'info select candidate event item 0 from event',
      'info insert 0 to item_v2',
      'info backfill item_v2 is done',
    ]);
  });

  it('sp_migrate_session_to_v2 logs its steps; again it finds nothing', async () => {
    expect(await twice('sp_migrate_session_to_v2()', 'sp_migrate_session_to_v2')).toEqual([
      'info insert 20 into session',
      expect.stringMatching(/^info update \d+ traffic_source for session\(web\)$/),
      'info backfill is done ---- session',
      'info insert 0 into session',
      'info backfill session is done',
    ]);
  });

  it('redo rows that an interrupted call left half done', async () => {
    await data.warehouse.query(
      `update ${app}.user_v2 set process_info = process_info - 'backfill_end_time'`,
    );
    await data.run(`call ${app}.sp_migrate_user_to_v2()`);
    expect(await log(app, 'sp_migrate_user_to_v2')).toContain('info backfill is done ---- user_v2');
    expect(await count(`${app}.user_v2 where not process_info ? 'backfill_end_time'`)).toBe(0);
    expect(await count(`${app}.user_v2`)).toBe(2);
  });

  it.each([
    ['sp_migrate_user_to_v2()', 'user_v2'],
    ['sp_migrate_item_to_v2(30)', 'item_v2'],
    ['sp_migrate_session_to_v2()', 'session'],
  ])('%s swallows an error', async (call, table) => {
    await data.warehouse.query(`delete from ${app}.${table}`);
    fault = { kind: 'swallow', table: `^${table}$` };
    expect((await data.run(`call ${app}.${call}`)).Status).toBe('FINISHED');
    expect((await log(app)).at(-1)).toBe(
      'error error message:could not complete because of conflict with concurrent transaction',
    );
  });
});

describe('sp_migrate_data_to_v2', () => {
  it('runs all parts and logs around them', async () => {
    const app = await makeApp(50);
    await data.run(`call ${app}.sp_migrate_data_to_v2(30)`);
    const lines = await log(app, 'sp_migrate_data_to_v2');
    expect(lines.filter((line) => !line.includes('loop_count'))).toEqual([
      'info backfill all start',
      'info backfill event_v2 start',
      'info backfill event_v2 end',
      'info backfill user_v2 start',
      'info backfill user_v2 end',
      'info backfill item_v2 start',
      'info backfill item_v2 end',
      'info backfill session start',
      'info backfill session end',
      'info backfill all end',
    ]);
    expect(lines[2]).toBe('info backfill event_v2 loop_count:0');
    expect(lines[3]).toBe('info backfill event_v2 loop_count:1');
  });

  it('turns for ever for an app without legacy tables, until it is cancelled', async () => {
    const app = await makeApp(null);
    const id = await data.submit(`call ${app}.sp_migrate_data_to_v2(30)`);
    await data.until(`exists (select from ${app}.clickstream_log_v2
      where log_msg = 'backfill event_v2 loop_count:2')`);
    await data.call('CancelStatement', { Id: id });
    expect((await data.end(id)).Status).toBe('ABORTED');
    expect(await log(app, 'sp_migrate_event_to_v2')).toContain(
      `error error message:relation "${app}.event" does not exist`,
    );
    expect(await log(app)).not.toContain('info backfill event_v2 end');
  });
});

describe('clickstream_event_base_view_sp', () => {
  let app: string;
  beforeAll(async () => {
    app = await makeApp(100);
    await data.run(`call ${app}.sp_migrate_event_to_v2(30)`);
    await data.run(`call ${app}.sp_migrate_session_to_v2()`);
  });

  it('copies a range, again without doubles, and logs it', async () => {
    const [start, end] = ['2020-01-01 00:00:00', '2100-01-01 00:00:00'];
    const call = `call ${app}.clickstream_event_base_view_sp(:a::timestamp, :b::timestamp, 1)`;
    const more = {
      Parameters: [
        { name: 'a', value: start },
        { name: 'b', value: end },
      ],
    };
    for (let n = 0; n < 2; n++) expect((await data.run(call, more)).Status).toBe('FINISHED');
    expect(await count(`${app}.clickstream_event_base_view where session_number is not null`)).toBe(
      100,
    );
    expect(await log(app, 'clickstream_event_base_view')).toEqual(
      Array(2).fill(`info refresh with custom time range:${start} - ${end}`),
    );
  });

  it('refreshes what was created since, when it gets no range', async () => {
    await data.warehouse.query(`truncate ${app}.clickstream_event_base_view`);
    await data.run(`call ${app}.clickstream_event_base_view_sp(null, null, 720)`);
    expect((await log(app)).at(-1)).toMatch(/^info refresh time range:\S+ \S+ - \S+ \S+$/);
    expect(await count(`${app}.clickstream_event_base_view`)).toBeGreaterThan(90);
  });

  it.each([
    ['a write that fails', 'getdate(), getdate(), 1', 'conflict'],
    ['no range and no hours', 'null, null, null', 'error message:'],
  ])('ends FAILED, with an error row and nothing else, for %s', async (_, values, text) => {
    fault = { kind: 'swallow', table: '^clickstream_event_base_view$' };
    const before = await log(app, 'clickstream_event_base_view');
    const { Status, Error: error } = await data.run(
      `call ${app}.clickstream_event_base_view_sp(${values})`,
    );
    expect(Status).toBe('FAILED');
    const after = (await log(app, 'clickstream_event_base_view')).slice(before.length);
    expect(after).toEqual([`error error message:${String(error).replace('ERROR: ', '')}`]);
    expect(after[0]).toContain(text);
  });
});

describe('several apps', () => {
  it('twenty stand apart', async () => {
    const names = await Promise.all(Array.from({ length: 20 }, () => makeApp(50)));
    await Promise.all(
      names.slice(0, 4).map((app) => data.run(`call ${app}.sp_migrate_event_to_v2(30)`)),
    );
    expect(await count(`${names[3]}.event_v2`)).toBe(50);
    expect(await count(`${names[4]}.event_v2`)).toBe(0);
  });
});
