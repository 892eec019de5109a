// The example of docs/examples/unload-copy as a user deploys it: run, fail half way, redrive, finish, run
// again; and a worker that dies, or whose answers are lost, at each call to warehouse and bucket. Its
// writes to the ledger are those of every step that runs batches: deaths.test.ts loses them.

import { join } from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import { ran, removeAssemblies, start, startCloud, stopClouds, synthesize } from './support';

const SCENARIO = join(__dirname, 'scenarios/orders');
const ROWS = 12_000;
let assemblyDir: string;

beforeAll(() => {
  assemblyDir = synthesize('unload-copy', { CDK_CONTEXT_JSON: '{"database":"dev_sales"}' });
});
afterEach(stopClouds);
afterAll(removeAssemblies);

const cloudWith = (...faults: string[]) =>
  startCloud({ assemblyDir, scenarioDir: SCENARIO, clock: 'virtual', faults });
const begin = (cloud: Cloud) => start(cloud, 'orders-archive', {});
const keys = (cloud: Cloud) => cloud.store.list('example-archive', 'unload/');
const manifests = (cloud: Cloud) => keys(cloud).filter((key) => key.endsWith('/manifest'));

/** How an execution ended; of one whose child failed, how the newest child did. */
async function ended(cloud: Cloud, arn: string) {
  const end = await cloud.engine.finished(arn);
  const children = cloud.engine
    .listMapRuns(arn, { maxResults: 1000 })
    .items.flatMap(
      ({ mapRunArn }) =>
        cloud.engine.listExecutions({ mapRunArn: String(mapRunArn), maxResults: 1000 }).items,
    )
    .map(({ executionArn }) => cloud.engine.finished(executionArn));
  const failed = (await Promise.all(children)).filter(({ status }) => status === 'FAILED');
  const { error, cause } = failed.at(-1) ?? end;
  return { status: end.status, error, cause, output: end.output };
}

/** Every closed order once and as it was, from one manifest. */
async function expectWhole(cloud: Cloud): Promise<void> {
  const columns = 'id, customer, total, ordered';
  const closed = `select ${columns} from sales.stored where id <= ${ROWS}`;
  const archived = `select ${columns} from sales.orders_archive`;
  const [row] = await cloud.query(
    `select count(*)::int as n, (select count(*)::int from (${closed} except all ${archived}) as x) as lost
     from sales.orders_archive`,
  );
  expect(row).toEqual({ n: ROWS, lost: 0 });
}

it('copies every row through the manifest of its run, and a second run adds nothing', async () => {
  const cloud = await cloudWith();
  const { status, cause, output } = await ended(cloud, begin(cloud));
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  await expectWhole(cloud);
  expect(keys(cloud).map((key) => key.replace(/run-[^/]+/, 'run'))).toEqual([
    'unload/run/ordersUnload/-/000000-unload.1/1/0000_part_00',
    'unload/run/ordersUnload/-/000000-unload.1/1/0001_part_00',
    'unload/run/ordersUnload/-/000000-unload.1/1/manifest',
  ]);
  expect(JSON.stringify(output)).not.toContain('customer');
  const again = await ended(cloud, begin(cloud));
  expect(again.cause).toContain(`orders_archive holds ${ROWS} rows before the load`);
  await expectWhole(cloud);
});

it('of a query without rows leaves no object, and copies none', async () => {
  const cloud = await cloudWith();
  await cloud.query('delete from sales.stored');
  const { status, cause } = await ended(cloud, begin(cloud));
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  expect(keys(cloud)).toEqual([]);
  const [row] = await cloud.query('select count(*)::int as n from sales.orders_archive');
  expect(row).toEqual({ n: 0 });
});

