// One warehouse of the rehearsal: a PostgreSQL server in which Redshift names exist, filled by a
// scenario. The Data API's semantics stand before it, in services/redshift-data.ts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type DatabaseError, Pool, type QueryResult } from 'pg';
import { type Clock, LambdaFunctionError } from '../types';
import type { ExternalCall, LambdaCaller } from './external-call';
import { callsExternal, inPasses } from './external-ddl';
import { type ExternalSession, serveExternal } from './external-functions';
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres';
import type { StorageOpener, WarehouseStorage } from './s3-load/storage';
import { WarehouseTemplate } from './template';

/** How the Data API's callers name a warehouse. */
export type WarehouseAddress =
  | { readonly kind: 'serverless'; readonly workgroup: string; readonly arn: string }
  | { readonly kind: 'provisioned'; readonly cluster: string; readonly arn: string };

/** Properties of {@link Warehouse.start}. */
export interface WarehouseOptions {
  readonly clock: Clock;
  /** Database the scenario's SQL fills; `dev` exists beside it, empty. */
  readonly database: string;
  /** Texts run one after the other as superuser, in the empty database. */
  readonly scenarioSql: readonly string[];
  /**
   * Size of the generated data, read by scenarios as setting `rehearsal.rows`.
   *
   * @default - each scenario's own
   */
  readonly rows?: number;
  /**
   * Further settings of the session that fills the database.
   *
   * @default - none
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * What callers of the Data API name.
   *
   * @default - a serverless workgroup called like the database, with dashes for underscores
   */
  readonly address?: WarehouseAddress;
  /**
   * Database users of secrets, by the secret's ARN.
   *
   * @default - no secret works
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Calls the functions of Lambda UDFs.
   *
   * @default - there are no functions
   */
  readonly lambda?: LambdaCaller;
  /**
   * Opens S3 for UNLOAD and COPY.
   *
   * @default - there are no buckets
   */
  readonly storage?: StorageOpener;
}

const noFunctions: LambdaCaller = async (lambda) => {
  throw new LambdaFunctionError('Lambda.ResourceNotFoundException', `no function ${lambda}`);
};

/** A running warehouse. */
export class Warehouse {
  /** Starts a server, installs Redshift's names and fills the database; or copies a filled one. */
  static async start(options: WarehouseOptions, template?: WarehouseTemplate): Promise<Warehouse> {
    const release = options.clock.hold();
    try {
      if (template) {
        const { server, names } = await template.copy();
        const copy = new Warehouse(options, server, names);
        await copy.routines();
        return copy;
      }
      const warehouse = new Warehouse(options, await startPostgres());
      await warehouse.fill(options).catch(async (error: unknown) => {
        await warehouse.stop();
        throw error;
      });
      return warehouse;
    } finally {
      release();
    }
  }

  /** A server filled once, for many warehouses with the same options. */
  static async template(options: WarehouseOptions): Promise<WarehouseTemplate> {
    const { admin, server, databases } = await Warehouse.start(options);
    // Copies have the same statistics, so the same plans: rows come in the same order.
    await admin.query('alter system set autovacuum = off');
    await admin.query('select pg_reload_conf()');
    // Nobody may be connected to what is copied.
    await admin.end();
    return new WarehouseTemplate(server, databases);
  }

  readonly address: WarehouseAddress;
  readonly secrets: Readonly<Record<string, string>>;
  readonly databases: readonly string[];
  /** Calls of Lambda UDFs so far. */
  readonly externalCalls: ExternalCall[] = [];
  readonly external = new WeakMap<Client, ExternalSession>();
  private externalNames: string[] = [];
  private readonly admin: Pool;

  private constructor(
    private readonly options: WarehouseOptions,
    private readonly server: PostgresServer,
    /** Names of databases that the server calls otherwise. */
    private readonly names: ReadonlyMap<string, string> = new Map(),
  ) {
    const { database } = options;
    const workgroup = database.replaceAll('_', '-');
    this.databases = [...new Set([database, 'dev'])];
    this.secrets = options.secrets ?? {};
    this.address = options.address ?? {
      kind: 'serverless',
      workgroup,
      arn: `arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/${workgroup}`,
    };
    this.admin = new Pool({
      host: server.host,
      user: SUPERUSER,
      database: names.get(database) ?? database,
      max: 4,
    });
    this.admin.on('error', () => {});
  }

