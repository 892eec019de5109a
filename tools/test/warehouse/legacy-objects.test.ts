// The clean-up's reading and its statements, against a database that has what the guide drops.

import { join } from 'node:path';
import { readLegacyObjects } from '../../../lambdas/read-legacy-objects/core';
import type { ReadLegacyObjectsPayload } from '../../../lambdas/read-legacy-objects/payload';
import { DataApi } from '../../../lambdas/shared/data-api';
import { approvedHash, gateKey } from '../../../lambdas/shared/gates';
import type { StatementTemplate } from '../../../lambdas/shared/sql';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { FakeClock } from '../../../test/support/fake-warehouse';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { callerOf, FakeStepFunctions, openedRun } from '../../../test/support/runs';
import { readWarehouse } from '../../rehearsal/cloud/account';
import { Harness } from './harness';
import { runFile } from './product-sql';
import { lambda, makeFunctions } from './udf';

const FOLDER = join(__dirname, '../../rehearsal/scenarios/clickstream');
const memory = new MemoryLedger();
const { ledger } = memory;
const warehouse = { workgroup: 'my-project-ab12', database: 'my_project_ab12' };
let data: Harness;
let apps = 0;

beforeAll(async () => {
  data = await Harness.start({
    rows: 200,
    scenarioSql: readWarehouse({ scenarioDir: FOLDER })!.scenarioSql,
    lambda,
  });
});
afterAll(() => data.stop());

/** A new application with its data migrated. */
async function makeApp(): Promise<string> {
  const app = `clean_${++apps}`;
  await data.warehouse.query(`call public.rehearsal_make_app('${app}', 200)`);
  await makeFunctions(data, app);
  for (const legacy of ['sp_clear_expired_events(days int)', 'sp_clear_item_and_user()']) {
    await data.run(`create or replace procedure ${app}.${legacy} language sql as 'select 1'`);
  }
  await data.run(`call ${app}.sp_migrate_data_to_v2(30)`);
  return app;
}

const send = (command: { constructor: { name: string }; input: Record<string, unknown> }) =>
  data.call(
    command.constructor.name.replace('Command', ''),
    JSON.parse(JSON.stringify(command.input)),
  );

let payload: Omit<ReadLegacyObjectsPayload, 'appIds'>;
beforeEach(async () => {
  payload = { ...callerOf(await openedRun(ledger)), warehouse, gate: null, dryRun: false };
});

const read = (appIds: string[], change: Partial<ReadLegacyObjectsPayload> = {}) =>
  readLegacyObjects(
    { ...payload, appIds, ...change },
    {
      ledger,
      sfn: new FakeStepFunctions().client,
      clock: new FakeClock(),
      sqlText,
      dataApi: (target) => new DataApi({ send } as never, target),
    },
  );

const run = (file: string, values: Omit<StatementTemplate, 'sql'>) => runFile(data, file, values);

const TABLES = ['drop-user-view', 'drop-item-view', 'drop-legacy-tables', 'drop-backfill-trace'];

/** The drops in the order of the runbook; returns their errors. */
async function drop(app: string, procedures: readonly string[]) {
  const ids = { schema: app };
  const errors: unknown[] = [];
  for (const file of TABLES) errors.push(await run(file, { ids }));
  for (const procedure of procedures) {
    const plain = /user_to_v2|session_to_v2|item_and_user/.test(procedure);
    const file = `drop-procedure-${plain ? 'plain' : 'days'}`;
    errors.push(await run(file, { ids: { schema: app, procedure } }));
  }
  return errors.filter((error) => error !== undefined);
}

it('lists exactly the legacy objects with their rows, and nothing of the new schema', async () => {
  const app = await makeApp();
  const { status, question, applications } = await read([app]);
  expect(status).toBe('found');
  expect(applications).toMatchObject([{ key: app, value: { schema: app, tables: true } }]);
  expect(applications[0]!.value.procedures).toEqual([
    'sp_clear_expired_events',
    'sp_clear_item_and_user',
    'sp_migrate_data_to_v2',
    'sp_migrate_event_to_v2',
    'sp_migrate_item_to_v2',
    'sp_migrate_session_to_v2',
    'sp_migrate_user_to_v2',
  ]);
  expect(question).toMatch(
    /Of clean_\d+ \(rows: event 200, event_parameter \d+, item \d+, user \d+\): tables event, event_parameter, item, user, tmp_backfill_trace; materialized views user_m_view, item_m_view; procedures sp_clear_expired_events\(int\), sp_clear_item_and_user\(\), /,
  );
});

it('drops all of it, twice as well as once, leaves the new schema alone, and proves it', async () => {
  const app = await makeApp();
  const { applications } = await read([app]);
  const before = await run('check-legacy-gone', { parameters: { schema_name: app } });
  expect(before).toEqual([['legacy objects that are left', '0', '14']]);
  expect(await drop(app, applications[0]!.value.procedures)).toEqual([]);
  expect(await drop(app, [])).toEqual([]);
  const after = await run('check-legacy-gone', { parameters: { schema_name: app } });
  expect(after).toEqual([['legacy objects that are left', '0', '0']]);
  await expect(read([app])).resolves.toMatchObject({ status: 'none', applications: [] });
  expect(await data.rows(`select count(*) from ${app}.event_v2`)).toEqual([[200]]);
});

