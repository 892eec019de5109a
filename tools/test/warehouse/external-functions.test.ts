// Lambda UDFs of the warehouse: statements call functions in batches, as Redshift does.

import { VirtualClock } from '../../rehearsal/clock';
import { LambdaFunctionError } from '../../rehearsal/types';
import { Harness, STRANGER } from './harness';

const ROLE = 'arn:aws:iam::000000000000:role/for-functions';
const USER = '"IAMR:clickstream-redshift-data-api"';
type Event = Record<string, unknown> & { arguments: unknown[][]; num_records: number };

const clock = new VirtualClock();
let data: Harness;
let answer: (event: Event) => unknown;
let events: Event[] = [];

const answered = ({ arguments: rows }: Event) => ({
  success: true,
  num_records: rows.length,
  results: rows.map(([text]) => (text === null ? null : `${text}!`)),
});

beforeAll(async () => {
  data = await Harness.start({
    clock,
    scenarioSql: [
      `create role ${USER} login;
       create schema shop authorization ${USER};
       grant usage on language exfunc to ${USER};
       insert into rehearsal.system_privilege values
         ('CREATE EXTERNAL FUNCTION', 'IAMR:clickstream-redshift-data-api');
       create table shop.words as select i, 'word ' || i as word from generate_series(1, 1000) as i;
       create table shop.made (word varchar);
       alter table shop.made owner to ${USER};
       grant select on shop.words to public;
       create procedure shop.make(loud int) language plpgsql as $$
       declare
         n int;
       begin
         create temp table loud_words as
           select i, shop.shout(word) as word from shop.words where i <= loud;
         get diagnostics n = row_count;
         insert into shop.made select n || ' ' || string_agg(word, ',' order by i) from loud_words;
         insert into shop.made values (shop.shout('a row; by itself'));
       exception when others then
         insert into shop.made values ('error message:' || sqlerrm);
       end $$;`,
    ],
    lambda: async (_lambda, _role, payload) => {
      events.push(structuredClone(payload) as Event);
      return answer(payload as Event);
    },
  });
  await create('whisper');
});

afterAll(() => data.stop());

async function create(name: string, options = ''): Promise<void> {
  const { Error: error } = await data.run(
    `/* run create */ create external function shop.${name}(varchar(65535))
     returns varchar(100) stable lambda 'Talk' iam_role '${ROLE}' retry_timeout 300000 ${options}`,
  );
  expect(error).toBeUndefined();
}

const sizes = () => events.map(({ num_records }) => num_records);
const errorOf = async (sql: string, role?: string) => (await data.run(sql, {}, role)).Error;

beforeEach(async () => {
  answer = (event) => JSON.stringify(answered(event));
  await data.run('drop function if exists shop.shout(varchar)');
  await data.run('delete from shop.made');
  await create('shout', 'max_batch_rows 300');
  events = [];
});

