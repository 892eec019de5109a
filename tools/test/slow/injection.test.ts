// No input becomes SQL: whatever is given as an application, a number of days or a time is refused,
// or touches the schema it names and nothing else. On the real PostgreSQL, as its superuser.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { schemaOf } from '../../../lambdas/shared/clickstream/migration';
import { SqlRenderError } from '../../../lambdas/shared/errors';
import { checkInput } from '../../../lambdas/shared/inputs';
import { renderStatement, type StatementTemplate } from '../../../lambdas/shared/sql';
import { RealClock } from '../../rehearsal/clock';
import { parametersOf, toPostgres } from '../../rehearsal/warehouse/rewrites';
import { Warehouse } from '../../rehearsal/warehouse/warehouse';
import {
  CLICKSTREAM,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  synthesize,
  variant,
} from './support';

const FILES = path.join(__dirname, '../../../sql/clickstream');
const sqlOf = (file: string) => readFileSync(path.join(FILES, `${file}.sql`), 'utf8');
const RUNS = { numRuns: 200 };

const plain = fc.oneof(
  fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,30}$/).filter((name) => !/^(pg_|public$)/i.test(name)),
  fc.constantFrom('order', 'user', 'select', 'table', 'group', 'Mixed_Case', 'end'),
);

/** Each does harm where a mark takes it unseen: a name, a bare or a quoted literal, the comment. */
const EXPLOITS = [
  'canary".noop(); delete from canary.keep; --',
  'n" from canary.keep; delete from canary.keep; --',
  '1 from canary.keep; delete from canary.keep; --',
  "1' from canary.keep; delete from canary.keep; --",
  'x */ delete from canary.keep; /*',
];

/** Texts made of what breaks out of quotes, marks and comments, and any other text. */
const hostile = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...["'", '"', ';', '--', '/*', '*/', '$$', '\\', '\0', ' ', '\n', '(', ')', '::', '%s'],
        ...['drop schema canary cascade', 'delete from canary.keep', ':days', '{{id:schema}}'],
        ...['order', 'shop', 'canary', 'canary.keep', '1', 'null', "'; drop table canary.keep; --"],
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(...EXPLOITS),
  fc.string({ unit: 'binary' }),
  plain,
);

let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = await Warehouse.start({
    clock: new RealClock(),
    database: 'injection',
    scenarioSql: [
      `create schema canary; create table canary.keep as select 1 as n;
       create procedure canary.noop() language sql as 'select 1'`,
    ],
  });
});
afterAll(async () => {
  await warehouse.stop();
  removeAssemblies();
});
afterEach(stopClouds);

/** Everything outside a schema: tables with their numbers of rows written, functions, roles. */
async function outside(schema: string): Promise<unknown> {
  const { rows } = await warehouse.query(
    `select (select array_agg(n) from canary.keep) as keep,
       (select count(*)::int from pg_class c join pg_namespace s on s.oid = relnamespace
          where nspname <> $1 and nspname !~ '^pg_') as relations,
       (select count(*)::int from pg_proc c join pg_namespace s on s.oid = pronamespace
          where nspname <> $1) as functions,
       (select array_agg(rolname order by 1) from pg_roles) as roles`,
    [schema],
  );
  return rows[0];
}

/**
 * Runs a rendered statement, values apart from the text as the Data API takes them; without values
 * by PostgreSQL's simple protocol, which takes several statements in one text.
 */
async function run(text: string, template: Omit<StatementTemplate, 'sql'>, comment: string[]) {
  try {
    const rendered = renderStatement(text, template, comment);
    const values = new Map(rendered.parameters.map(({ name, value }) => [name, value]));
    const used = parametersOf(rendered.sql).map((name) => values.get(name));
    await warehouse.query(toPostgres(rendered.sql), used.length > 0 ? used : undefined);
    return 'ran';
  } catch (error) {
    return error instanceof SqlRenderError ? 'refused' : 'failed';
  }
}

const target = (appId: string) => ({
  projectId: 'my_project_ab12',
  appIds: [appId],
  retentionDays: 365,
  console: { stackName: 'console' },
  warehouse: { type: 'serverless' as const },
});
const check = (appId: string, migration: Record<string, unknown> = { days: 30 }) => {
  const given = { appIds: [appId], migration };
  const { input } = checkInput('clickstream-data-migration', target(appId), given);
  return input as unknown as typeof input & { migration: { days: number } };
};

