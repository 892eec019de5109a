// Files that data processing wrote, and the functions of the load workflow: it takes the files of each
// table that its version knows, runs one statement for each, and forgets them.

import { failure, type Ground, type Members } from './ground';

/** Tables a version loads, in order. */
export const TABLES = {
  legacy: ['event', 'event_parameter', 'user', 'item'],
  upgraded: ['event_v2', 'item_v2', 'user_v2', 'session'],
} as const;

export type Generation = keyof typeof TABLES;

interface File {
  readonly uri: string;
  readonly app: string;
  readonly table: string;
}

/** The load's functions and its records. */
export class Loads {
  private refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ground: Ground,
    private generation: Generation,
  ) {}

  /** From now on the tables of a version are looked at; records of other tables stay for ever. */
  async know(generation: Generation): Promise<void> {
    this.generation = generation;
    await this.ground.ask('delete from scenario.loadable');
    await this.ground.ask('insert into scenario.loadable select unnest($1::text[])', [
      TABLES[generation],
    ]);
  }

  /** Writes the files of a job: one for each application with events, and table. */
  async write(job: string, generation: Generation): Promise<void> {
    const { ground } = this;
    const apps = await ground.ask('select distinct app from scenario.arrivals where job = $1', [
      job,
    ]);
    const { bucket } = ground.solution;
    for (const { app } of apps) {
      for (const table of TABLES[generation]) {
        const key = `data/ods/${app}/${table}/job=${job}/part-00000.parquet`;
        ground.around.store.put(bucket, key, `${app} ${table} ${job}\n`);
        const uri = `s3://${bucket}/${key}`;
        await ground.ask(
          'insert into scenario.files (uri, app, "table", job) values ($1, $2, $3, $4)',
          [uri, app, table, job],
        );
        await this.record(uri, app!, table, 'NEW');
      }
    }
    await ground.ask('delete from scenario.running_jobs where job = $1', [job]);
  }

  readonly functions = {
    'load-check': async ({ execution }: Members) => {
      if (this.ground.running('load', String(execution)).length > 0) return { skip: true };
      const rows = await this.ground.ask<{ table: string }>(
        `select distinct "table" from scenario.files join scenario.loadable using ("table")
         where status <> 'LOADED'`,
      );
      const waiting = rows.map(({ table }) => table);
      const tables = TABLES[this.generation].filter((table) => waiting.includes(table));
      return { skip: tables.length === 0, tables };
    },
    'load-child': async ({ table, parent }: Members) => {
      const name = `${String(table)}-${String(parent).split(':').at(-1)}`.slice(0, 80);
      const stateMachineArn = this.ground.machine('load-child');
      const input = JSON.stringify({ table });
      const { executionArn } = this.ground.around.engine.start({ stateMachineArn, name, input });
      return { execution: executionArn };
    },
    'execution-status': async ({ execution }: Members) => {
      const { status } = this.ground.around.engine.describeExecution(String(execution));
      return { execution, status };
    },
    'load-claim': async ({ table }: Members) => {
      const files = await this.ground.ask<File>(
        `select uri, app, "table" from scenario.files
         where "table" = $1 and status <> 'LOADED' order by uri`,
        [table],
      );
      for (const { uri, app } of files) {
        for (const status of ['ENQUEUE', 'PROCESSING']) {
          await this.record(uri, app, String(table), status);
        }
      }
      return { files: files.map((file) => ({ ...file, sql: callFor(file) })) };
    },
    'load-forget': async ({ item }: Members) => {
      const { uri } = item as File;
      await this.ground.ask("update scenario.files set status = 'LOADED' where uri = $1", [uri]);
      await this.ground.table('DeleteItem', { Key: { s3_uri: { S: uri } } });
      return {};
    },
    /** The views are refreshed after a load, at most every two hours. */
    'load-end': async () => {
      const { now } = this.ground;
      if (this.generation === 'upgraded' && now - this.refreshedAt >= REFRESH_MS) {
        this.refreshedAt = now;
        const input = JSON.stringify({ refreshEndTime: now, forceRefresh: 'false' });
        const stateMachineArn = this.ground.machine('metrics');
        this.ground.around.engine.start({ stateMachineArn, input });
      }
      return {};
    },
  };

  private async record(uri: string, app: string, table: string, status: string): Promise<void> {
    await this.ground.ask('update scenario.files set status = $2 where uri = $1', [uri, status]);
    const Item = {
      s3_uri: { S: uri },
      job_status: { S: `${table}#${status}` },
      timestamp: { N: String(this.ground.now) },
      app_id: { S: app },
    };
    await this.ground.table('PutItem', { Item });
  }
}

/** Parameter MVRefreshInterval. */
const REFRESH_MS = 120 * 60_000;

function callFor({ uri, app, table }: File): string {
  if (!/^[\w./:=-]+$/.test(uri)) throw failure('Error', `${uri} is no address of a file`);
  const known: readonly string[] = TABLES.upgraded;
  return known.includes(table)
    ? `call "${app}".sp_merge_${table}('${uri}')`
    : `call scenario.load_legacy('${uri}')`;
}
