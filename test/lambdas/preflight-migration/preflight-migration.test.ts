import { preflightMigration } from '../../../lambdas/preflight-migration/core';
import type { PreflightMigrationPayload } from '../../../lambdas/preflight-migration/payload';
import {
  LEGACY_RELATIONS,
  NEW_RELATIONS,
  PROCEDURES,
} from '../../../lambdas/shared/clickstream/migration';
import type { DataApi, Row } from '../../../lambdas/shared/data-api';
import { StatementStoppedError } from '../../../lambdas/shared/errors';
import { type Ledger, runKey } from '../../../lambdas/shared/ledger';
import type { RenderedStatement } from '../../../lambdas/shared/sql';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { FakeClock } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import { FakeStepFunctions } from '../../support/runs';

const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:m:one';
let ledger: Ledger;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ ledger, stop } = await startLedger());
  await ledger.put(runKey('run-1'), { runId: 'run-1', executionArn: ROOT, status: 'open' });
});
afterAll(() => stop());

const owned = (names: readonly string[], owner = 'IAMR:data-api') =>
  names.map((name) => ({ kind: 'x', name, owner, me: 'IAMR:data-api' }));
const READY = owned([...LEGACY_RELATIONS, ...NEW_RELATIONS, ...PROCEDURES]);
const ROWS = {
  events: '250000001',
  oldest: '2025-12-02 03:04:05',
  newest: '2025-12-31 00:00:00',
  without_id: '0',
  without_required: '0',
};

interface World {
  objects?: Row[];
  rows?: Row;
  load?: Row;
  usage?: Row | 'denied';
  running?: Row;
  trace?: Row;
  functions?: Row[];
  answer?: string;
  definer?: Row;
  rights?: 'asked' | 'denied';
}

/** Files the last preflight read. */
let read: string[] = [];

function preflight(world: World = {}, payload: Partial<PreflightMigrationPayload> = {}) {
  read = [];
  const tables: Record<string, Row[]> = {
    'preflight-objects': world.objects ?? READY,
    'preflight-rows': [world.rows ?? ROWS],
    'preflight-load': [world.load ?? { running: null, queued: null }],
    'preflight-usage': [world.usage as Row],
    'preflight-running': [world.running ?? { migrations: '0' }],
    'preflight-trace': [world.trace ?? { unfinished: '0', without_data: null }],
    'read-functions': world.functions ?? [],
    'read-function-user': [
      world.definer ?? { me: 'IAMR:admin', superuser: 'yes', may_create: 'yes' },
    ],
    'read-function-privileges': [],
    'probe-combine-json-list': [{ name: 'a', expected: '{}', actual: world.answer ?? '{}' }],
  };
  const api = {
    read: async ({ sql }: RenderedStatement) => {
      read.push(/run-1 (\S+) /.exec(sql)![1]!);
      if (read.at(-1) === 'preflight-usage' && world.usage === 'denied') {
        throw new StatementStoppedError('permission denied for relation sys_serverless_usage');
      }
      return tables[read.at(-1)!]!;
    },
    find: async () => (world.rights === 'denied' ? 'denied' : []),
    cancel: async () => world.rights ?? 'asked',
  } as unknown as DataApi;
  return preflightMigration(
    {
      version: 1,
      runId: 'run-1',
      rootArn: ROOT,
      selfArn: ROOT,
      redriveCount: 0,
      warehouse: { workgroup: 'w', database: 'd' },
      definer: { workgroup: 'w', database: 'd', roleArn: 'admin' },
      functions: [],
      appIds: ['Shop'],
      days: 30,
      retentionDays: 365,
      schemaReady: true,
      maxRunning: 5,
      maxQueued: 0,
      maxCallsPerWindow: null,
      rpu: null,
      pricePerRpuHour: null,
      dryRun: false,
      ...payload,
    },
    {
      ledger,
      sfn: new FakeStepFunctions().client,
      clock: new FakeClock(),
      dataApi: () => api,
      sqlText,
    },
  );
}