const accepted = (act: () => unknown): boolean => {
  try {
    act();
    return true;
  } catch (error) {
    expect((error as Error).name).toBe('RefusedInputError');
    return false;
  }
};

it('an application that is no plain name is refused; rendered all the same it touches nothing', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (appId) => {
      expect(accepted(() => check(appId))).toBe(/^[a-zA-Z][a-zA-Z0-9_]{0,126}$/.test(appId));
      const before = await outside('');
      const ids = { ids: { schema: schemaOf(appId) }, parameters: { days: 30 } };
      await run(sqlOf('call-migrate-events'), ids, ['run', 'events']);
      await run(sqlOf('call-migrate-users'), ids, ['run', 'events']);
      await run(sqlOf('call-migrate-users'), { ids: { schema: 'shop' } }, ['run', appId]);
      expect(await outside('')).toEqual(before);
    }),
    RUNS,
  );
});

it('an application that is a plain name is called in its schema, reserved words too', async () => {
  await fc.assert(
    fc.asyncProperty(plain, async (appId) => {
      const schema = schemaOf(appId);
      const name = `"${schema}"`;
      await warehouse.query(`create schema ${name}; create table ${name}.calls (days int);
        create procedure ${name}.sp_migrate_event_to_v2(days int) language sql
          as 'insert into ${name}.calls values (days)'`);
      const before = await outside(schema);
      const ids = { ids: { schema }, parameters: { days: check(appId).migration.days } };
      expect(await run(sqlOf('call-migrate-events'), ids, ['run', 'events', appId])).toBe('ran');
      expect(await outside(schema)).toEqual(before);
      const { rows } = await warehouse.query(`select days from ${name}.calls`);
      expect(rows).toEqual([{ days: 30 }]);
      await warehouse.query(`drop schema ${name} cascade`);
    }),
    RUNS,
  );
});

it('days are refused or are whole days inside the retention', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: -5, max: 400 }), fc.anything(), hostile, fc.double()),
      (days) => {
        fc.pre(accepted(() => check('shop', { days })));
        expect(check('shop', { days }).migration.days).toBe(days);
        expect([Number.isInteger(days), Number(days) >= 1, Number(days) <= 365]).toEqual([
          true,
          true,
          true,
        ]);
      },
    ),
    { ...RUNS, maxSkipsPerRun: 1_000 },
  );
});

it.each([
  ['call-refresh-base-view', ['range_start', 'range_end']],
  ['read-log', ['log_name', 'since']],
  ['preflight-objects', ['schema_name']],
  ['preflight-load', ['since']],
])('a value of %s stays a value', async (file, names) => {
  await fc.assert(
    fc.asyncProperty(hostile, async (value) => {
      const before = await outside('');
      const parameters = Object.fromEntries(names.map((name) => [name, value]));
      await run(sqlOf(file), { ids: { schema: 'shop' }, parameters }, ['run']);
      expect(await outside('')).toEqual(before);
    }),
    RUNS,
  );
});

it('an identifier, a literal and the opening comment take what their whitelist has, and no other text', async () => {
  const kinds = ['s3-uri', 'arn', 'region', 'integer', 'utc-timestamp', 'option'] as const;
  await fc.assert(
    fc.asyncProperty(hostile, fc.constantFrom(...kinds), async (value, kind) => {
      const before = await outside('');
      const literals = { value: { kind, value } };
      await run('select {{lit:value}} from canary.keep', { literals }, ['run']);
      await run('select 1 as {{id:value}} from canary.keep', { ids: { value } }, ['run']);
      await run('select 1 from canary.keep', {}, ['run', value]);
      expect(await outside('')).toEqual(before);
    }),
    RUNS,
  );
});

it('the reserved word order is an application like any other', async () => {
  const cloud = await startCloud({
    assemblyDir: synthesize('clickstream', { APP_IDS: 'order' }),
    scenarioDir: variant(CLICKSTREAM, { sql: "call public.rehearsal_make_app('order', 300);" }),
    clock: 'virtual',
    rows: 0,
  });
  const arn = start(cloud, 'example-clickstream-data-migration', {
    appIds: ['order'],
    migration: { days: 30, batchDays: 30, baseViewBatchHours: 720 },
  });
  const { status, cause } = await cloud.engine.finished(arn);
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  expect(
    await cloud.query('select count(distinct event_id)::int as events from "order".event_v2'),
  ).toEqual([{ events: 300 }]);
});
