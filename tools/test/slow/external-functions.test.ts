// The migration on a Redshift without Python functions: its SQL calls the bundle's functions through
// the warehouse, in batches, and survives what Lambda and the functions may do.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import type { FunctionInvoker } from '../../rehearsal/types';
import {
  addApps,
  CLICKSTREAM,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  synthesize,
  variant,
} from './support';

const SQL = path.join(__dirname, '../../../sql/clickstream');
const MACHINE = 'example-clickstream-data-migration';
const EVENTS = 1_200;
/** Proofs of a function have fewer rows, batches of the migration more. */
const LARGE = 20;
const INPUT = {
  appIds: ['app01'],
  migration: { days: 30, batchDays: 30, baseViewBatchHours: 720 },
  quietPeriod: false,
};
const NAMES = [
  'combine_json_list',
  'convert_json_list',
  'parse_utm_from_url',
  'rm_object_props',
  'transform_event_custom_props',
  'transform_user_custom_props',
];
let assemblyDir: string;

beforeAll(() => {
  assemblyDir = synthesize('clickstream');
});
afterEach(stopClouds);
afterAll(removeAssemblies);

const cloudWith = (faults: readonly string[] = [], before = '', after = '') =>
  startCloud({
    assemblyDir,
    scenarioDir: variant(CLICKSTREAM, { sql: `${before}\n${addApps(1, EVENTS)}\n${after}` }),
    clock: 'virtual',
    rows: 0,
    faults,
  });

const run = (cloud: Cloud) => cloud.engine.finished(start(cloud, MACHINE, INPUT));

/** Rows of each batch of the migration itself. */
const batches = (cloud: Cloud, name: string) =>
  cloud
    .warehouse!.externalCalls.filter(
      (call) => call.function === `app01.${name}` && call.rows > LARGE,
    )
    .map(({ rows, error }) => error ?? rows);

async function languages(cloud: Cloud): Promise<Record<string, unknown>> {
  const rows = await cloud.query(
    `select proname as name, lanname as language from pg_proc as p
     join pg_language as l on l.oid = prolang
     where pronamespace = 'app01'::regnamespace and lanname <> 'plpgsql'`,
  );
  return Object.fromEntries(rows.map(({ name, language }) => [name, language]));
}

/** Everything was migrated, with the functions' answers. */
async function expectMigrated(cloud: Cloud): Promise<void> {
  const [row] = await cloud.query(
    `select count(*)::int as events, count(distinct event_id)::int as ids,
       count(*) filter (where platform = 'Web' and page_view_page_url is not null
         and traffic_source_channel_group is null)::int as without_channel
     from app01.event_v2`,
  );
  expect(row).toEqual({ events: EVENTS, ids: EVENTS, without_channel: 0 });
  expect(cloud.problems).toEqual([]);
}

it('makes the six functions and sends each row once, in few calls', async () => {
  const cloud = await cloudWith();
  expect(await run(cloud)).toMatchObject({ status: 'SUCCEEDED' });
  await expectMigrated(cloud);
  expect(await languages(cloud)).toEqual(Object.fromEntries(NAMES.map((name) => [name, 'exfunc'])));
  const [web] = await cloud.query(
    `select count(*)::int as rows from app01.event_v2
     where platform = 'Web' and page_view_page_url is not null`,
  );
  expect(batches(cloud, 'parse_utm_from_url')).toEqual([web!.rows]);
  expect(batches(cloud, 'transform_user_custom_props')).toEqual([EVENTS / 50]);
});

it('replaces Python functions that are there but refused, and keeps them under another name', async () => {
  const cloud = await cloudWith([], `set rehearsal.python = 'refused';`);
  expect(await run(cloud)).toMatchObject({ status: 'SUCCEEDED' });
  await expectMigrated(cloud);
  const found = Object.entries(await languages(cloud));
  expect(
    found
      .filter(([, language]) => language === 'exfunc')
      .map(([name]) => name)
      .sort(),
  ).toEqual(NAMES);
  expect(found.filter(([, language]) => language === 'plpythonu')).toHaveLength(6);
});

