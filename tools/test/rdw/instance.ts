// An instance as scenario rdw has it: MariaDB behind its door, PostgreSQL behind the Data API, a Kubernetes
// API, a bucket, and a ledger. Tasks are called as their handlers call them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataApi } from '../../../lambdas/shared/data-api';
import { openCluster } from '../../../lambdas/shared/kubernetes/access';
import { runKey } from '../../../lambdas/shared/ledger';
import { type MySqlRef, openMySql } from '../../../lambdas/shared/mysql';
import type { Thing } from '../../../lambdas/shared/quiesced/thing';
import type { TenantRef } from '../../../lambdas/shared/rdw/tenant';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { FakeClock } from '../../../test/support/fake-warehouse';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { RealClock, VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { MySqlCluster } from '../../rehearsal/mysql';
import { accessKeyOf, KubernetesService, selfSigned } from '../../rehearsal/services/kubernetes';
import { RedshiftDataService } from '../../rehearsal/services/redshift-data';
import { ObjectStore } from '../../rehearsal/services/s3';
import { Server } from '../../rehearsal/services/server';
import { Warehouse } from '../../rehearsal/warehouse/warehouse';

const FOLDER = join(__dirname, '../../rehearsal/scenarios/rdw');
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const ACCOUNT = '000000000000';
const TLS = selfSigned('rehearsed instance');
export const BUCKET = 'rdw-qa-archive';
export const PLACE = { namespace: 'default', name: 'migrate-olap-deployment' };
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/rdw-redshift`;
export const ARN = `arn:aws:states:us-east-1:${ACCOUNT}:execution:rdw-backfill:one`;
export const WAREHOUSE = { cluster: 'rdw-qa', database: 'opus' };
export const START = '2019-11-01T00:00:00Z';

const tenant = (id: string, own: Partial<TenantRef> = {}): TenantRef => ({
  id: id.toUpperCase(),
  warehouseSchema: `warehouse_${id}`,
  migrateSchema: `migrate_olap_${id}`,
  reportingSchema: `reporting_${id}`,
  bucket: BUCKET,
  location: `${id}/MigrateAdHoc`,
  secretArn: null,
  altScores: true,
  ...own,
});
export const TENANTS: readonly TenantRef[] = [
  tenant('ca'),
  tenant('pa', { secretArn: 'pa' }),
  tenant('nv', { altScores: false }),
  tenant('ts_s001'),
];

const LOGINS: Record<string, readonly [string, string]> = {
  all: ['rdw_ingest', 'rehearsal-rdw'],
  pa: ['rdw_pa_ingest', 'rehearsal-rdw-pa'],
};

export class Instance {
  static async start(): Promise<Instance> {
    const real = new RealClock();
    const { warehouse: address } = JSON.parse(textOf('cloud.json'));
    const store = new ObjectStore(real);
    store.createBucket(BUCKET);
    const [source, warehouse] = await Promise.all([
      MySqlCluster.start({
        sql: [textOf('source.sql')],
        clock: real,
        faults: new Faults(),
        callers: new Callers(real),
        tls: TLS,
        uploads: { store, iam: new Iam(ACCOUNT), account: ACCOUNT, clusterArn: '' },
      }),
      Warehouse.start({
        clock: real,
        address,
        database: address.database,
        scenarioSql: [textOf('warehouse.sql')],
      } as never),
    ]);
    const instance = new Instance(real, store, source, warehouse);
    await instance.serveKubernetes();
    return instance;
  }

  memory = new MemoryLedger();
  clock = new FakeClock();
  readonly source: MySqlRef = {
    host: '127.0.0.1',
    port: 0,
    secretArn: null,
    user: 'all',
    region: 'us-east-1',
  };
  /** The Deployment's replicas and pods live by this clock. */
  readonly pods = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
  things: readonly Thing[] = [];
  kubernetes!: KubernetesService;
  /** Names of connections that were opened. */
  readonly logins: string[] = [];
  private readonly service: RedshiftDataService;
  private readonly ends: (() => unknown)[] = [];

  private constructor(
    private readonly real: RealClock,
    readonly store: ObjectStore,
    readonly cluster: MySqlCluster,
    readonly warehouse: Warehouse,
  ) {
    this.service = new RedshiftDataService({
      warehouses: [warehouse],
      clock: real,
      publish: () => {},
    });
  }

  mysql = (sql: string) => this.cluster.query(sql);
  redshift = async (sql: string) => (await this.warehouse.query(sql)).rows;

  /** A ledger in which a run has just been opened. */
  async open(run: object = {}): Promise<void> {
    this.memory = new MemoryLedger();
    this.clock = new FakeClock();
    this.logins.length = 0;
    await this.memory.put(runKey('run-1'), {
      runId: 'run-1',
      executionArn: ARN,
      status: 'open',
      earlierArns: [],
      ...run,
    });
  }

  readonly caller = { version: 1, runId: 'run-1', rootArn: ARN, selfArn: ARN, redriveCount: 0 };

  /** What the tasks are given. */
  get deps() {
    return {
      ledger: this.memory.ledger,
      clock: this.clock,
      sfn: { send: async () => ({ status: 'RUNNING' }) } as never,
      sqlText,
      connect: ({ secretArn }: MySqlRef) => {
        const [user, password] = LOGINS[secretArn ?? 'all']!;
        this.logins.push(user);
        const { host, port } = this.cluster;
        const certificateAuthority = TLS.cert;
        return openMySql({ host, port, user, password, token: false, certificateAuthority });
      },
      dataApi: () =>
        new DataApi({ send: (command: never) => this.send(command) } as never, WAREHOUSE),
      cluster: (ref: Parameters<typeof openCluster>[0]) => openCluster(ref, this.access),
      rolesOf: async () => [{ arn: ROLE, status: 'in-sync' }],
      firstKey: async (bucket: string, prefix: string) => this.store.list(bucket, prefix)[0],
    };
  }

  async texts(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { text } of this.memory.list<{ text: string }>('run-1', prefix)) {
      found.push(text);
    }
    return found;
  }

  async stop(): Promise<void> {
    for (const end of this.ends) await end();
    this.pods.stop();
    await Promise.all([this.cluster.stop(), this.warehouse.stop()]);
    this.real.stop();
  }

  private access!: Parameters<typeof openCluster>[1];

  private async serveKubernetes(): Promise<void> {
    const callers = new Callers(this.pods);
    const server = new Server({
      clock: this.pods,
      callers,
      iam: new Iam(ACCOUNT),
      faults: new Faults(),
      problems: [],
      tls: TLS,
      entrance: ({ authorization }: { authorization?: string }) => ({
        accessKeyId: accessKeyOf(authorization),
        region: 'us-east-1',
        service: 'kubernetes',
      }),
    } as never);
    this.kubernetes = new KubernetesService(this.pods, {
      deployments: [{ ...PLACE, replicas: 1 }],
      access: [
        {
          role: `arn:aws:iam::${ACCOUNT}:role/holder`,
          verbs: ['get deployments', 'patch deployments/scale', 'list pods'],
        },
      ],
    });
    server.add(this.kubernetes);
    const endpoint = await server.start();
    this.ends.push(() => server.stop());
    const principal = {
      kind: 'role',
      arn: `arn:aws:iam::${ACCOUNT}:role/holder`,
      account: ACCOUNT,
    } as const;
    const { credentials } = callers.mint(principal, newProcess());
    this.access = {
      secret: async () => undefined,
      credentials: async () => credentials,
      now: () => this.pods.now(),
    };
    const cluster = {
      name: 'rdw-qa',
      region: 'us-east-1',
      endpoint,
      certificateAuthority: TLS.cert,
      stsHost: 'sts.us-east-1.amazonaws.com',
      inVpc: true,
    };
    const name = `rdw-qa/${PLACE.namespace}/${PLACE.name}`;
    this.things = [{ kind: 'deployment', name, region: 'us-east-1', to: { cluster } }];
  }

  private send(command: { constructor: { name: string }; input: object }) {
    const answer = this.service.call({
      operation: command.constructor.name.replace(/Command$/, ''),
      input: command.input as never,
      principal: {
        kind: 'role',
        arn: `arn:aws:iam::${ACCOUNT}:role/rdw-data-api`,
        account: ACCOUNT,
      },
      region: 'us-east-1',
      signal: new AbortController().signal,
      authorize: () => {},
    });
    // As the SDK's client throws it.
    return answer.catch((error: Error & { code?: string }) => {
      throw Object.assign(new Error(error.message), { name: error.code ?? error.name });
    });
  }
}