it('a view outside the list is named, a late one too, and RESTRICT keeps the tables in any case', async () => {
  const app = await makeApp();
  await data.warehouse.query(`create schema bi_${app}`);
  await data.warehouse.query(`create view bi_${app}.revenue as select event_id from ${app}.event`);
  await data.warehouse.query(
    `create view bi_${app}.people as select user_pseudo_id from ${app}.user_m_view`,
  );
  await data.warehouse.query(
    `create view bi_${app}.late as select 'select 1 from "${app}"."event_parameter" p' as definition`,
  );
  await data.warehouse.query(
    `create view bi_${app}.fine as select 'from ${app}.event_v2' as definition`,
  );
  await expect(read([app])).rejects.toMatchObject({
    name: 'LegacyObjectsError',
    message: expect.stringMatching(
      new RegExp(
        `^3 finding.*view bi_${app}\\.late names legacy tables of schema ${app} and is bound late.*` +
          `view bi_${app}\\.people needs ${app}\\.user_m_view.*view bi_${app}\\.revenue needs ${app}\\.event[;.].*Nothing was dropped`,
      ),
    ),
  });
  const errors = await drop(app, []);
  expect(errors[0]).toMatch(
    /cannot drop materialized view .*user_m_view because other objects depend/,
  );
  expect(await data.rows(`select count(*) from ${app}.event`)).toEqual([[200]]);
});

it('an object of somebody else is named before anything is dropped', async () => {
  const app = await makeApp();
  await data.warehouse.query(`create role other_${app}`);
  await data.warehouse.query(`alter table ${app}.item owner to other_${app}`);
  await expect(read([app])).rejects.toThrow(
    new RegExp(`table or view ${app}\\.item belongs to other_${app}, statements run as IAMR:`),
  );
});

it('trap 41: dropping legacy tables automatically: without the record of a migration nothing can be compared, and it refuses', async () => {
  const app = await makeApp();
  await data.warehouse.query(`drop table ${app}.tmp_backfill_trace`);
  await expect(read([app])).rejects.toThrow(
    /legacy tables, but no tmp_backfill_trace: its data cannot be compared/,
  );
});

it('trap 41: dropping legacy tables automatically: only after the log of the migration says that every part has ended, and no error came after', async () => {
  const app = await makeApp();
  const ends = () => run('check-log-ends', { ids: { schema: app } });
  const checked = (actual: string) => [
    ['parts of the migration that ended in the log', '4', actual],
  ];
  expect(await ends()).toEqual(checked('4'));
  await data.warehouse.query(
    `insert into ${app}.clickstream_log_v2 (log_name, log_level, log_msg, log_date)
     values ('sp_migrate_user_to_v2', 'error', 'error message:x', getdate() + interval '1 minute')`,
  );
  expect(await ends()).toEqual(checked('3'));
  await data.warehouse.query(
    `delete from ${app}.clickstream_log_v2 where log_name like '%session%'`,
  );
  expect(await ends()).toEqual(checked('2'));
});

it('an application that never had legacy objects is left out; one whose tables are gone is cleaned of the rest', async () => {
  const app = await makeApp();
  const other = await makeApp();
  await drop(app, ['sp_clear_expired_events']);
  const { applications } = await read(['nothing_here', app, other]);
  expect(applications.map(({ key, value }) => [key, value.tables])).toEqual([
    [app, false],
    [other, true],
  ]);
  expect(applications[0]!.value.procedures).toHaveLength(6);
});

it('compares with the approval: the same is approved, another number of rows has changed', async () => {
  const app = await makeApp();
  const { hash } = await read([app]);
  await ledger.put(gateKey(payload.runId, 'cleanup'), {
    answer: 'approve',
    hash: approvedHash({ objects: hash }),
  });
  const compare = () => read([app], { gate: 'cleanup' });
  await expect(compare()).resolves.toMatchObject({ status: 'approved' });
  await data.warehouse.query(
    `delete from ${app}.item where ctid = (select min(ctid) from ${app}.item)`,
  );
  await expect(compare()).resolves.toMatchObject({ status: 'changed' });
});

it('a dry run lists the same with rows, belongs to no run and writes nothing down', async () => {
  const app = await makeApp();
  const { applications, question } = await read([app]);
  memory.before = () => {
    throw new Error('a dry run wrote to the ledger');
  };
  const dry = read([app], { dryRun: true, runId: 'run-20260131-none000000' }).finally(() => {
    memory.before = () => undefined;
  });
  await expect(dry).resolves.toMatchObject({ status: 'found', applications, question });
  await expect(run('check-legacy-gone', { parameters: { schema_name: app } })).resolves.toEqual([
    ['legacy objects that are left', '0', '14'],
  ]);
});
