// Both engines with the data of scenario rdw, a ledger, and the task in front of them. The load and the swap
// are plain SQL here: what is proven is what the task says of their results.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { reconcile } from '../../../lambdas/reconcile-backfill/core';
import type { SourceConnection } from '../../../lambdas/reconcile-backfill/deps';
import type {
  ReconcilePayload,
  ReconcileResult,
} from '../../../lambdas/reconcile-backfill/payload';
import { DataApi } from '../../../lambdas/shared/data-api';
import { runKey } from '../../../lambdas/shared/ledger';
import type { TenantWork } from '../../../lambdas/shared/rdw/tenant';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { RealClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { MySqlCluster } from '../../rehearsal/mysql';
import { RedshiftDataService } from '../../rehearsal/services/redshift-data';
import { ObjectStore } from '../../rehearsal/services/s3';
import { Warehouse } from '../../rehearsal/warehouse/warehouse';

const FOLDER = join(__dirname, '../../rehearsal/scenarios/rdw');
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const ROLE = 'arn:aws:iam::000000000000:role/rdw-data-api';
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:rdw-backfill:one';
export const HIGH = '2022-07-01 01:00:00.000000';
export const START = '2019-11-01T00:00:00Z';
const STAGING = 'exam_alt_score_load_test';
const SUBJECTS: Record<string, number[]> = {
  ca: [19, 20, 21, 22],
  pa: [7, 8, 9, 10],
  nv: [],
  ts_s001: [31, 32, 33, 34],
};

export const tenantOf = (id: string): TenantWork => ({
  id: id.toUpperCase(),
  warehouseSchema: `warehouse_${id}`,
  migrateSchema: `migrate_olap_${id}`,
  reportingSchema: `reporting_${id}`,
  bucket: 'rdw-qa-archive',
  location: `${id}/MigrateAdHoc`,
  secretArn: null,
  altScores: SUBJECTS[id]!.length > 0,
  folder: `${id}/MigrateAdHoc/run-1/${id.toUpperCase()}`,
  staging: STAGING,
  subjectIds: SUBJECTS[id]!,
});

/** Columns of the extract, as the contract of exam_alt_score orders them. */
const extract = (id: string) => `
  select s.id, s.exam_id, s.subject_score_id, e.student_id, e.asmt_id, e.school_year,
    cast(s.scale_score as char) as scale_score, s.performance_level, concat(e.completed_at, '+00') as completed_at,
    -1 as migrate_id, concat(e.updated, '+00') as updated, e.update_import_id
  from warehouse_${id}.exam e join warehouse_${id}.exam_score s on s.exam_id = e.id
  where e.type_id in (1, 3) and e.deleted = 0 and e.updated >= '2019-11-01' and e.updated <= '${HIGH}'
    and e.scale_score is not null and e.performance_level is not null and s.scale_score is not null
    and s.performance_level is not null
    and s.subject_score_id in (${[0, ...SUBJECTS[id]!].join(', ')})`;

export class ReconcileWorld {
  static async start(): Promise<ReconcileWorld> {
    const clock = new RealClock();
    const { warehouse: address } = JSON.parse(textOf('cloud.json'));
    const [source, warehouse] = await Promise.all([
      MySqlCluster.start({
        sql: [textOf('source.sql')],
        clock,
        faults: new Faults(),
        callers: new Callers(clock),
        uploads: {
          store: new ObjectStore(clock),
          iam: new Iam('000000000000'),
          account: '000000000000',
          clusterArn: '',
        },
      }),
      Warehouse.start({
        clock,
        address,
        database: address.database,
        scenarioSql: [textOf('warehouse.sql')],
      } as never),
    ]);
    await source.query("set time_zone = '+00:00'");
    return new ReconcileWorld(clock, source, warehouse);
  }

  memory = new MemoryLedger();
  /** Statements MySQL was asked, in order. */
  readonly asked: string[] = [];
  /** Called before MySQL is asked. */
  beforeAsking: (sql: string) => Promise<unknown> = async () => undefined;
  remainingMs = 780_000;
  running = true;
  private readonly service: RedshiftDataService;

  private constructor(
    private readonly clock: RealClock,
    private readonly source: MySqlCluster,
    private readonly warehouse: Warehouse,
  ) {
    this.service = new RedshiftDataService({ warehouses: [warehouse], clock, publish: () => {} });
  }

  mysql = async (sql: string) => {
    await this.source.query(sql);
  };

  redshift = async (sql: string) => (await this.warehouse.query(sql)).rows;

  /** A run that has just been opened, and loads of these tenants as the extract would be loaded. */
  async open(...tenants: string[]): Promise<this> {
    this.memory = new MemoryLedger();
    this.asked.length = 0;
    this.beforeAsking = async () => undefined;
    this.remainingMs = 780_000;
    this.running = true;
    await this.memory.put(runKey('run-1'), { runId: 'run-1', executionArn: ARN, status: 'open' });
    for (const id of tenants) await this.load(id);
    return this;
  }

  /** @returns rows loaded */
  async load(id: string): Promise<number> {
    const table = `reporting_${id}.${STAGING}`;
    await this.redshift(`drop table if exists ${table}`);
    await this.redshift(`create table ${table} (like reporting_${id}.exam_alt_score)`);
    await this.redshift(`alter table ${table} owner to "IAMR:rdw-data-api"`);
    const rows = await this.source.query(extract(id));
    const values = rows.map(
      (row) =>
        `(${Object.values(row)
          .map((value) => `'${String(value)}'`)
          .join(', ')})`,
    );
    if (values.length > 0) await this.redshift(`insert into ${table} values ${values.join(', ')}`);
    return rows.length;
  }

  /** The swap, as it is told in the contract. */
  async swap(id: string): Promise<void> {
    const schema = `reporting_${id}`;
    await this.redshift(
      `create table if not exists ${schema}.kept as select * from ${schema}.exam_alt_score`,
    );
    await this.redshift(`delete from ${schema}.exam_alt_score`);
    await this.redshift(`insert into ${schema}.exam_alt_score
      select s.* from ${schema}.${STAGING} s join ${schema}.exam e on e.id = s.exam_id
        and e.student_id = s.student_id and e.asmt_id = s.asmt_id and e.school_year = s.school_year`);
  }

  /** The table as it was before the swap. */
  async back(id: string): Promise<void> {
    const schema = `reporting_${id}`;
    await this.redshift(`delete from ${schema}.exam_alt_score`);
    await this.redshift(`insert into ${schema}.exam_alt_score select * from ${schema}.kept`);
    await this.redshift(`drop table ${schema}.kept`);
  }

  staged(id: string, extractedRows: number): Promise<ReconcileResult> {
    return this.call({
      phase: 'staged',
      source: { host: '', port: 0, secretArn: null, user: null, region: 'us-east-1' },
      tenant: tenantOf(id),
      start: START,
      high: HIGH,
      extractedRows,
    });
  }

  final(id: string): Promise<ReconcileResult> {
    return this.call({ phase: 'final', tenant: tenantOf(id) });
  }

  sweep(phase: 'before' | 'after', processed: string[] = []): Promise<ReconcileResult> {
    const tenants = Object.keys(SUBJECTS).map(tenantOf);
    return this.call({ phase, tenants, processed });
  }

  checks(): Promise<
    { name: string; item: string; expected: string; actual: string; ok: boolean }[]
  > {
    return this.items('check#');
  }

  async items<T extends object>(prefix: string): Promise<T[]> {
    const found: T[] = [];
    for await (const item of this.memory.list<T>('run-1', prefix)) found.push(item);
    return found;
  }

  async stop(): Promise<void> {
    this.clock.stop();
    await Promise.all([this.source.stop(), this.warehouse.stop()]);
  }

  private call(members: object): Promise<ReconcileResult> {
    const item =
      'tenant' in members ? { map: 'tenants', key: (members.tenant as TenantWork).id } : undefined;
    const payload = {
      version: 1,
      runId: 'run-1',
      rootArn: ARN,
      selfArn: ARN,
      redriveCount: 0,
      item,
      warehouse: { cluster: 'rdw-qa', database: 'opus' },
      ...members,
    } as ReconcilePayload;
    return reconcile(
      payload,
      {
        ledger: this.memory.ledger,
        clock: this.clock,
        sqlText,
        sfn: { send: async () => ({ status: this.running ? 'RUNNING' : 'ABORTED' }) } as never,
        dataApi: (target) =>
          new DataApi({ send: (command: never) => this.send(command) } as never, target),
        connect: () => this.connect(),
      },
      { requestId: String(Math.random()), remainingMs: () => this.remainingMs },
    );
  }

  private send(command: { constructor: { name: string }; input: object }) {
    return this.service.call({
      operation: command.constructor.name.replace(/Command$/, ''),
      input: command.input as never,
      principal: { kind: 'role', arn: ROLE, account: '000000000000' },
      region: 'us-east-1',
      signal: new AbortController().signal,
      authorize: () => {},
    });
  }

  /** As tasks connect, but for TLS. */
  private async connect(): Promise<SourceConnection> {
    const { host, port } = this.source;
    const own = await createConnection({
      host,
      port,
      user: 'rdw_ingest',
      password: 'rehearsal-rdw',
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      timezone: 'Z',
    });
    await own.query("set time_zone = '+00:00'");
    return {
      threadId: own.threadId!,
      beginTransaction: () => own.beginTransaction(),
      end: () => own.end(),
      destroy: () => own.destroy(),
      query: async (sql) => {
        this.asked.push(sql);
        await this.beforeAsking(sql);
        return (await own.query(sql)) as [unknown, unknown];
      },
    };
  }
}