it('a row that does not fit: file, line and column; the redrive loads the same manifest', async () => {
  const cloud = await cloudWith();
  await cloud.query(
    `create table sales.orders_archive (id bigint, customer varchar(40), total decimal(12, 2) not null,
     ordered timestamptz)`,
  );
  await cloud.query('grant all on sales.orders_archive to public');
  await cloud.query(`update sales.stored set total = null where id = ${ROWS}`);
  const arn = begin(cloud);
  const failed = await ended(cloud, arn);
  expect(failed.error).toBe('StatementStoppedError');
  expect(failed.cause).toMatch(
    /s3:\/\/example-archive\/unload\/run-.*\/1\/0001_part_00 line 6000 column total: Missing data for not-null field \(1213\)/,
  );
  expect(await cloud.query('select count(*)::int as n from sales.orders_archive')).toEqual([
    { n: 0 },
  ]);
  await cloud.query('alter table sales.orders_archive alter column total drop not null');
  cloud.engine.redrive(arn);
  expect((await ended(cloud, arn)).status).toBe('SUCCEEDED');
  await expectWhole(cloud);
  expect(manifests(cloud)).toHaveLength(1);
});

it('an UNLOAD that fails half way leaves parts that nobody loads', async () => {
  const cloud = await cloudWith();
  await cloud.query(`insert into sales.breaks values (${ROWS})`);
  const arn = begin(cloud);
  expect((await ended(cloud, arn)).cause).toContain('disk full');
  expect(keys(cloud)).toHaveLength(2);
  await cloud.query('truncate sales.breaks');
  cloud.engine.redrive(arn);
  expect((await ended(cloud, arn)).status).toBe('SUCCEEDED');
  await expectWhole(cloud);
  expect(manifests(cloud)).toEqual([expect.stringMatching(/\/2\/manifest$/)]);
});

it('a file that is gone between UNLOAD and COPY is missed', async () => {
  const cloud = await cloudWith('kind=error,sql=copy ,nth=1,message=too busy');
  const arn = begin(cloud);
  expect((await ended(cloud, arn)).cause).toContain('too busy');
  cloud.store.delete('example-archive', keys(cloud)[0]!);
  cloud.engine.redrive(arn);
  const { error, cause } = await ended(cloud, arn);
  expect(error).toBe('ReconciliationError');
  expect(cause).toContain(`counts ${ROWS} rows, sales.orders_archive holds ${ROWS / 2}`);
});

/** Redrives until the run is through. */
async function through(cloud: Cloud, arn: string): Promise<void> {
  for (let redrives = 0; (await ended(cloud, arn)).status !== 'SUCCEEDED'; redrives++) {
    expect(redrives).toBeLessThan(3);
    cloud.engine.redrive(arn);
  }
}

const SERVICES = [
  ['redshift-data', 'ExecuteStatement', 5],
  ['redshift-data', 'DescribeStatement', 5],
  ['redshift-data', 'GetStatementResult', 2],
  ['s3', 'GetObject', 1],
] as const;
const HOW = ['kind=kill', 'kind=kill,when=after', 'kind=lost-answer'] as const;
const cases = SERVICES.flatMap(([service, operation, calls]) =>
  Array.from({ length: calls }, (_, i) => ({ service, operation, nth: i + 1 })),
);

it('the calls that are broken below are all that the task makes to warehouse and bucket', async () => {
  const cloud = await cloudWith(
    'kind=delay,sql=unload,seconds=40',
    'kind=delay,sql=copy ,seconds=40',
  );
  await through(cloud, begin(cloud));
  const made: Record<string, number> = {};
  for (const { task, service, operation } of cloud.calls) {
    const name = `${task} ${service} ${operation}`;
    made[name] = (made[name] ?? 0) + 1;
  }
  process.stdout.write(`figure: ${JSON.stringify(made)}\n`);
  for (const [service, operation, calls] of SERVICES) {
    expect(made[`RunBatches ${service} ${operation}`]).toBeLessThanOrEqual(calls);
  }
});

it.each(HOW)(
  '%s at each call: every row once, never two statements of one attempt',
  async (how) => {
    for (const { service, operation, nth } of cases) {
      const cloud = await cloudWith(
        'kind=delay,sql=unload,seconds=40',
        'kind=delay,sql=copy ,seconds=40',
        `${how},task=RunBatches,service=${service},operation=${operation},nth=${nth}`,
      );
      await through(cloud, begin(cloud));
      await expectWhole(cloud);
      const loads = (await ran(cloud, 'copy "sales"')).filter(({ status }) => status === 'success');
      expect([operation, nth, loads.length]).toEqual([operation, nth, 1]);
      await stopClouds();
    }
  },
);