describe('batches', () => {
  it('hold at most MAX_BATCH_ROWS rows, in order, each row once', async () => {
    const rows = await data.rows('select i, shop.shout(word) from shop.words order by i');
    expect(rows[499]).toEqual([500, 'word 500!']);
    expect(sizes()).toEqual([300, 300, 300, 100]);
    expect(events.flatMap(({ arguments: all }) => all)).toEqual(
      Array.from({ length: 1000 }, (_, i) => [`word ${i + 1}`]),
    );
  });

  it('hold at most MAX_BATCH_SIZE bytes of arguments', async () => {
    await data.run('drop function shop.shout(varchar)');
    await create('shout', 'max_batch_size 1 kb');
    await data.rows('select shop.shout(word) from shop.words');
    expect(sizes().reduce((a, b) => a + b)).toBe(1000);
    const bytes = events.map(({ arguments: rows }) => JSON.stringify(rows).length);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(1026);
    expect(Math.max(...bytes)).toBeGreaterThan(1000);
  });

  it('hold equal rows as often as they come', async () => {
    const rows = await data.rows(`select shop.shout('x') from shop.words`);
    expect([rows.length, rows[999]]).toEqual([1000, ['x!']]);
    expect(sizes()).toEqual([300, 300, 300, 100]);
  });

  it('say what Redshift says', async () => {
    await data.rows(`select shop.shout('x')`);
    expect(events).toEqual([
      {
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        cluster: data.warehouse.address.arn,
        user: 'IAMR:clickstream-redshift-data-api',
        database: 'my_project_ab12',
        external_function: 'shop.shout',
        query_id: expect.any(Number),
        num_records: 1,
        arguments: [['x']],
      },
    ]);
    expect(events[0]!.query_id).toBeGreaterThan(1000);
  });

  it('of an inner function are answered before the outer one is called', async () => {
    const rows = await data.rows(
      `select shop.whisper(shop.shout(word)) from shop.words where i < 3`,
    );
    expect(rows).toEqual([['word 1!!'], ['word 2!!']]);
    expect(events.map(({ external_function, arguments: all }) => [external_function, all])).toEqual(
      [
        ['shop.shout', [['word 1'], ['word 2']]],
        ['shop.whisper', [['word 1!'], ['word 2!']]],
      ],
    );
  });

  it('carry NULL both ways', async () => {
    const rows = await data.rows(`select shop.shout(null), shop.whisper(shop.shout(null))`);
    expect(rows).toEqual([[null, null]]);
    expect(events.flatMap(({ arguments: all }) => all)).toEqual([[null], [null], [null]]);
  });

  it('are sent while the statement still runs when there are very many rows', async () => {
    const [row] = await data.rows(
      `select count(distinct shop.shout(i || repeat('x', 60))), max(i)
       from generate_series(1, 20000) as i, generate_series(1, 10) as again`,
    );
    expect(row).toEqual([20_000, 20_000]);
    expect(sizes().reduce((a, b) => a + b)).toBe(200_000);
  });
});

describe('a statement', () => {
  it('has its effect once', async () => {
    await data.run('insert into shop.made select shop.shout(word) from shop.words');
    expect(await data.rows('select count(*), count(distinct word) from shop.made')).toEqual([
      [1000, 1000],
    ]);
  });

  it('inside a procedure made before the function calls in batches, and the row count is its own', async () => {
    expect(await errorOf('call shop.make(310)')).toBeUndefined();
    expect(sizes()).toEqual([300, 10, 1]);
    const rows = await data.rows('select word from shop.made order by length(word) desc');
    expect(rows[0]).toEqual([expect.stringMatching(/^310 word 1!,word 2!,.*,word 310!$/)]);
    expect(rows[1]).toEqual(['a row; by itself!']);
  });

  it('works in the transaction that makes the function, row by row', async () => {
    const { Id } = await data.call('BatchExecuteStatement', {
      Sqls: [
        `create external function shop.fresh(varchar) returns varchar volatile lambda 'Talk'
         iam_role default`,
        'insert into shop.made select shop.fresh(word) from shop.words where i <= 2',
        'drop function shop.fresh(varchar)',
      ],
      Database: 'my_project_ab12',
      WorkgroupName: 'my-project-ab12',
    });
    expect((await data.end(Id as string)).Error).toBeUndefined();
    expect(await data.rows('select word from shop.made order by 1')).toEqual([
      ['word 1!'],
      ['word 2!'],
    ]);
    expect(sizes()).toEqual([1, 1]);
  });

  it('whose arguments are others each time is ended', async () => {
    expect(await errorOf('select shop.shout(random()::varchar)')).toBe(
      'ERROR: external functions are called with other arguments each time',
    );
  });

  it('that waits for a function can be cancelled', async () => {
    let called = () => {};
    const call = new Promise<void>((resolve) => {
      called = resolve;
    });
    answer = () => {
      called();
      return new Promise(() => {});
    };
    const id = await data.submit('select shop.shout(word) from shop.words');
    await call;
    await data.call('CancelStatement', { Id: id });
    expect((await data.end(id)).Status).toBe('ABORTED');
  });
});

