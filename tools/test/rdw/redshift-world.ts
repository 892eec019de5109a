// The Redshift side of the rdw runbook: its states' payloads as they are synthesized, run by the task's core
// through the Data API's stand-in on PostgreSQL, with files in the S3 stand-in.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import jsonata from 'jsonata';
import { readBackup as readBackupCore } from '../../../lambdas/read-backup/core';
import { runBatches } from '../../../lambdas/run-batches/core';
import { DataApi, type WarehouseTarget } from '../../../lambdas/shared/data-api';
import { rdwTargetSchema } from '../../../lambdas/shared/inputs/target/rdw';
import { runKey } from '../../../lambdas/shared/ledger';
import { keepHighWater } from '../../../lambdas/shared/rdw/high-water';
import { COLUMNS, type TenantWork, tenantsOf, workOf } from '../../../lambdas/shared/rdw/tenant';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { backup } from '../../../lib/runbooks/rdw/backup';
import { loadExtract } from '../../../lib/runbooks/rdw/load';
import { readBackup, restoreLoad } from '../../../lib/runbooks/rdw/restore-load';
import { swap } from '../../../lib/runbooks/rdw/swap';
import { dropStaging, vacuumAndAnalyze } from '../../../lib/runbooks/rdw/tidy';
import { Warehouse } from '../../../lib/steps/warehouse';
import { type State, statesOf } from '../../../test/support/definitions';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { synthStates } from '../../../test/support/step-machine';
import { Iam } from '../../rehearsal/iam/iam';
import { ObjectStore } from '../../rehearsal/services/s3';
import { SUPERUSER } from '../../rehearsal/warehouse/postgres';
import { WarehouseRoles } from '../../rehearsal/warehouse/roles';
import type { StatementHooks } from '../../rehearsal/warehouse/runner';
import { Harness, ShiftedClock } from '../warehouse/harness';

const ACCOUNT = '000000000000';
const FOLDER = join(__dirname, '../../rehearsal/scenarios/rdw');
const SQL = readFileSync(join(FOLDER, 'warehouse.sql'), 'utf8');
const CLOUD = JSON.parse(readFileSync(join(FOLDER, 'cloud.json'), 'utf8'));
const COPY_ROLE = `arn:aws:iam::${ACCOUNT}:role/rdw-redshift`;
const DATA_API_ROLE = `arn:aws:iam::${ACCOUNT}:role/rdw-data-api`;
const BUCKET = 'rdw-qa-archive';
const ROOT = `arn:aws:states:us-east-1:${ACCOUNT}:execution:example-rdw-backfill:one`;

export const target = rdwTargetSchema.parse({
  tenants: ['ca', 'pa'].map((id) => ({
    id: id.toUpperCase(),
    warehouseSchema: `warehouse_${id}`,
    migrateSchema: `migrate_olap_${id}`,
    reportingSchema: `reporting_${id}`,
    pathPrefix: id,
  })),
  source: { host: 'warehouse', user: 'rdw' },
  warehouse: { type: 'provisioned', cluster: 'rdw-qa', database: 'opus' },
  copyRoleArn: COPY_ROLE,
  bucket: BUCKET,
  kubernetes: {
    clusterName: 'rdw-qa',
    endpoint: 'https://example.com',
    certificateAuthority: 'YQ==',
  },
  vpc: { vpcId: 'vpc-0a1b2c3d', subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] },
});

const warehouseOf = () => Warehouse.provisioned({ cluster: 'rdw-qa', database: 'opus' });

/** The states' payloads by name. */
function payloadsOf(define: (scope: Stack) => sfn.IChainable): Map<string, unknown> {
  const { states } = synthStates(define);
  const all = statesOf({ States: states as never }) as [string, State][];
  return new Map(all.flatMap(([name, { Arguments: own }]) => (own ? [[name, own.Payload]] : [])));
}

