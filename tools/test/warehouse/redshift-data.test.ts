// The Data API's semantics on a real PostgreSQL, without a scenario.

import { setTimeout as delay } from 'node:timers/promises';
import { Harness, OWNER, ShiftedClock, STRANGER } from './harness';

const HOUR_MS = 3_600_000;
const clock = new ShiftedClock();
let data: Harness;

beforeAll(async () => {
  data = await Harness.start({
    clock,
    secrets: { 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bi-Ab12Cd': 'bi' },
    scenarioSql: [
      'create role bi login',
      'create table counted (n int); grant all on counted to public',
    ],
  });
});

afterAll(() => data.stop());

describe('ExecuteStatement', () => {
  it('returns at once and runs as the database user of the calling role', async () => {
    const id = await data.submit('select current_user, pg_sleep(0.2)');
    const first = await data.call('DescribeStatement', { Id: id });
    expect(['SUBMITTED', 'PICKED', 'STARTED']).toContain(first.Status);
    const ended = await data.end(id);
    expect(ended).toMatchObject({
      Status: 'FINISHED',
      DbUser: 'IAMR:clickstream-redshift-data-api',
      HasResultSet: true,
      ResultRows: 1,
      Duration: expect.any(Number),
    });
    const { Records } = await data.call('GetStatementResult', { Id: id });
    expect(Records).toEqual([
      [{ stringValue: 'IAMR:clickstream-redshift-data-api' }, { stringValue: '' }],
    ]);
  });

  it('passes through SUBMITTED, PICKED and STARTED in this order', async () => {
    const id = await data.submit('select pg_sleep(0.3)');
    const seen: unknown[] = [];
    for (let status: unknown; status !== 'FINISHED'; await delay(0)) {
      status = (await data.call('DescribeStatement', { Id: id })).Status;
      seen.push(status);
    }
    expect([...new Set(seen)]).toEqual(
      ['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED'].filter((s) => seen.includes(s)),
    );
    expect(seen).toContain('STARTED');
  });

  it('waits up to WaitTimeSeconds and then says how far it is', async () => {
    const input = {
      Sql: 'select pg_sleep(0.1)',
      Database: 'my_project_ab12',
      WorkgroupName: 'my-project-ab12',
      WaitTimeSeconds: 20,
    };
    const began = Date.now();
    const answer = await data.call('ExecuteStatement', input);
    expect(answer).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
    expect(answer.RedshiftPid).toBeGreaterThan(0);
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it('reports an error in the words of the database', async () => {
    expect(await data.run('select * from nowhere')).toMatchObject({
      Status: 'FAILED',
      Error: 'ERROR: relation "nowhere" does not exist',
      HasResultSet: false,
    });
  });

  it('fails when the database does not exist', async () => {
    expect(await data.run('select 1', { Database: 'nowhere' })).toMatchObject({
      Status: 'FAILED',
      Error: 'FATAL: database "nowhere" does not exist',
    });
  });

  it('runs one statement only', async () => {
    const { Error: error } = await data.run('select 1; select 2');
    expect(error).toBe('ERROR: cannot insert multiple commands into a prepared statement');
  });

  it('runs as the user of a secret', async () => {
    const SecretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bi-Ab12Cd';
    expect(await data.rows('select current_user', { SecretArn })).toEqual([['bi']]);
  });

  it('asks for the rights of the call and of the credentials', async () => {
    data.authorized.length = 0;
    await data.run('select 1');
    const workgroup =
      'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/my-project-ab12';
    expect(data.authorized).toEqual([
      `redshift-serverless:GetCredentials ${workgroup}`,
      `redshift-data:ExecuteStatement ${workgroup}`,
      'redshift-data:DescribeStatement *',
    ]);
  });

  it('lets a procedure commit as it goes, and others see its rows', async () => {
    await data.warehouse.query(`create procedure slow() language plpgsql as $$ begin
      insert into counted values (42); commit; perform pg_sleep(0.5); end $$`);
    const id = await data.submit('call slow()');
    await data.until('exists (select from counted where n = 42)');
    expect((await data.call('DescribeStatement', { Id: id })).Status).toBe('STARTED');
    expect((await data.end(id)).Status).toBe('FINISHED');
  });

  it('tells EventBridge about the end when asked to', async () => {
    data.events.length = 0;
    const id = await data.submit('select 1', { WithEvent: true, StatementName: 'named' });
    await data.end(id);
    await data.run('select 1');
    expect(data.events).toHaveLength(1);
    expect(data.events[0]).toMatchObject({
      source: 'aws.redshift-data',
      'detail-type': 'Redshift Data Statement Status Change',
      detail: {
        principal: OWNER,
        statementName: 'named',
        statementId: id,
        state: 'FINISHED',
        rows: 1,
      },
    });
  });
});

describe('parameters', () => {
  const parameters = (...pairs: [string, string][]) => ({
    Parameters: pairs.map(([name, value]) => ({ name, value })),
  });

  it('takes values as text that is cast by its place', async () => {
    const more = parameters(['n', '41'], ['s', "it's"], ['t', '2026-01-02 03:04:05']);
    const sql = 'select :n::int + 1, :s, :t::timestamp, n from (select 41 as n) q where n = :n';
    expect(await data.rows(sql, more)).toEqual([[42, "it's", '2026-01-02 03:04:05.0', 41]]);
  });

  it('passes them to a procedure and shows them unsubstituted', async () => {
    await data.warehouse.query(
      'create procedure put(m int) language plpgsql as $$ begin insert into counted values (m); end $$',
    );
    const ended = await data.run('call put(:m::integer)', parameters(['m', '7']));
    expect(ended).toMatchObject({
      Status: 'FINISHED',
      QueryString: 'call put(:m::integer)',
      QueryParameters: [{ name: 'm', value: '7' }],
    });
    expect(await data.rows('select count(*) from counted where n = 7')).toEqual([[1]]);
  });

  it.each([
    ['an unused one', 'select :a', parameters(['a', '1'], ['b', '2']), /unused parameters.*\[b\]/],
    ['a missing one', 'select :a, :b', parameters(['a', '1']), /lacks.*\[b\]/],
    [
      'an empty value',
      'select :a',
      parameters(['a', '']),
      /at 'Parameters.1.member.value' .*length greater than or equal to 1/,
    ],
    [
      'a name with a dash',
      'select :a',
      parameters(['a-b', '1']),
      /'a-b' at 'Parameters.1.member.name' .*pattern/,
    ],
    ['one that stands in a comment only', 'select 1 -- :a', parameters(['a', '1']), /unused/],
  ])('refuses %s', async (_, sql, more, message) => {
    await expect(data.submit(sql, more)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });
});

describe('ClientToken', () => {
  const insert = 'insert into counted values (100)';
  const count = async () => (await data.rows('select count(*) from counted where n = 100'))[0]![0];

  it('runs a statement once in eight hours', async () => {
    const ClientToken = 'a'.repeat(64);
    const before = (await count()) as number;
    const first = await data.submit(insert, { ClientToken });
    await data.end(first);
    clock.shift += 8 * HOUR_MS - 60_000;
    expect(await data.submit(insert, { ClientToken })).toBe(first);
    expect(await count()).toBe(before + 1);
    clock.shift += 60_000;
    const later = await data.submit(insert, { ClientToken });
    expect(later).not.toBe(first);
    await data.end(later);
    expect(await count()).toBe(before + 2);
  });

  it('belongs to the role', async () => {
    const ClientToken = 'shared';
    const first = await data.submit(insert, { ClientToken });
    const second = await data.submit(insert, { ClientToken }, STRANGER);
    expect(second).not.toBe(first);
    await Promise.all([data.end(first), data.end(second, STRANGER)]);
  });

  it('refuses one that was used with another text, other parameters or another name', async () => {
    const used = { ClientToken: 'used', StatementName: 'first' };
    const id = await data.submit('select 1', used);
    const refused = { code: 'ValidationException', message: expect.stringMatching(/ClientToken/) };
    await expect(data.submit('select 2', used)).rejects.toMatchObject(refused);
    const renamed = data.submit('select 1', { ...used, StatementName: 'second' });
    await expect(renamed).rejects.toMatchObject(refused);
    expect(await data.submit('select 1', { ...used, WaitTimeSeconds: 1 })).toBe(id);
  });

  it('refuses one that is too long', async () => {
    await expect(data.submit(insert, { ClientToken: 'a'.repeat(65) })).rejects.toThrow(/64/);
  });
});

describe('another role', () => {
  it('does not see the statement', async () => {
    const id = await data.submit('select 1', { StatementName: 'mine' });
    await data.end(id);
    for (const operation of ['DescribeStatement', 'GetStatementResult', 'CancelStatement']) {
      await expect(data.call(operation, { Id: id }, STRANGER)).rejects.toMatchObject({
        code: 'ResourceNotFoundException',
        message: 'Query does not exist.',
        fields: { ResourceId: id },
      });
    }
    const { Statements } = await data.call('ListStatements', { StatementName: 'mine' }, STRANGER);
    expect(Statements).toEqual([]);
  });

  it('does not see it in sys_query_history either', async () => {
    await data.run('/* run-9 step batch 1 */ select 1');
    const sql = 'select status from sys_query_history where strpos(query_text, :comment) = 1';
    const more = { Parameters: [{ name: 'comment', value: '/* run-9 step batch 1 */' }] };
    expect(await data.rows(sql, more)).toEqual([['success']]);
    expect(await data.rows(sql, more, STRANGER)).toEqual([]);
  });
});

describe('sys_query_history', () => {
  const about = (comment: string) =>
    data.rows(
      `select status, error_message, elapsed_time >= 0, end_time >= start_time
       from sys_query_history where query_text like '/* ${comment} */%'`,
    );

  it('shows a statement while it runs and how it ended', async () => {
    const id = await data.submit('/* history-1 */ select pg_sleep(30)');
    await data.until(
      "exists (select from sys_query_history where query_text like '/* history-1%')",
    );
    expect(await about('history-1')).toEqual([['running', '', true, true]]);
    await data.call('CancelStatement', { Id: id });
    await data.end(id);
    expect(await about('history-1')).toEqual([['canceled', '', true, true]]);
    await data.run('/* history-2 */ select 1/0');
    expect(await about('history-2')).toEqual([['failed', 'ERROR: division by zero', true, true]]);
  });

  it('forgets after seven days', async () => {
    await data.run('/* history-3 */ select 1');
    clock.shift += 7 * 24 * HOUR_MS + 1_000;
    expect(await about('history-3')).toEqual([]);
  });
});

describe('DescribeStatement', () => {
  it('answers when the statement ends, long before its wait is over', async () => {
    const id = await data.submit('select pg_sleep(0.3)');
    const began = Date.now();
    const { Status } = await data.call('DescribeStatement', { Id: id, WaitTimeSeconds: 30 });
    expect(Status).toBe('FINISHED');
    expect(Date.now() - began).toBeLessThan(25_000);
  });

  it('answers after its wait when the statement still runs', async () => {
    const id = await data.submit('select pg_sleep(60)');
    const began = Date.now();
    const { Status } = await data.call('DescribeStatement', { Id: id, WaitTimeSeconds: 1 });
    expect(Status).toBe('STARTED');
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
    await data.call('CancelStatement', { Id: id });
    await data.end(id);
  });

  it.each([
    [0, 'ValidationException'],
    [31, 'ValidationException'],
    [1.5, 'SerializationException'],
  ])('refuses to wait %p seconds', async (WaitTimeSeconds, code) => {
    await expect(
      data.call('DescribeStatement', { Id: 'x', WaitTimeSeconds }),
    ).rejects.toMatchObject({ code });
  });

  it('lets two wait for a statement, and no third', async () => {
    const Id = await data.submit('select pg_sleep(60)');
    const wait = { Id, WaitTimeSeconds: 30 };
    const waiting = [data.call('DescribeStatement', wait), data.call('GetStatementResult', wait)];
    const results = Promise.allSettled(waiting);
    for (const operation of ['DescribeStatement', 'GetStatementResult']) {
      await expect(data.call(operation, wait)).rejects.toMatchObject({
        code: 'ActiveWaitingRequestsExceededException',
        status: 400,
      });
    }
    expect((await data.call('DescribeStatement', { Id })).Status).not.toBe('ABORTED');
    await data.call('CancelStatement', { Id });
    const [described, result] = await results;
    expect(described).toMatchObject({ status: 'fulfilled', value: { Status: 'ABORTED' } });
    expect(result).toMatchObject({ reason: { code: 'ResourceNotFoundException' } });
    // Both have gone: there is room again, and what is over needs none.
    expect((await data.call('DescribeStatement', wait)).Status).toBe('ABORTED');
  });

  it('knows a statement for 24 hours', async () => {
    const id = await data.submit('select 1');
    await data.end(id);
    clock.shift += 24 * HOUR_MS - 60_000;
    expect((await data.call('DescribeStatement', { Id: id })).Status).toBe('FINISHED');
    clock.shift += 60_000;
    await expect(data.call('DescribeStatement', { Id: id })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('CancelStatement', () => {
  it('stops a running statement and what it was doing', async () => {
    const id = await data.submit('/* cancel-me */ select pg_sleep(60)');
    await data.until("exists (select from pg_stat_activity where query like '/* cancel-me%')");
    expect(await data.call('CancelStatement', { Id: id })).toEqual({ Status: true });
    expect(await data.end(id)).toMatchObject({ Status: 'ABORTED', HasResultSet: false });
    await data.until(
      "not exists (select from pg_stat_activity where query like '/* cancel-me%' and state = 'active')",
    );
  });

  it('stops a statement that has not started yet', async () => {
    const id = await data.submit('insert into counted values (200)');
    await data.call('CancelStatement', { Id: id });
    expect((await data.end(id)).Status).toBe('ABORTED');
    expect(await data.rows('select count(*) from counted where n = 200')).toEqual([[0]]);
  });

  it('refuses a statement of a batch, and stops the whole', async () => {
    const Sqls = ['select pg_sleep(60)', 'select 1'];
    const where = { Database: 'my_project_ab12', WorkgroupName: 'my-project-ab12' };
    const { Id } = await data.call('BatchExecuteStatement', { Sqls, ...where });
    await expect(data.call('CancelStatement', { Id: `${Id}:1` })).rejects.toThrow(/batch/);
    await data.call('CancelStatement', { Id });
    const { Status, SubStatements } = await data.end(String(Id));
    const parts = (SubStatements as { Status: string }[]).map((part) => part.Status);
    expect([Status, ...parts]).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
  });

  it('refuses when the statement is over', async () => {
    const { Id } = await data.run('select 1');
    await expect(data.call('CancelStatement', { Id })).rejects.toMatchObject({
      code: 'ValidationException',
      message: `Could not cancel a query that is already in FINISHED state with ID: ${Id}`,
    });
  });
});

describe('GetStatementResult', () => {
  it('types each value', async () => {
    const sql = `select 1::smallint, 2::bigint, 1.5::float8, 2.50::numeric(9, 2), true, null::int,
      'x'::varchar(5), date '2026-01-02', timestamp '2026-01-02 03:04:05.6', count(*) from counted`;
    const { Id } = await data.run(sql);
    const { Records, ColumnMetadata, TotalNumRows } = await data.call('GetStatementResult', { Id });
    expect((Records as unknown[][])[0]!.slice(0, 9)).toEqual([
      { longValue: 1 },
      { longValue: 2 },
      { doubleValue: 1.5 },
      { stringValue: '2.50' },
      { booleanValue: true },
      { isNull: true },
      { stringValue: 'x' },
      { stringValue: '2026-01-02' },
      { stringValue: '2026-01-02 03:04:05.6' },
    ]);
    expect(TotalNumRows).toBe(1);
    expect((ColumnMetadata as { typeName: string }[]).map(({ typeName }) => typeName)).toEqual(
      'int2 int8 float8 numeric bool int4 varchar date timestamp int8'.split(' '),
    );
  });

  it('says how wide a column is, and has text for numbers JSON lacks', async () => {
    const { Id } = await data.run(
      "select 1::int as a, 2.5::numeric(9, 2) as b, 'x'::varchar(7) as c, 'NaN'::float8 as d",
    );
    const { Records, ColumnMetadata } = await data.call('GetStatementResult', { Id });
    expect((Records as unknown[][])[0]![3]).toEqual({ doubleValue: 'NaN' });
    const columns = ColumnMetadata as { precision: number; scale: number }[];
    expect(columns.map(({ precision, scale }) => [precision, scale])).toEqual([
      [10, 0],
      [9, 2],
      [7, 0],
      [17, 0],
    ]);
  });

  it.each(['%', 'AAAA', btoa('2')])('refuses the token %s, which it never gave', async (token) => {
    const { Id } = await data.run('select 1');
    await expect(data.call('GetStatementResult', { Id, NextToken: token })).rejects.toMatchObject({
      code: 'ValidationException',
      message: 'NextToken is not valid',
    });
  });

  it('comes in pages of about a megabyte', async () => {
    const { Id } = await data.run("select repeat('x', 100000), n from generate_series(1, 25) n");
    const sizes: number[] = [];
    for (let NextToken: unknown; sizes.length === 0 || NextToken; ) {
      const page: Record<string, unknown> = await data.call('GetStatementResult', {
        Id,
        NextToken,
      });
      expect(page.TotalNumRows).toBe(25);
      sizes.push((page.Records as unknown[]).length);
      NextToken = page.NextToken;
    }
    expect(sizes).toEqual([10, 10, 5]);
  });

  it('has none while the statement runs and for a statement without rows', async () => {
    const { Id } = await data.run('insert into counted values (1)');
    const running = await data.submit('select pg_sleep(60)');
    for (const id of [Id, running]) {
      await expect(data.call('GetStatementResult', { Id: id })).rejects.toMatchObject({
        code: 'ResourceNotFoundException',
        message: expect.stringMatching(/does not have result/),
      });
    }
    await data.call('CancelStatement', { Id: running });
    await data.end(running);
  });
});

describe('BatchExecuteStatement', () => {
  const batch = (Sqls: string[], more = {}) =>
    data.call('BatchExecuteStatement', {
      Sqls,
      Database: 'my_project_ab12',
      WorkgroupName: 'my-project-ab12',
      WaitTimeSeconds: 30,
      ...more,
    });
  const parts = async (id: unknown) => {
    const { SubStatements } = await data.call('DescribeStatement', { Id: id });
    return (SubStatements as { Status: string }[]).map(({ Status }) => Status);
  };
  const count = async (n: number) =>
    (await data.rows(`select count(*) from counted where n = ${n}`))[0]![0];

  it('is one transaction: a failure undoes everything', async () => {
    const { Id, Status } = await batch([
      'insert into counted values (301)',
      'select 1/0',
      'select 2',
    ]);
    expect(Status).toBe('FAILED');
    expect(await parts(Id)).toEqual(['FINISHED', 'FAILED', 'ABORTED']);
    expect(await data.call('DescribeStatement', { Id })).toMatchObject({
      Error: 'ERROR: division by zero',
      ExecutionMode: 'TRANSACTION',
    });
    expect(await count(301)).toBe(0);
  });

  it('commits one by one with AUTO_COMMIT', async () => {
    const sqls = ['insert into counted values (302)', 'select 1/0', 'select 303 as n'];
    const { Id, Status } = await batch(sqls, { ExecutionMode: 'AUTO_COMMIT' });
    expect(Status).toBe('FAILED');
    expect(await parts(Id)).toEqual(['FINISHED', 'FAILED', 'FINISHED']);
    expect(await count(302)).toBe(1);
    const { Records } = await data.call('GetStatementResult', { Id: `${Id}:3` });
    expect(Records).toEqual([[{ longValue: 303 }]]);
    const second = await data.call('DescribeStatement', { Id: `${Id}:2` });
    expect(second).toMatchObject({ Id: `${Id}:2`, QueryString: 'select 1/0', Status: 'FAILED' });
  });

  it('describes a statement of a batch when that one ends, and has results of the parts only', async () => {
    const { Id } = await batch(['select 1 as n', 'select pg_sleep(60)'], {
      WaitTimeSeconds: undefined,
    });
    const first = await data.call('DescribeStatement', { Id: `${Id}:1`, WaitTimeSeconds: 30 });
    expect(first).toMatchObject({ Status: 'FINISHED', ResultRows: 1, HasResultSet: true });
    const whole = await data.call('DescribeStatement', { Id });
    expect(whole).toMatchObject({ Status: 'STARTED', Duration: -1, HasResultSet: true });
    expect((whole.SubStatements as object[])[1]).toMatchObject({ ResultRows: -1, ResultSize: -1 });
    const { Records } = await data.call('GetStatementResult', { Id: `${Id}:1` });
    expect(Records).toEqual([[{ longValue: 1 }]]);
    await data.call('CancelStatement', { Id });
    await data.end(String(Id));
    for (const none of [Id, `${Id}:3`, `${Id}:`, `${Id}:0`]) {
      await expect(data.call('GetStatementResult', { Id: none })).rejects.toMatchObject({
        code: 'ResourceNotFoundException',
        fields: { ResourceId: none },
      });
    }
  });

  it('refuses a procedure that commits inside its transaction', async () => {
    const { Id } = await batch(['call slow()']);
    expect((await data.call('DescribeStatement', { Id })).Error).toBe(
      'ERROR: invalid transaction termination',
    );
  });

  it('shares parameters, each used at least once', async () => {
    const Parameters = [
      { name: 'a', value: '304' },
      { name: 'b', value: '305' },
    ];
    const sqls = ['insert into counted values (:a)', 'insert into counted values (:b)'];
    expect((await batch(sqls, { Parameters })).Status).toBe('FINISHED');
    expect([await count(304), await count(305)]).toEqual([1, 1]);
    await expect(batch(sqls.slice(1), { Parameters })).rejects.toThrow(/unused/);
  });

  it('refuses more than 40 statements', async () => {
    await expect(batch(Array(41).fill('select 1'))).rejects.toThrow(
      /at 'Sqls' .*less than or equal to 40/,
    );
  });
});

describe('ListStatements', () => {
  it('finds statements by the beginning of their name, in pages, newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++)
      ids.push(await data.submit('select 1', { StatementName: `List-${n}` }));
    for (const id of ids) await data.end(id);
    const found: unknown[] = [];
    let NextToken: unknown;
    do {
      const page: Record<string, unknown> = await data.call('ListStatements', {
        StatementName: 'List-',
        MaxResults: 2,
        NextToken,
      });
      found.push(...(page.Statements as { Id: string }[]).map(({ Id }) => Id));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(found).toEqual(ids.reverse());
    expect(await data.call('ListStatements', { StatementName: 'list-' })).toMatchObject({
      Statements: [],
    });
  });

  it('finds by database and workgroup, and shows texts and parameters where there are any', async () => {
    const StatementName = 'placed';
    const Parameters = [{ name: 'a', value: '1' }];
    await data.run('select :a', { StatementName, Parameters });
    const where = { Database: 'my_project_ab12', WorkgroupName: 'my-project-ab12' };
    const { Id } = await data.call('BatchExecuteStatement', {
      ...{ Sqls: ['select 1', 'select 2'], StatementName, ...where },
    });
    await data.end(String(Id));
    const list = (more: object) => data.call('ListStatements', { StatementName, ...more });
    expect((await list(where)).Statements).toEqual([
      {
        ...{ Id, StatementName, Status: 'FINISHED', IsBatchStatement: true, ResultFormat: 'JSON' },
        ...{ CreatedAt: expect.any(Number), UpdatedAt: expect.any(Number) },
        QueryStrings: ['select 1', 'select 2'],
      },
      expect.objectContaining({ QueryString: 'select :a', QueryParameters: Parameters }),
    ]);
    expect((await list({ Database: 'dev' })).Statements).toEqual([]);
    await expect(list({ RoleLevel: false })).rejects.toThrow(/RoleLevel false/);
    await expect(list({ ...where, ClusterIdentifier: 'a' })).rejects.toThrow(/exactly one/);
    await expect(list({ NextToken: 'x' })).rejects.toThrow(/NextToken is not valid/);
  });

  it('shows only finished statements unless a status is asked for', async () => {
    const name = { StatementName: 'listed' };
    const id = await data.submit('select 1/0', name);
    await data.end(id);
    expect((await data.call('ListStatements', name)).Statements).toEqual([]);
    expect((await data.call('ListStatements', { ...name, Status: 'FAILED' })).Statements).toEqual([
      expect.objectContaining({ Id: id, Status: 'FAILED', StatementName: 'listed' }),
    ]);
    expect((await data.call('ListStatements', { ...name, Status: 'ALL' })).Statements).toHaveLength(
      1,
    );
  });
});

describe('limits', () => {
  const target = { Database: 'my_project_ab12', WorkgroupName: 'my-project-ab12' };
  it.each([
    ['a text above 200 KB', { Sql: `select '${'x'.repeat(200_000)}'` }, /larger than 200kB/],
    ['an empty text', { Sql: ' ' }, /must not be empty/],
    ['no text', {}, /Value null at 'Sql' /],
    ['an unknown workgroup', { Sql: 'select 1', WorkgroupName: 'other' }, /endpoint doesn't exist/],
    ['a workgroup with a _', { Sql: 'select 1', WorkgroupName: 'a_bc' }, /regular expression/],
    ['no database', { Sql: 'select 1', Database: '' }, /Database must be given/],
    ['no target', { Sql: 'select 1', WorkgroupName: undefined }, /exactly one of/],
    ['two targets', { Sql: 'select 1', ClusterIdentifier: 'c' }, /exactly one of/],
    ['a user of a workgroup', { Sql: 'select 1', DbUser: 'u' }, /DbUser cannot be given/],
    ['a session', { Sql: 'select 1', SessionId: 'x' }, /does not know SessionId/],
    [
      'a session that is kept',
      { Sql: 'select 1', SessionKeepAliveSeconds: 60 },
      /does not know SessionKeepAliveSeconds/,
    ],
    ['CSV', { Sql: 'select 1', ResultFormat: 'CSV' }, /does not know ResultFormat CSV/],
    [
      'an empty list of parameters',
      { Sql: 'select 1', Parameters: [] },
      /'Parameters' .*equal to 1/,
    ],
    [
      'a mode for one statement',
      { Sql: 'select 1', ExecutionMode: 'AUTO_COMMIT' },
      /ExecutionMode/,
    ],
    [
      'a name that is too long',
      { Sql: 'select 1', StatementName: 'x'.repeat(2049) },
      /less than or equal to 2048/,
    ],
    ['an unknown secret', { Sql: 'select 1', SecretArn: 'arn:x' }, /no secret arn:x/],
  ])('refuses %s', async (_, input, message) => {
    await expect(data.call('ExecuteStatement', { ...target, ...input })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  it.each(
    'GetStatementResultV2 ListSessions DescribeTable ListTables ListSchemas ListDatabases'.split(
      ' ',
    ),
  )('refuses %s by name', async (operation) => {
    await expect(data.call(operation, {})).rejects.toMatchObject({
      code: 'UnknownOperationException',
      message: `the rehearsal's Redshift Data API has no operation ${operation}`,
    });
  });

  it('takes 500 active statements and no more, those that wait can be cancelled', async () => {
    const ids = await Promise.all(
      Array.from({ length: 500 }, () => data.submit('select pg_sleep(120)')),
    );
    await expect(data.submit('select 1')).rejects.toMatchObject({
      code: 'ActiveStatementsExceededException',
    });
    for (const Id of ids) await data.call('CancelStatement', { Id });
    const ended = await Promise.all(ids.map((id) => data.end(id)));
    expect(new Set(ended.map(({ Status }) => Status))).toEqual(new Set(['ABORTED']));
  });
});