describe('an answer', () => {
  it('may be an object instead of its text', async () => {
    answer = answered;
    expect(await data.rows(`select shop.shout('x')`)).toEqual([['x!']]);
  });

  it.each<[string, (event: Event) => unknown, string]>([
    ['of failure', () => ({ success: false, error_msg: 'bad URL' }), 'bad URL'],
    ['of one row too few', () => ({ success: true, results: [] }), '0 results for 1 rows'],
    ['that miscounts', (e) => ({ ...answered(e), num_records: 2 }), '1 results for 1 rows'],
    ['without success', () => ({ results: ['x'] }), 'no success'],
    ['without results', () => ({ success: true }), 'no results'],
    ['that is text but not JSON', () => 'done', 'not JSON'],
    ['that is nothing', () => null, 'not an object'],
    ['of objects', () => ({ success: true, results: [{}] }), 'neither text nor number'],
    [
      'wider than the type, in bytes',
      () => ({ success: true, results: ['é'.repeat(51)] }),
      'Value too long for character type',
    ],
    [
      'above 6 MB',
      () => ({ success: true, results: ['x'.repeat(6 * 1024 * 1024)] }),
      'Response payload size exceeded',
    ],
  ])('%s fails the statement', async (_, answers, message) => {
    answer = answers;
    expect(await errorOf(`select shop.shout('x')`)).toContain(message);
  });

  it('of failure is what a procedure catches and logs', async () => {
    answer = () => ({ success: false, error_msg: 'bad URL' });
    expect(await errorOf('call shop.make(2)')).toBeUndefined();
    expect(await data.rows('select word from shop.made')).toEqual([
      ['error message:External function shop.shout: bad URL'],
    ]);
  });
});

describe('a function that fails', () => {
  const failing = (error: string, times: number) => {
    let left = times;
    answer = (event) => {
      if (left-- > 0) throw new LambdaFunctionError(error, 'Rate Exceeded.');
      return answered(event);
    };
  };

  it.each(['TooManyRequestsException', 'ServiceException', 'EC2ThrottledException'])(
    'with %s is called again with the same rows, later and later',
    async (error) => {
      failing(`Lambda.${error}`, 5);
      const began = clock.now();
      expect(await data.rows(`select shop.shout('x')`)).toEqual([['x!']]);
      expect(events).toHaveLength(6);
      expect(clock.now() - began).toBeGreaterThanOrEqual(100 + 200 + 400 + 800 + 1600);
      expect(new Set(events.map(({ arguments: rows }) => JSON.stringify(rows))).size).toBe(1);
    },
  );

  it('so for longer than RETRY_TIMEOUT fails the statement; the clock did not wait for it', async () => {
    failing('Lambda.TooManyRequestsException', Number.POSITIVE_INFINITY);
    const [began, real] = [clock.now(), performance.now()];
    expect(await errorOf('call shop.make(1000)')).toBeUndefined();
    expect(await data.rows('select word from shop.made')).toEqual([
      [expect.stringContaining('TooManyRequestsException')],
    ]);
    expect(clock.now() - began).toBeGreaterThanOrEqual(300_000);
    expect(performance.now() - real).toBeLessThan(150_000);
  });

  it('without RETRY_TIMEOUT is not called again', async () => {
    await data.run(`create external function shop.once(varchar) returns varchar stable
      lambda 'Talk' iam_role default retry_timeout 0`);
    failing('Lambda.TooManyRequestsException', 1);
    expect(await errorOf(`select shop.once('x')`)).toContain('Rate Exceeded.');
  });

  it('by itself fails the statement, and the next statement is a new one', async () => {
    failing('Runtime.ExitError', 1);
    expect(await errorOf(`select shop.shout('x')`)).toContain('Runtime.ExitError');
    expect(await data.rows(`select shop.shout('x')`)).toEqual([['x!']]);
    expect(events).toHaveLength(2);
  });

  it('leaves a getdate() that counts the waiting', async () => {
    failing('Lambda.ServiceException', 11);
    const [[seconds]] = (await data.rows(
      `select datediff_seconds from (select extract(epoch from getdate() - timestamp
         '${new Date(clock.now()).toISOString().slice(0, 19)}')::int as datediff_seconds,
         shop.shout(word) as word from shop.words limit 1) as x where word is not null`,
    )) as [[number]];
    expect(seconds).toBeGreaterThan(80);
  });
});