const PAYLOADS = new Map([
  ...payloadsOf((scope) => {
    const props = { warehouse: warehouseOf(), target };
    return backup(scope, props)
      .next(
        loadExtract(scope, {
          ...props,
          manifest: '{% $states.input.extract.manifest %}',
          rows: '{% $states.input.extract.rows %}',
        }),
      )
      .next(
        swap(scope, {
          warehouse: props.warehouse,
          rows: '{% $states.input.load.rows %}',
          rowsBackedUp: '{% $states.input.backup.rows %}',
          start: '{% $states.input.common.start %}',
          high: '{% $states.input.high %}',
          migrateId: '3',
        }),
      )
      .next(vacuumAndAnalyze(scope, props.warehouse))
      .next(dropStaging(scope, props.warehouse));
  }),
]);
const RESTORE = payloadsOf((scope) => {
  const props = { warehouse: warehouseOf(), target };
  return sfn.Chain.start(readBackup(scope, props)).next(
    restoreLoad(scope, { ...props, beforeSwap: sfn.Pass.jsonata(scope, 'It is quiet') }),
  );
});

/** Values in `{% … %}` as Step Functions evaluates them. */
async function evaluate(template: unknown, states: object): Promise<unknown> {
  if (typeof template === 'string') {
    const inner = /^\{%(.*)%\}$/s.exec(template)?.[1];
    return inner === undefined ? template : jsonata(inner).evaluate({}, { states });
  }
  if (Array.isArray(template)) return Promise.all(template.map((one) => evaluate(one, states)));
  if (template === null || typeof template !== 'object') return template;
  const entries = Object.entries(template).map(async ([name, value]) => [
    name,
    await evaluate(value, states),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** One warehouse for a file of tests. */
export class RedshiftWorld {
  static async start(rows = 300): Promise<RedshiftWorld> {
    const clock = new ShiftedClock();
    const store = new ObjectStore(clock);
    store.createBucket(BUCKET);
    const iam = new Iam(ACCOUNT);
    const [, role] = CLOUD.roles;
    iam.protect(COPY_ROLE, role.trust);
    for (const policy of role.policies) iam.attach(COPY_ROLE, policy);
    const hooks: { -readonly [Name in keyof StatementHooks]: StatementHooks[Name] } = {};
    const roles = new WarehouseRoles({ ...CLOUD.warehouse, iamRoles: [COPY_ROLE] }, clock);
    const data = await Harness.start({
      clock,
      rows,
      address: CLOUD.warehouse,
      database: CLOUD.warehouse.database,
      storage: roles.storage(iam, store, ACCOUNT),
      scenarioSql: [SQL],
      faults: { beforeStatement: (sql, name) => hooks.faults?.beforeStatement(sql, name) },
      pretend: (sql) => hooks.pretend?.(sql),
    });
    for (const tenant of ['ca', 'pa']) {
      await data.warehouse.query(
        `create schema if not exists saved;
         create table saved.${tenant} as select * from reporting_${tenant}.exam_alt_score`,
      );
    }
    return new RedshiftWorld(data, store, hooks);
  }

  private constructor(
    readonly data: Harness,
    readonly store: ObjectStore,
    readonly hooks: { -readonly [Name in keyof StatementHooks]: StatementHooks[Name] },
  ) {}

  /** The tables of the tenants as the scenario has them. */
  async reset(): Promise<void> {
    this.hooks.faults = undefined;
    this.hooks.pretend = undefined;
    for (const tenant of ['ca', 'pa']) {
      await this.data.warehouse.query(
        `truncate reporting_${tenant}.exam_alt_score;
         insert into reporting_${tenant}.exam_alt_score select * from saved.${tenant}`,
      );
    }
  }

  /** Every row of a tenant's table as text, in order. */
  async rows(table: string): Promise<string[]> {
    const { rows } = await this.data.warehouse.query(
      `select t::text from ${table} as t order by 1`,
    );
    return rows.map(({ t }) => t);
  }

  async count(sql: string): Promise<number> {
    return Number(Object.values((await this.data.warehouse.query(sql)).rows[0])[0]);
  }

  /** A reader with a connection of its own: one that waits for a lock holds nobody else up. */
  async reader() {
    const client = this.data.warehouse.session(SUPERUSER, CLOUD.warehouse.database);
    await client.connect();
    return client;
  }

  stop(): Promise<void> {
    return this.data.stop();
  }
}

/** One run for one tenant. */
export class TenantRun {
  readonly ledger: MemoryLedger;
  readonly value: TenantWork;
  /** The child's data. */
  state: Record<string, unknown>;
  redriveCount = 0;
  /** Called around each call of the Data API; throwing after it means that its answer is lost. */
  before: (call: string, input: Record<string, unknown>) => void = () => undefined;
  after: (call: string, input: Record<string, unknown>) => void = () => undefined;
  readonly calls: string[] = [];
  executionStatus = 'RUNNING';
  private turn = 0;

  constructor(
    readonly world: RedshiftWorld,
    readonly runId: string,
    { id = 'CA', ledger = new MemoryLedger(), backupOf = '' } = {},
  ) {
    this.ledger = ledger;
    const tenant = tenantsOf(target).find((one) => one.id === id)!;
    this.value = workOf(tenant, runId, [19, 20, 21, 22]);
    this.state = {
      run: { id: runId, arn: ROOT },
      item: { map: 'tenants', key: id },
      value: this.value,
      common: { start: '2019-11-01 00:00:00.000000', backupOf },
      high: '2022-07-01 01:00:00.000000',
    };
  }

  async open(): Promise<this> {
    await this.ledger.put(runKey(this.runId), {
      runId: this.runId,
      machine: 'rdw-backfill',
      executionArn: ROOT,
      earlierArns: [],
      status: 'open',
      input: {},
      leases: [],
      startedAt: '2026-01-01T00:00:00.000Z',
    });
    return this;
  }

  get table(): string {
    return `${this.value.reportingSchema}.exam_alt_score`;
  }

  get staging(): string {
    return `${this.value.reportingSchema}.${this.value.staging}`;
  }

  /** Runs the states in order, each to its end; results stand in the data under the steps' names. */
  async steps(...names: string[]): Promise<void> {
    for (const name of names) await this.step(name);
  }

  async step(name: string, from = PAYLOADS): Promise<Record<string, unknown>> {
    for (;;) {
      const payload = await this.payload(name, from);
      const result = await this.invoke(payload);
      if (result.status === 'running') continue;
      this.state = { ...this.state, [String(payload.step)]: result };
      return result as never;
    }
  }

  /** What an operator's Redrive does for this state. */
  redrive(name: string, from = PAYLOADS): Promise<Record<string, unknown>> {
    this.redriveCount += 1;
    return this.step(name, from);
  }

  /** Reads the backup, and the rest of the restore. */
  async restore(): Promise<void> {
    const { backupOf } = this.state.common as { backupOf: string };
    const mark = { high: '2022-07-01 01:00:00.000000', migrateId: '3' };
    await keepHighWater(this.ledger.ledger, backupOf, this.value.id, mark, 0);
    const payload = await this.payload('Find the backup', RESTORE);
    const found = await readBackupCore(payload as never, {
      ledger: this.ledger.ledger,
      readObject: this.readObject,
    });
    this.state = { ...this.state, restored: found };
    for (const name of [
      'Run creations of the staging table',
      'Run copies of backed up scores',
      'Run checks of staged rows',
      'Run swaps of alt scores',
      'Run checks of restored rows',
    ]) {
      await this.step(name, RESTORE);
    }
  }

  /** Puts an extract into S3 as Aurora writes it, with the manifest of the run. */
  extract(lines: readonly string[]): void {
    const key = `${this.value.folder}/extract/slice-0001/a1/exam_alt_score.part_00000`;
    const text = lines.map((line) => `${line}\n`).join('');
    this.world.store.put(BUCKET, key, text);
    const manifest = `${this.value.folder}/extract/manifest`;
    const meta = { content_length: Buffer.byteLength(text) };
    const entries = [{ url: `s3://${BUCKET}/${key}`, mandatory: true, meta }];
    this.world.store.put(BUCKET, manifest, JSON.stringify({ entries }));
    this.state = {
      ...this.state,
      extract: {
        rows: lines.length,
        manifest: lines.length === 0 ? null : `s3://${BUCKET}/${manifest}`,
      },
    };
  }

  async payload(name: string, from = PAYLOADS): Promise<Record<string, unknown>> {
    if (!from.has(name)) throw new Error(`no state ${name}; there are ${[...from.keys()]}`);
    const context = { Execution: { Id: ROOT, RedriveCount: this.redriveCount } };
    const states = { input: this.state, context };
    return (await evaluate(from.get(name), states)) as Record<string, unknown>;
  }

  private invoke(payload: Record<string, unknown>) {
    this.turn += 1;
    const { clock } = this.world.data;
    const started = clock.now();
    return runBatches(
      payload as never,
      {
        ledger: this.ledger.ledger,
        clock: { now: () => clock.now(), sleep: (ms) => clock.sleep(ms) },
        sqlText,
        readObject: this.readObject,
        anyObject: async (prefix) =>
          this.world.store.list(BUCKET).some((key) => `s3://${BUCKET}/${key}`.startsWith(prefix)),
        sfn: { send: async () => ({ status: this.executionStatus }) } as never,
        dataApi: (where) => this.api(where),
      },
      {
        requestId: `request-${this.turn}`,
        remainingMs: () => 900_000 - (clock.now() - started),
      },
    );
  }

  private api(where: WarehouseTarget): DataApi {
    const send = async (command: { constructor: { name: string }; input: object }) => {
      const call = command.constructor.name.replace(/Command$/, '');
      const input = JSON.parse(JSON.stringify(command.input)) as Record<string, unknown>;
      this.calls.push(call);
      this.before(call, input);
      const answer = await this.world.data.call(call, input, DATA_API_ROLE);
      this.after(call, input);
      return answer;
    };
    return new DataApi({ send } as never, where);
  }

  private readonly readObject = async (uri: string): Promise<string> => {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!;
    const found = this.world.store.get(bucket!, key!);
    if (!found) throw Object.assign(new Error(uri), { name: 'NoSuchKey' });
    return found.body.toString();
  };
}

/** States of the back-fill up to the swap. */
export const TO_SWAP = [
  'Run unloads of alt scores',
  'Run backup checks',
  'Run creations of the staging table',
  'Run copies of extracted scores',
];
export const SWAP = 'Run swaps of alt scores';

/** What an extract of a tenant's latest exams holds, by the rules of the scenario, as lines of MySQL. */
export async function extracted({ data }: RedshiftWorld, tenant: string, first: number) {
  const { rows } = await data.warehouse.query(
    `select id * 10 + j as id, id as exam_id, $1::int + j - 1 + case type_id when 3 then 0 else 2 end
         as subject_score_id, student_id, asmt_id, school_year,
       1000 + (id * 31 + j * 7) % 800 + (id * 37 % 100) / 100.0 as scale_score, 1 + (id + j) % 5
         as performance_level, to_char(completed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
         as completed_at, -1 as migrate_id, to_char(updated at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
         as updated, update_import_id
     from reporting_${tenant}.exam, generate_series(1, 2) as j
     where updated >= '2019-11-01 00:00:00+00'
       and not (type_id = 3 and (id - 1) % 3 = 1 and student_id % 5 = 2)
       and not (j = 1 and (id % 53 = 0 or id % 59 = 0))
     order by 1`,
    [first],
  );
  return rows as Record<(typeof COLUMNS)[number], string>[];
}

export const lineOf = (row: Record<string, unknown>): string =>
  COLUMNS.map((name) => {
    const value = String(row[name]);
    return /^\d{4}-/.test(value) ? `"${value}"` : value;
  }).join(',');
