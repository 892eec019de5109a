// UNLOAD and COPY of the warehouse's stand-in, as a client of the Data API meets them. Not shown here,
// because the stand-in has it not: compression, Parquet, JSON, files larger than 6.2 GB.

import { RealClock } from '../../rehearsal/clock/real';
import { Iam } from '../../rehearsal/iam/iam';
import { ObjectStore } from '../../rehearsal/services/s3';
import { WarehouseRoles } from '../../rehearsal/warehouse/roles';
import { type Answer, Harness } from './harness';

const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/redshift-s3`;
const STRANGE = `arn:aws:iam::${ACCOUNT}:role/not-associated`;
const POOR = `arn:aws:iam::${ACCOUNT}:role/reads-only`;
const ARN = `arn:aws:redshift-serverless:us-east-1:${ACCOUNT}:workgroup/my-project-ab12`;
const FOREIGN = 'arn:aws:iam::000000000000:role/stranger';

const clock = new RealClock();
const store = new ObjectStore(clock);
let data: Harness;

function account(): Iam {
  const iam = new Iam(ACCOUNT);
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: ['redshift.amazonaws.com', 'redshift-serverless.amazonaws.com'] },
        Action: 'sts:AssumeRole',
      },
    ],
  } as const;
  const rights = (...actions: string[]) =>
    ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    }) as const;
  for (const role of [ROLE, STRANGE, POOR]) iam.protect(role, trust as never);
  iam.attach(
    ROLE,
    rights('s3:ListBucket', 's3:GetObject', 's3:PutObject', 's3:DeleteObject') as never,
  );
  iam.attach(POOR, rights('s3:ListBucket', 's3:GetObject') as never);
  return iam;
}

beforeAll(async () => {
  const address = { kind: 'serverless', workgroup: 'my-project-ab12', arn: ARN } as const;
  const roles = new WarehouseRoles({ ...address, iamRoles: [ROLE, POOR] }, clock);
  store.createBucket('lake');
  data = await Harness.start({
    clock,
    storage: roles.storage(account(), store, ACCOUNT),
    scenarioSql: [
      `create table source (id bigint not null, name varchar(20), score float, seen timestamptz);
       create table target (like source);
       insert into source values (1, 'a', 1.5, '2020-01-01 00:00:00+00'), (2, null, null, null),
         (3, 'say "x", y', -2, '2021-06-01 12:30:00.25+02'), (4, '', 0, null);
       create role "IAMR:clickstream-redshift-data-api" login;
       grant select on source to "IAMR:clickstream-redshift-data-api";
       grant select, insert, delete on target to "IAMR:clickstream-redshift-data-api";`,
    ],
  });
});
afterAll(() => data.stop());
beforeEach(async () => {
  for (const key of store.list('lake')) store.delete('lake', key);
  await data.warehouse.query('truncate target');
});

const QUERY = 'select id, name, score, seen from source order by id';
const unload = (options: string, query = QUERY, to = 's3://lake/out/') =>
  data.run(`unload ('${query}') to '${to}' iam_role '${ROLE}' ${options}`);
const copy = (from: string, options: string, columns = 'id, name, score, seen') =>
  data.run(`copy target (${columns}) from 's3://lake/${from}' iam_role '${ROLE}' ${options}`);
const text = (key: string) => store.get('lake', key)!.body.toString();
const count = async (table = 'target') =>
  Number((await data.warehouse.query(`select count(*) from ${table}`)).rows[0].count);
const put = (key: string, ...lines: string[]) =>
  store.put('lake', key, lines.map((l) => `${l}\n`).join(''));
const manifest = (...entries: { url: string; mandatory?: boolean }[]) =>
  store.put('lake', 'm', JSON.stringify({ entries }));
const ok = { Status: 'FINISHED' };
const CSV = "format csv timeformat 'auto' maxerror 0 compupdate off";

describe('UNLOAD', () => {
  test('writes a part for each slice and a manifest with sizes, rows and columns', async () => {
    expect(await unload('format csv manifest verbose')).toMatchObject({ ...ok, ResultRows: 4 });
    expect(store.list('lake')).toEqual(['out/0000_part_00', 'out/0001_part_00', 'out/manifest']);
    expect(text('out/0000_part_00')).toBe(
      '1,a,1.5,2020-01-01 00:00:00+00\n3,"say ""x"", y",-2,2021-06-01 10:30:00.25+00\n',
    );
    const read = JSON.parse(text('out/manifest'));
    expect(read.entries).toEqual([
      { url: 's3://lake/out/0000_part_00', meta: { content_length: 77, record_count: 2 } },
      { url: 's3://lake/out/0001_part_00', meta: { content_length: 11, record_count: 2 } },
    ]);
    expect(read.meta).toEqual({ content_length: 88, record_count: 4 });
    expect(read.schema.elements[0]).toEqual({ name: 'id', type: { base: 'bigint' } });
  });

  test('without VERBOSE names the files only; PARALLEL OFF writes one, called 000', async () => {
    await unload('manifest parallel off');
    expect(JSON.parse(text('out/manifest'))).toEqual({ entries: [{ url: 's3://lake/out/000' }] });
    expect(text('out/000').split('\n')[1]).toBe('2|||');
  });

  test('a query without rows leaves nothing, no manifest either', async () => {
    const none = 'select id from source where id = 0';
    expect(await unload('format csv manifest verbose', none)).toMatchObject({ ...ok });
    expect(store.list('lake')).toEqual([]);
  });

  test('refuses a prefix that is taken, unless it may overwrite or remove', async () => {
    put('out/0000_part_00', 'stale');
    put('out/other', 'stale');
    expect((await unload('format csv')).Error).toContain('is not empty');
    expect(await unload('format csv allowoverwrite')).toMatchObject(ok);
    expect(text('out/other')).toBe('stale\n');
    expect(await unload('format csv cleanpath')).toMatchObject(ok);
    expect(store.list('lake')).toEqual(['out/0000_part_00', 'out/0001_part_00']);
  });

  test('that fails half way leaves parts, but no manifest', async () => {
    const query = 'select 1 / (6000 - n) as x from generate_series(1, 6000) as s(n)';
    expect((await unload('format csv manifest', query)).Error).toContain('division by zero');
    expect(store.list('lake')).toEqual(['out/0000_part_00', 'out/0001_part_00']);
  });

  test.each([
    ['gzip', 'option GZIP'],
    ['format parquet', 'near "parquet"'],
    ['encrypted', 'option ENCRYPTED'],
  ])('refuses %s by name', async (option, message) => {
    expect((await unload(option)).Error).toContain(message);
  });

  test('runs with the rights of its caller on the table', async () => {
    const sql = `unload ('${QUERY}') to 's3://lake/out/' iam_role '${ROLE}' csv`;
    expect((await data.run(sql, {}, FOREIGN)).Error).toContain(
      'permission denied for table source',
    );
  });

  test('needs a role that the warehouse has, and its right to write', async () => {
    const as = (role: string) =>
      data.run(`unload ('${QUERY}') to 's3://lake/out/' iam_role '${role}' csv`);
    expect((await as(STRANGE)).Error).toContain('is not associated to cluster');
    expect((await as(POOR)).Error).toContain('not authorized to perform: s3:PutObject');
  });

  test('knows its query with quotes and backslashes', async () => {
    await unload('csv parallel off', "select ''it''''s'' || chr(92) as x");
    expect(text('out/000')).toBe("it's\\\n");
  });
});

describe('COPY', () => {
  test.each([
    ['CSV', "format csv null as '@NULL@'"],
    ['text', "delimiter '|' escape null as '@NULL@'"],
  ])('brings back as %s what UNLOAD wrote, value by value', async (_, format) => {
    await unload(`${format} manifest verbose`);
    const done = await copy('out/manifest', `manifest ${format} timeformat 'auto' maxerror 0`);
    expect(done).toMatchObject({ ...ok, ResultRows: 4 });
    const left = '(select * from source except all select * from target)';
    expect(await count(`${left} as x`)).toBe(0);
  });

  test('takes \\N for NULL, and an empty number too', async () => {
    put('f', '1,\\N,,\\N');
    expect(await copy('f', CSV)).toMatchObject(ok);
    const { rows } = await data.warehouse.query('select name, score, seen from target');
    expect(rows).toEqual([{ name: null, score: null, seen: null }]);
  });

  test('from a prefix takes every key that begins so, a manifest too', async () => {
    put('p', '1,a,1,');
    put('p_backup', '2,b,2,');
    expect(await copy('p', CSV)).toMatchObject({ ...ok, ResultRows: 2 });
    put('p.manifest', '{"entries": []}');
    expect((await copy('p', CSV)).Error).toContain("Load into table 'target' failed");
    expect((await copy('nothing', CSV)).Error).toContain('does not exist');
  });

  test('from a manifest takes what it names: twice what stands there twice', async () => {
    put('a', '1,a,1,');
    put('ab', '9,x,9,');
    manifest({ url: 's3://lake/a' }, { url: 's3://lake/a' }, { url: 's3://lake/gone' });
    expect(await copy('m', `manifest ${CSV}`)).toMatchObject({ ...ok, ResultRows: 2 });
    expect(await count()).toBe(2);
  });

  test('fails when a mandatory file is missing, and when every file is', async () => {
    put('a', '1,a,1,');
    manifest({ url: 's3://lake/a' }, { url: 's3://lake/gone', mandatory: true });
    expect((await copy('m', `manifest ${CSV}`)).Error).toContain('Status 404');
    manifest({ url: 's3://lake/gone' });
    expect((await copy('m', `manifest ${CSV}`)).Error).toContain('no files');
    expect(await count()).toBe(0);
  });

  test('tells file, line and column of a row it refuses, and loads nothing', async () => {
    put('f', '1,a,1,', '2,"b', 'c",x,');
    expect((await copy('f', CSV)).Error).toContain("Check 'sys_load_error_detail'");
    expect(await count()).toBe(0);
    const columns =
      'trim(file_name), line_number, trim(column_name), error_code, trim(error_message)';
    expect(
      await data.rows(
        `select ${columns} from sys_load_error_detail order by start_time desc limit 1`,
      ),
    ).toEqual([['s3://lake/f', 2, 'score', 1208, 'Invalid value, Type: double precision']]);
    expect(await data.rows('select count(*) from stl_load_errors', {}, FOREIGN)).toEqual([[0]]);
    expect(
      await data.rows(
        'select status, error_count from sys_load_history order by start_time desc limit 1',
      ),
    ).toEqual([['aborted', 1]]);
  });

  test.each([
    ['\\N,a,1,', 1213],
    ['x,a,1,', 1207],
    ['99999999999999999999,a,1,', 1204],
    ['1,twenty-one characters..,1,', 1204],
    ['1,a,1', 1214],
    ['1,a,1,,', 1202],
    ['1,a,1,yesterday-ish', 1206],
  ])('refuses the row %s with error %d', async (line, code) => {
    put('f', line);
    expect(await copy('f', CSV)).toMatchObject({ Status: 'FAILED' });
    const sql = 'select error_code from sys_load_error_detail order by start_time desc limit 1';
    expect(await data.rows(sql)).toEqual([[code]]);
  });

  test('wants an offset in a time with time zone unless TIMEFORMAT is auto', async () => {
    put('f', '1,a,1,2020-01-01 00:00:00.0');
    expect(await copy('f', 'csv')).toMatchObject({ Status: 'FAILED' });
    expect(await copy('f', "csv timeformat 'auto'")).toMatchObject(ok);
  });

  test('fails once errors reach MAXERROR, and loses rows silently below it', async () => {
    put('f', ...Array.from({ length: 10 }, (_, i) => `${i < 4 ? 'x' : i},a,1,`));
    expect(await copy('f', 'csv maxerror 4')).toMatchObject({ Status: 'FAILED' });
    expect(await count()).toBe(0);
    expect(await copy('f', 'csv maxerror 5')).toMatchObject({ ...ok, ResultRows: 6 });
  });

  test('with NOLOAD only looks', async () => {
    put('f', '1,a,1,');
    expect(await copy('f', `${CSV} noload`)).toMatchObject({ ...ok, ResultRows: 0 });
    expect(await count()).toBe(0);
  });

  test('without a list fills the columns in the order of the table', async () => {
    put('f', '1,a,1.5,2020-01-01 00:00:00+00');
    const sql = `copy target from 's3://lake/f' iam_role '${ROLE}' csv`;
    expect(await data.run(sql)).toMatchObject({ ...ok, ResultRows: 1 });
    expect((await copy('f', CSV, 'id, nope')).Error).toContain('column "nope"');
  });

  test('in a batch is undone with it, and its count is known in its session', async () => {
    put('f', '1,a,1,', '2,b,2,');
    const load = `copy target from 's3://lake/f' iam_role '${ROLE}' csv`;
    const batch = async (...Sqls: string[]) => {
      const target = { Database: 'my_project_ab12', WorkgroupName: 'my-project-ab12' };
      const { Id } = await data.call('BatchExecuteStatement', { Sqls, ...target });
      return data.end(Id as string);
    };
    expect(await batch(load, 'select 1 / 0')).toMatchObject({ Status: 'FAILED' });
    expect(await count()).toBe(0);
    const done = await batch(load, 'select pg_last_copy_count()');
    const { Records } = await data.call('GetStatementResult', { Id: `${done.Id}:2` });
    expect((Records as Answer[][])[0]![0]).toEqual({ longValue: 2 });
  });

  test.each([
    [`credentials 'aws_iam_role=${ROLE}'`, 'option CREDENTIALS'],
    ['ignoreheader 1', 'option IGNOREHEADER'],
    ['csv csv', 'redundant'],
    ['csv escape', 'ESCAPE is not supported with CSV'],
  ])('refuses %s by name', async (option, message) => {
    put('f', '1,a,1,');
    const sql = `copy target from 's3://lake/f' ${option} iam_role '${ROLE}'`;
    expect((await data.run(sql)).Error).toContain(message);
  });

  test('10,000 rows, one of them bad', async () => {
    put('f', ...Array.from({ length: 10_000 }, (_, i) => `${i === 7_776 ? 'x' : i},a,1,`));
    expect(await copy('f', CSV)).toMatchObject({ Status: 'FAILED' });
    const sql = 'select line_number from sys_load_error_detail order by start_time desc limit 1';
    expect(await data.rows(sql)).toEqual([[7_777]]);
  });
});