it('describes each application for the migration', async () => {
  await expect(preflight()).resolves.toMatchObject({
    applications: [
      {
        key: 'Shop',
        value: {
          schema: 'shop',
          events: 250_000_001,
          oldest: '2025-12-02T03:00:00Z',
          newest: null,
          maxCalls: 6,
        },
      },
    ],
    skipped: [],
    warnings: [],
  });
});

it('scales time and money from the benchmark of the guide', async () => {
  const rows = { ...ROWS, events: '300000000' };
  const { estimate } = await preflight({ rows });
  expect(estimate).toMatchObject({ migrateMinutes: 125, baseViewMinutes: 20, metricsMinutes: 140 });
  const dear = await preflight({ rows }, { rpu: 64, pricePerRpuHour: 0.375 });
  expect(dear.estimate).toMatchObject({ migrateMinutes: 63, baseViewMinutes: 10, dollars: 29.2 });
});

it('reaches events from the future with the ranges of the base view', async () => {
  const { applications } = await preflight({ rows: { ...ROWS, newest: '2026-02-01 00:00:00' } });
  expect(applications[0]!.value.newest).toBe('2026-02-01T00:00:01.000Z');
});

it('trap 4: starting it for an app without legacy tables: it is skipped, because the procedures would loop', async () => {
  const objects = owned([...NEW_RELATIONS, ...PROCEDURES]);
  await expect(preflight({ objects })).resolves.toMatchObject({
    applications: [],
    skipped: ['Shop'],
  });
});

it('trap 34: cancel with the Data API role: says what to grant when the role may neither list nor cancel', async () => {
  const { warnings } = await preflight({ rights: 'denied' });
  expect(warnings.join()).toMatch(/redshift-data:ListStatements.*redshift-data:CancelStatement/);
});

it.each<[string, World, Partial<PreflightMigrationPayload>, RegExp]>([
  [
    'finds a missing legacy table',
    { objects: READY.filter(({ name }) => name !== 'item') },
    {},
    /application Shop: item missing/,
  ],
  [
    'finds a missing procedure',
    { objects: READY.filter(({ name }) => name !== PROCEDURES[0]) },
    {},
    /sp_migrate_event_to_v2 missing/,
  ],
  ['finds a schema nobody sees', { objects: [] }, {}, /no table this user can see/],
  [
    'trap 35: calling as admin once: finds a trace table that belongs to admin',
    { objects: [...READY, ...owned(['tmp_backfill_trace'], 'admin')] },
    {},
    /tmp_backfill_trace belong to admin, but this run calls as IAMR:data-api/,
  ],
  [
    'trap 9: "done" in the log although a start row has no data left: finds it before the run',
    {
      objects: [...READY, ...owned(['tmp_backfill_trace'])],
      trace: { unfinished: '1', without_data: '1' },
    },
    {},
    /every call would report success and migrate nothing/,
  ],
  [
    'finds events without an id',
    { rows: { ...ROWS, without_id: '3' } },
    {},
    /3 event\(s\) of the window have no event_id/,
  ],
  [
    'finds events without a required column',
    { rows: { ...ROWS, without_required: '2' } },
    {},
    /2 event\(s\) of the window have no event_name, user_pseudo_id, project_id or app_info.app_id/,
  ],
  [
    'trap 36: migrating more days than the retention: finds that they would be deleted again',
    {},
    { days: 366 },
    /366 days are more than the 365 days/,
  ],
  [
    'trap 11: two executions for one app: finds a migration that runs already',
    { running: { migrations: '1' } },
    {},
    /application Shop: a migration procedure runs already/,
  ],
])('%s', async (_name, world, payload, message) => {
  await expect(preflight(world, payload)).rejects.toMatchObject({
    name: 'PreflightError',
    message: expect.stringMatching(message),
  });
});

