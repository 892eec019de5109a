// Copies of one filled warehouse: what a rehearsal does in its copy, no other sees.

import { RealClock } from '../../rehearsal/clock';
import type { WarehouseTemplate } from '../../rehearsal/warehouse/template';
import { Warehouse } from '../../rehearsal/warehouse/warehouse';

const options = {
  clock: new RealClock(),
  database: 'shop',
  rows: 7,
  scenarioSql: [
    `create role maker login;
     grant create on database shop to maker;
     alter database shop set rehearsal.chunk_rows = '5';
     create table sold as select current_setting('rehearsal.rows')::int as n`,
  ],
};
let template: WarehouseTemplate;
const copies: Warehouse[] = [];

beforeAll(async () => {
  template = await Warehouse.template(options);
  copies.push(...(await Promise.all([1, 2].map(() => Warehouse.start(options, template)))));
});
afterAll(async () => {
  for (const copy of copies) await copy.stop();
  await template.stop();
});

const value = async (warehouse: Warehouse, sql: string) =>
  Object.values((await warehouse.query(sql)).rows[0])[0];

test('each copy has the rows, and changes them alone', async () => {
  const [one, two] = copies as [Warehouse, Warehouse];
  await one.query('update sold set n = 8');
  expect(await value(one, 'select n from sold')).toBe(8);
  expect(await value(two, 'select n from sold')).toBe(7);
});

test('each copy has a history of its own; users are of the server', async () => {
  const [one, two] = copies as [Warehouse, Warehouse];
  await one.query(`insert into rehearsal.query_history (user_id, database_name, query_type,
    query_text, status, start_time) values (1, 'shop', 'SELECT', 'select 1', 'success', getdate())`);
  expect(await value(two, 'select count(*)::int from sys_query_history')).toBe(0);
  for (const copy of [one, two]) await copy.query(`call rehearsal.ensure_user('IAMR:both')`);
  const session = two.session('IAMR:both', 'dev');
  await session.connect();
  expect((await session.query('select current_user as name')).rows).toEqual([
    { name: 'IAMR:both' },
  ]);
  await session.end();
});

test('a copy keeps the rights on the database and its settings', async () => {
  const [one] = copies as [Warehouse];
  const session = one.session('maker', 'shop');
  await session.connect();
  await session.query('create schema own');
  expect((await session.query('show rehearsal.chunk_rows')).rows).toEqual([
    { 'rehearsal.chunk_rows': '5' },
  ]);
  await session.end();
});

test('a copy that is stopped, connections and all, leaves the others and the template', async () => {
  const [one, two] = copies as [Warehouse, Warehouse];
  const session = one.session('maker', 'shop');
  await session.connect();
  await one.stop();
  copies.shift();
  expect(await value(two, 'select n from sold')).toBe(7);
  const third = await Warehouse.start(options, template);
  copies.push(third);
  expect(await value(third, 'select n from sold')).toBe(7);
  await expect(session.query('select 1')).rejects.toThrow();
});

test('the database may be the one that every warehouse has', async () => {
  const clock = new RealClock();
  const warehouse = await Warehouse.start({ clock, database: 'dev', scenarioSql: ['select 1'] });
  try {
    expect(warehouse.databases).toEqual(['dev']);
    expect(await value(warehouse, 'select getdate() is not null')).toBe(true);
  } finally {
    await warehouse.stop();
  }
});