describe('CREATE EXTERNAL FUNCTION', () => {
  const made = (text: string) => `create external function shop.${text}`;
  const rest = `returns varchar stable lambda 'Talk' iam_role default`;

  it('shows in the catalog with its language and types', async () => {
    expect(
      await data.rows(`select proname, lanname, oidvectortypes(proargtypes) from pg_proc
        join pg_language as l on l.oid = prolang where proname = 'shout'`),
    ).toEqual([['shout', 'exfunc', 'character varying']]);
  });

  it.each([
    ['with a named argument', made(`f(url varchar) ${rest}`), 'syntax error'],
    ['with SUPER', made(`f(super) ${rest}`), 'syntax error'],
    ['IMMUTABLE', made(`f(varchar) ${rest.replace('stable', 'immutable')}`), 'syntax error'],
    ['of no function', made('f(varchar) returns varchar stable iam_role default'), 'syntax error'],
    ['with batches above 5 MB', made(`f(varchar) ${rest} max_batch_size 6 mb`), '1 KB and 5 MB'],
    ['that is there', made(`shout(varchar) ${rest}`), 'already exists'],
    [
      'OR REPLACE by who is no superuser',
      `create or replace external function shop.shout(varchar) ${rest}`,
      'must be superuser',
    ],
  ])('%s is refused', async (_, sql, message) => {
    expect(await errorOf(sql)).toContain(message);
  });

  it('needs the privilege as well as the language', async () => {
    await data.warehouse.query(`create role "IAMR:somebody-else" login;
      grant create, usage on schema shop to "IAMR:somebody-else"`);
    const refused = () => errorOf(made(`theirs(varchar) ${rest}`), STRANGER);
    expect(await refused()).toBe('ERROR: permission denied for language exfunc');
    await data.warehouse.query('grant usage on language exfunc to "IAMR:somebody-else"');
    expect(await refused()).toBe('ERROR: permission denied to create external function');
    const privileges = `select language_name from svv_language_privileges
      union all select system_privilege from svv_system_privileges order by 1`;
    expect(await data.rows(privileges, {}, STRANGER)).toEqual([['exfunc']]);
    await data.warehouse.query(`insert into rehearsal.system_privilege
      values ('CREATE EXTERNAL FUNCTION', 'IAMR:somebody-else')`);
    expect(await refused()).toBeUndefined();
    expect(await data.rows(privileges, {}, STRANGER)).toEqual([
      ['CREATE EXTERNAL FUNCTION'],
      ['exfunc'],
    ]);
  });
});

it('Python functions are no longer made; those that are there keep their language', async () => {
  expect(
    await errorOf(`create or replace function shop.py(s varchar) returns varchar stable
      as $$ return s $$ language plpythonu`),
  ).toBe('ERROR: Create function is not supported for language plpythonu anymore.');
  await data.warehouse.query(`set check_function_bodies = off;
    create function shop.py(s varchar) returns varchar language plpythonu as
    $$ begin raise exception 'no Python'; end $$; reset check_function_bodies`);
  expect(await errorOf(`select shop.py('x')`)).toBe('ERROR: no Python');
  expect(
    await data.rows(`select lanname from pg_proc join pg_language as l on l.oid = prolang
      where proname = 'py'`),
  ).toEqual([['plpythonu']]);
});