it.each([
  [{ load: { running: '6', queued: '0' } }, ['6 statements run on it, 5 are usual']],
  [{ load: { running: '0', queued: '1' } }, ['1 statements wait in its queue, 0 are usual']],
  [{ usage: { used: '34560', capacity: '16' } }, ['it computed for 60 % of the last hour']],
  [{ usage: { used: '17280', capacity: '16' } }, []],
  [{}, []],
])('says what a busy warehouse does: %j', async (world, reasons) => {
  expect((await preflight(world)).load.reasons).toEqual(reasons);
});

it('knows nothing of the last hour as a user who may not see it', async () => {
  expect((await preflight({ usage: 'denied' })).load).toMatchObject({ busyShare: null });
});

it('takes a schema for what it is before its upgrade', async () => {
  const objects = READY.filter(({ name }) => !/_v2$|^session$|^sp_|base_view/.test(String(name)));
  await expect(preflight({ objects }, { schemaReady: false })).resolves.toMatchObject({
    applications: [{ key: 'Shop' }],
  });
  await expect(preflight({ objects })).rejects.toThrow(/event_v2.* missing/);
});

it('reports every finding at once', async () => {
  const world = {
    load: { running: '9', queued: '9' },
    running: { migrations: '1' },
    rows: { ...ROWS, without_id: '1', without_required: '1' },
  };
  await expect(preflight(world, { days: 400 })).rejects.toThrow(/^4 finding\(s\)/);
});

it('finds events whose time no calendar knows, instead of ranges that never end', async () => {
  const rows = { ...ROWS, newest: '58234-02-01 00:00:00' };
  await expect(preflight({ rows })).rejects.toThrow(
    /58234-02-01 00:00:00, which is no time of ours/,
  );
});

describe('functions of the procedures', () => {
  const functions = [
    {
      name: 'combine_json_list',
      arguments: 1,
      maxBatchRows: 1,
      maxBatchKb: 1,
      probe: { sql: { file: 'clickstream/probe-combine-json-list' } },
      golden: { sql: { file: 'clickstream/golden-combine-json-list' } },
    },
  ];
  const python = (owner = 'IAMR:data-api') => [
    { name: 'combine_json_list', language: 'plpythonu', owner, arguments: 'character varying' },
  ];

  it('that work are left alone, and nobody asks for rights', async () => {
    const plan = await preflight({ functions: python() }, { functions, dryRun: true });
    expect(plan.functions).toEqual([{ key: 'Shop', left: 1, replaced: [] }]);
    expect(read).not.toContain('read-function-user');
  });

  it.each([
    ['missing', {}],
    ['missing', { functions: [{ ...python()[0]!, arguments: 'character varying, integer' }] }],
    ['wrong', { functions: python(), answer: '{"a":1}' }],
  ])('a dry run shows which would be replaced, and why: %s', async (verdict, world: World) => {
    const plan = await preflight(world, { functions, dryRun: true });
    expect(plan.functions).toEqual([
      { key: 'Shop', left: 0, replaced: [`combine_json_list ${verdict}`] },
    ]);
  });

  it('that nobody may replace are a finding, beside every other', async () => {
    const definer = { me: 'IAMR:data-api', superuser: 'no', may_create: 'yes' };
    const world = { definer, load: { running: '9', queued: '0' } };
    await expect(preflight(world, { functions, dryRun: true })).rejects.toMatchObject({
      findings: [
        expect.stringMatching(
          /application Shop: combine_json_list must be replaced, but user IAMR:data-api may not create external functions: as superuser grant create external function to a role of this user .* functionsRoleArn/,
        ),
      ],
    });
  });

  it('of an application that is not migrated are not looked at', async () => {
    const objects = owned([...NEW_RELATIONS, ...PROCEDURES]);
    const plan = await preflight({ objects }, { functions });
    expect([plan.functions, read.includes('read-functions')]).toEqual([[], false]);
  });
});
