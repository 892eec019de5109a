// The server of rehearsals speaks ClickHouse's HTTP interface as clients rely on it.

import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type ClickHouseServer, statementsOf } from '../../rehearsal/clickhouse';
import { RealClock } from '../../rehearsal/clock';
import { Faults, faultOf } from '../../rehearsal/faults/faults';
import { aboutOf } from '../../rehearsal/faults/subject';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { ADMIN, CMS, REPORT, startServer } from './world';

let server: ClickHouseServer;
const faults = new Faults();

beforeAll(async () => {
  server = await startServer({
    faults,
    sql: [
      'create database event_sink; create table event_sink.t (k UInt64) engine = MergeTree order by k',
    ],
  });
});
afterAll(() => server?.stop());

const post = (sql: string, query = '', user: { name: string; password: string } = ADMIN) =>
  fetch(`${server.url}/?${query}`, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': user.name, 'X-ClickHouse-Key': user.password },
  });

it('answers a ping without a login', async () => {
  expect(await (await fetch(`${server.url}/ping`)).text()).toBe('Ok.\n');
});

it('answers tab separated, or in the format that is asked for', async () => {
  expect(await (await post('select 1, 2')).text()).toBe('1\t2\n');
  expect(await (await post('select 1 as one format JSONEachRow')).json()).toEqual({ one: 1 });
  const answer = await post('select 1 as one', 'default_format=JSONEachRow&query_id=mine');
  expect(answer.headers.get('x-clickhouse-query-id')).toBe('mine');
  expect(await answer.json()).toEqual({ one: 1 });
});

it('binds parameters and takes settings from the query string', async () => {
  const query = 'param_x=a%27b&output_format_json_quote_64bit_integers=1';
  const answer = await post('select {x:String} as x, toUInt64(5) as n format JSONEachRow', query);
  expect(await answer.json()).toEqual({ x: "a'b", n: '5' });
});

it('says an error in status, header and body', async () => {
  const answer = await post('select * from event_sink.nothing');
  expect(answer.status).toBe(404);
  expect(answer.headers.get('x-clickhouse-exception-code')).toBe('60');
  expect(await answer.text()).toMatch(/^Code: 60\. DB::Exception: .*UNKNOWN_TABLE/);
});

it('lets nobody in without the right password, nor with one in the URL', async () => {
  const wrong = await post('select 1', '', { name: 'ch_admin', password: 'x' });
  expect(wrong.status).toBe(403);
  expect(wrong.headers.get('x-clickhouse-exception-code')).toBe('516');
  expect(await wrong.text()).not.toContain(ADMIN.password);
  expect((await post('select 1', `user=${ADMIN.name}&password=${ADMIN.password}`)).status).toBe(
    400,
  );
});

it('honours readonly of 1 and 2, and a GET reads only', async () => {
  const ddl = 'create table event_sink.u (k Int8) engine = Memory';
  for (const readonly of ['1', '2']) {
    const answer = await post(ddl, `readonly=${readonly}&max_threads=1`);
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('164');
  }
  const headers = { 'X-ClickHouse-User': ADMIN.name, 'X-ClickHouse-Key': ADMIN.password };
  const got = await fetch(`${server.url}/?query=${encodeURIComponent(ddl)}`, { headers });
  expect(got.headers.get('x-clickhouse-exception-code')).toBe('164');
});

it('gives users no more than their rights', async () => {
  const code = async (sql: string, user: typeof REPORT | typeof CMS) =>
    (await post(sql, '', user)).headers.get('x-clickhouse-exception-code');
  expect(await code('select count() from event_sink.t', REPORT)).toBeNull();
  expect(await code('select * from system.parts', REPORT)).toBe('497');
  expect(await code('drop table event_sink.t', REPORT)).toBe('497');
  expect(await code('insert into event_sink.t values (1)', REPORT)).toBe('497');
  expect(await code('insert into event_sink.t values (1)', CMS)).toBeNull();
  expect(await code('insert into xapi.t values (1)', CMS)).toBe('497');
});

it('is spoken to by the official client', async () => {
  const client = createClient({
    url: server.url,
    username: ADMIN.name,
    password: ADMIN.password,
    log: { level: ClickHouseLogLevel.OFF },
  });
  await client.insert({ table: 'event_sink.t', values: [{ k: 7 }], format: 'JSONEachRow' });
  const rows = await client.query({
    query: 'select k from event_sink.t where k = {k:UInt64}',
    query_params: { k: 7 },
    format: 'JSONEachRow',
  });
  expect(await rows.json()).toEqual([{ k: expect.anything() }]);
  await expect(client.query({ query: 'select nothing' })).rejects.toMatchObject({ code: '47' });
  expect(await client.ping()).toEqual({ success: true });
  await client.close();
});

it('loses an answer of a statement that took effect when a fault says so', async () => {
  faults.arm({ kind: 'lost-answer', service: 'clickhouse', sql: 'lost_one', nth: 1 });
  await expect(post('create table event_sink.lost_one (k Int8) engine = Memory')).rejects.toThrow();
  expect(await server.query('exists event_sink.lost_one')).toEqual([{ result: 1 }]);
});

it('refuses to drop what is larger than the server allows: code 359', async () => {
  const small = await startServer({
    maxTableSizeToDrop: 1000,
    sql: [
      'create database xapi; create table xapi.big (k UInt64) engine = MergeTree order by k',
      'insert into xapi.big select rand64() from numbers(100000)',
    ],
  });
  try {
    await expect(small.query('drop table xapi.big')).rejects.toMatchObject({ code: 359 });
  } finally {
    await small.stop();
  }
});

it('leaves nothing behind', async () => {
  const other = await startServer();
  const { folder } = (other as unknown as { engine: { folder: string } }).engine;
  expect(existsSync(folder)).toBe(true);
  await other.stop();
  expect(existsSync(folder)).toBe(false);
});

it('splits a script at semicolons that end a line', () => {
  expect(statementsOf("-- a\nselect ';' ;\nselect 2;\n")).toEqual(["select ';'", 'select 2']);
});

it('knows whose a connection is, and strikes the calls of a state about the same', async () => {
  const callers = new Callers(new RealClock());
  const own = new Faults([
    faultOf({
      kind: 'error',
      service: 'clickhouse',
      state: 'Back up',
      about: aboutOf('drop-view'),
      nth: 2,
      error: '60',
    }),
  ]);
  const seen: object[] = [];
  const there = await startServer({ callers, faults: own, record: (call) => seen.push(call) });
  const ask = (file: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(there.url, {
        method: 'POST',
        agent: false,
        headers: { 'X-ClickHouse-User': ADMIN.name, 'X-ClickHouse-Key': ADMIN.password },
      });
      sent.on('socket', (socket) =>
        socket.on('connect', () => {
          const process = { ...newProcess('BackUp'), state: 'Back up' };
          callers.connected(socket.localPort!, process);
        }),
      );
      sent.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
      sent.end(`/* run-1 ${file} */ select 1`);
    });
  const statuses = [];
  for (const file of ['drop-view', 'drop-table', 'drop-view']) statuses.push(await ask(file));
  await there.stop();
  expect(statuses).toEqual([200, 200, 404]);
  expect(seen).toMatchObject([{ task: 'BackUp', state: 'Back up' }, {}, { error: '60' }]);
});