/** Python functions that work: on ordinary values they answer what they must, on others NULL. */
function workingPython(): string {
  const functions = NAMES.map((name) => {
    const file = path.join(SQL, `probe-${name.replaceAll('_', '-')}.sql`);
    const cases = /from (\(\n[\s\S]*\) cases);/.exec(readFileSync(file, 'utf8'))![1];
    const known = [...cases!.matchAll(/ as (\w+)[,\n]/g)].map(([, column]) => column!);
    const columns = known.filter((column) => !['name', 'expected'].includes(column));
    const arguments_ = columns.map((column) => `${column} varchar`).join(', ');
    const same = columns.map((column, i) => `c.${column} is not distinct from $${i + 1}`);
    return `create table scenario.${name} as select * from ${cases};
      create function app01.${name}(${arguments_}) returns varchar stable language plpythonu as $$
      begin
        return (select c.expected from scenario.${name} as c where ${same.join(' and ')});
      end $$;`;
  });
  return `set check_function_bodies = off;
    ${functions.join('\n')}
    grant select on all tables in schema scenario to public;`;
}

it('leaves Python functions alone that work', async () => {
  const cloud = await cloudWith([], '', workingPython());
  expect(await run(cloud)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await languages(cloud)).toEqual(
    Object.fromEntries(NAMES.map((name) => [name, 'plpythonu'])),
  );
  expect(cloud.warehouse!.externalCalls).toEqual([]);
});

it('a throttled function costs retries, and nothing else', async () => {
  const cloud = await cloudWith(['kind=throttle,task=ClickstreamUdf,nth=3,times=6']);
  expect(await run(cloud)).toMatchObject({ status: 'SUCCEEDED' });
  await expectMigrated(cloud);
  const throttled = cloud.warehouse!.externalCalls.filter(({ error }) =>
    /Exceeded/.test(error ?? ''),
  );
  expect(throttled).toHaveLength(6);
});

/** The first invocation that is not a proof of the functions just made: two for each. */
const MIGRATING = 2 * NAMES.length + 1;

async function expectRedriveHelps(cloud: Cloud, reason: RegExp): Promise<void> {
  const arn = start(cloud, MACHINE, INPUT);
  const failed = await cloud.engine.finished(arn);
  expect(failed.status).toBe('FAILED');
  expect(failed.cause).toMatch(/the procedure logged/);
  expect(failed.cause).toMatch(reason);
  cloud.engine.redrive(arn);
  expect(await cloud.engine.finished(arn)).toMatchObject({ status: 'SUCCEEDED' });
  await expectMigrated(cloud);
}

it.each([
  ['dies', 'kind=kill', /Runtime\.ExitError/],
  ['throws', 'kind=error,error=TypeError,message=not a function', /TypeError/],
  ['may not be called', 'kind=denied', /Access denied/],
])('a function that %s fails the batch; a redrive finishes the run', async (_, fault, reason) => {
  const cloud = await cloudWith([`${fault},task=ClickstreamUdf,nth=${MIGRATING}`]);
  await expectRedriveHelps(cloud, reason);
});

it('an answer of one row too few fails the batch; a redrive finishes the run', async () => {
  const cloud = await cloudWith();
  const { functions } = cloud as unknown as { functions: FunctionInvoker };
  const invoke = functions.invoke.bind(functions);
  let large = 0;
  functions.invoke = async (...call) => {
    const answer = await invoke(...call);
    const lies = Number((call[1] as { num_records?: number }).num_records) > LARGE && large++ === 0;
    return lies ? JSON.stringify({ success: true, results: ['{}'] }) : answer;
  };
  await expectRedriveHelps(cloud, /1 results for \d+ rows/);
});

it('a function throttled for longer than RETRY_TIMEOUT fails the batch after minutes, not the run for ever', async () => {
  const cloud = await cloudWith([`kind=throttle,task=ClickstreamUdf,nth=${MIGRATING},times=60`]);
  const began = cloud.clock.now();
  const failed = await run(cloud);
  expect(failed.cause).toMatch(/TooManyRequestsException/);
  expect(cloud.clock.now() - began).toBeGreaterThan(300_000);
});
