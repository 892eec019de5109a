// Others who write while the tasks work, the time statements take, and what Aurora says of its replicas.

import { world } from './world';

const SELL = {
  name: 'shop',
  everySeconds: 10,
  most: 3,
  sql: 'insert into shop.item (id, name) values (100 + unix_timestamp() % 100000, concat(:n, now()))',
};

describe('a cluster that others write into', () => {
  let aws: Awaited<ReturnType<typeof world>>;
  afterEach(() => aws.cluster.stop());

  const names = async () =>
    (await aws.cluster.query('select name from shop.item where id > 3 order by name')).map(
      ({ name }) => name,
    );

  it('they make up for the time since they last wrote, when a task has something executed', async () => {
    aws = await world({ actors: [SELL] });
    const client = await aws.connect('exporter', 'one');
    await client.query('select 1');
    expect(await names()).toEqual([]);
    await aws.clock.sleep(10_000);
    await client.query('select 1');
    await aws.clock.sleep(86_400_000);
    await client.query('select 1');
    expect(await names()).toEqual(['12026-03-08 12:00:10', '32026-03-09 12:00:10']);
    expect(aws.problems).toEqual([]);
  });

  it('one may commit later than another who began later', async () => {
    const late = {
      name: 'late',
      everySeconds: 5,
      sql: "begin; insert into shop.item (id, name) values (50, 'late')",
      end: { afterSeconds: 30, sql: 'commit' },
    };
    aws = await world({ actors: [late, SELL] });
    const client = await aws.connect('exporter', 'one');
    const seen: unknown[] = [];
    for (const seconds of [5, 15, 15]) {
      await aws.clock.sleep(seconds * 1000);
      await client.query('select 1');
      seen.push((await names()).length);
    }
    expect(seen).toEqual([0, 1, 3]);
    expect(await names()).toContain('late');
  });

  it('a row that a task has locked is tried again, and what they do wrong is told', async () => {
    const set = {
      name: 'set',
      everySeconds: 1,
      sql: "update shop.item set name = 'x' where id = 2",
    };
    const wrong = { name: 'wrong', everySeconds: 1, sql: 'select nothing' };
    aws = await world({ actors: [set, wrong] });
    const client = await aws.connect('exporter', 'one');
    await client.query('begin');
    await client.query('select * from shop.item where id = 2 for update');
    await aws.clock.sleep(1_000);
    await client.query('commit');
    expect(aws.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("Unknown column 'nothing'"),
    ]);
    await aws.clock.sleep(1_000);
    await client.query('select 1');
    const [row] = await aws.cluster.query('select name from shop.item where id = 2');
    expect(row).toEqual({ name: 'x' });
  });

  it('a statement takes the time it is said to take', async () => {
    aws = await world({ statementMs: 40 });
    const client = await aws.connect('exporter', 'one');
    const begun = aws.clock.now();
    for (let i = 0; i < 5; i++) await client.query('select 1');
    expect(aws.clock.now() - begun).toBe(200);
  });

  it('a transaction that loses in a deadlock is taken back, one whose lock is not there is not', async () => {
    aws = await world();
    const client = await aws.connect('exporter', 'one');
    const insert = async (id: number, error: string) => {
      await client.query('begin');
      await client.query(`insert into shop.item (id) values (${id})`);
      aws.faults.arm({ kind: 'error', sql: 'update', error, nth: 1 });
      const sqlState = error === '1213' ? '40001' : 'HY000';
      await expect(client.query('update shop.item set price = 1')).rejects.toMatchObject({
        errno: Number(error),
        sqlState,
      });
      await client.query('commit');
    };
    await insert(7, '1213');
    await insert(8, '1205');
    const rows = await aws.cluster.query('select id from shop.item where id > 3');
    expect(rows).toEqual([{ id: 8 }]);
  });

  it('a lost answer of a commit: the rows are there', async () => {
    aws = await world();
    const client = await aws.connect('exporter', 'one');
    aws.faults.arm({ kind: 'lost-answer', service: 'mysql', sql: 'commit', nth: 1 });
    await client.query('begin');
    await client.query('insert into shop.item (id) values (7)');
    await expect(client.query('commit')).rejects.toMatchObject({
      code: 'PROTOCOL_CONNECTION_LOST',
    });
    expect(await aws.cluster.query('select id from shop.item where id = 7')).toHaveLength(1);
  });

  it("replicas stand where Aurora has them, and their lag is the test's to set", async () => {
    aws = await world({ replicas: [{ id: 'reader-1', lagMs: 12.5 }] });
    const client = await aws.connect('reader', 'three');
    const lag = async () => {
      const [rows] = await client.query(
        `select server_id as id, replica_lag_in_milliseconds as lag
         from information_schema.replica_host_status where session_id <> 'MASTER_SESSION_ID'`,
      );
      return rows;
    };
    expect(await lag()).toEqual([{ id: 'reader-1', lag: 12.5 }]);
    await aws.cluster.query(
      "update rehearsal.replica_host_status set replica_lag_in_milliseconds = 9000 where server_id = 'reader-1'",
    );
    expect(await lag()).toEqual([{ id: 'reader-1', lag: 9000 }]);
  });

  it('a cluster that is none of Aurora knows no replicas', async () => {
    aws = await world();
    const client = await aws.connect('reader', 'three');
    const sql = 'select * from information_schema.replica_host_status';
    await expect(client.query(sql)).rejects.toMatchObject({ errno: 1109 });
  });

  it('what the server minded about a statement can be asked for', async () => {
    aws = await world();
    const client = await aws.connect('exporter', 'one');
    await client.query("set session sql_mode = ''");
    await client.query("update shop.item set price = 'dear' where id = 1");
    const [rows] = await client.query('/* run-7 */\nshow warnings');
    expect(rows).toEqual([expect.objectContaining({ Code: 1366 })]);
  });

  it('statements of megabytes pass, and what they carry is only data', async () => {
    aws = await world();
    const client = await aws.connect('exporter', 'one');
    await aws.cluster.query('create table shop.note (id int primary key, body longtext)');
    const body = `into outfile '/x' ${'é'.repeat(4_000_000)}`;
    await client.query('insert into shop.note values (1, ?)', [body]);
    const [rows] = await client.query('select body from shop.note');
    expect((rows as { body: string }[])[0]!.body).toBe(body);
    expect(aws.calls.at(-2)!.sql!.length).toBeLessThan(5_000);
  });
});