  /** Runs SQL as superuser, past the Data API: for tests and for the stand-in itself. */
  async query(sql: string, params?: readonly unknown[]): Promise<QueryResult> {
    const client = await this.admin.connect();
    try {
      await client.query(`set rehearsal.clock_offset = '${this.clockOffset()}'`);
      return await client.query(sql, params && [...params]);
    } finally {
      client.release();
    }
  }

  /** A session of its own, as the Data API opens one for each statement. */
  session(user: string, database: string, settings: Readonly<Record<string, string>> = {}): Client {
    const all = { 'rehearsal.clock_offset': this.clockOffset(), ...settings };
    // Each value is one word of a command line: blanks and backslashes are escaped.
    const options = Object.entries(all).map(
      ([name, value]) => `-c ${name}=${value.replace(/([\\\s])/g, '\\$1')}`,
    );
    const client = new Client({
      host: this.server.host,
      user,
      database: this.names.get(database) ?? database,
      options: options.join(' '),
    });
    client.on('error', () => {});
    const { clock, lambda: call = noFunctions } = this.options;
    const { arn: cluster } = this.address;
    const connect = async () => {
      const own = this.session(SUPERUSER, database);
      await own.connect();
      return own;
    };
    const clockOffset = () => this.clockOffset();
    const calls = this.externalCalls;
    this.external.set(
      client,
      serveExternal(client, { clock, cluster, database, call, connect, clockOffset, calls }),
    );
    return client;
  }

  /** S3 with a role, by its ARN or `default`. */
  storage(role: string): WarehouseStorage {
    if (!this.options.storage) throw new Error('the warehouse has no way to S3');
    return this.options.storage(role);
  }

  /** Whether a statement is tried in passes because it calls a Lambda UDF. */
  callsExternal(sql: string): boolean {
    return callsExternal(sql, this.externalNames);
  }

  /** Looks at what was created: procedures call Lambda UDFs in batches. */
  async routines(): Promise<void> {
    const { rows: functions } = await this.query(
      `select distinct proname as name from pg_proc join pg_language as l on l.oid = prolang
       where lanname = 'exfunc'`,
    );
    this.externalNames = functions.map(({ name }) => name);
    const { rows: bodies } = await this.query(
      `select p.oid, prosrc from pg_proc as p join pg_language as l on l.oid = prolang
       where lanname = 'plpgsql' and pronamespace::regnamespace::text not in
         ('rehearsal', 'pg_catalog')`,
    );
    for (const { oid, prosrc } of bodies) {
      const body = inPasses(prosrc, this.externalNames);
      if (body === prosrc) continue;
      await this.query('update pg_proc set prosrc = $2 where oid = $1', [oid, body]);
    }
  }

  /** Ends the server and removes every file of it. */
  async stop(): Promise<void> {
    await this.admin.end();
    await this.server.stop();
  }

  /** How far the rehearsal's clock is ahead of the computer's, in milliseconds. */
  private clockOffset(): string {
    return String(Math.round(this.options.clock.now() - Date.now()));
  }

  private async fill({
    database,
    scenarioSql,
    rows,
    settings = {},
  }: WarehouseOptions): Promise<void> {
    const names = ['redshift-names.sql', 'external-functions.sql', 's3-load/names.sql']
      .map((file) => readFileSync(join(__dirname, file), 'utf8'))
      .join('\n');
    for (const made of this.databases) {
      await run(this.session(SUPERUSER, 'postgres'), [`create database "${made}"`]);
    }
    // Every warehouse of Redshift has this database, whatever else it has.
    if (database !== 'dev') await run(this.session(SUPERUSER, 'dev'), [names]);
    const all = { ...settings, ...(rows !== undefined && { 'rehearsal.rows': String(rows) }) };
    await run(this.session(SUPERUSER, database, all), [names, ...scenarioSql]);
  }
}

async function run(client: Client, texts: readonly string[]): Promise<void> {
  await client.connect();
  try {
    for (const text of texts) {
      await client.query(text).catch((error: DatabaseError) => {
        const line = text.slice(0, Number(error.position ?? 0)).split('\n').length;
        throw new Error(`the warehouse's SQL fails at line ${line}: ${error.message}`, {
          cause: error,
        });
      });
    }
  } finally {
    await client.end();
  }
}
