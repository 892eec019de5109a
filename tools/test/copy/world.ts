// Two tables of a learner's history on a real MariaDB, and the task that copies one into the other. The
// ledger is in memory; time is real unless a test turns it.

import type { Connection, ConnectionOptions } from 'mysql2/promise';
import type { CopyDeps } from '../../../lambdas/copy-chunks/copy';
import { copyChunks } from '../../../lambdas/copy-chunks/core';
import type {
  CopyChunksPayload,
  CopyChunksResult,
  CopySettings,
} from '../../../lambdas/copy-chunks/payload';
import { type CopyProgress, progressKey } from '../../../lambdas/shared/copy/progress';
import { HISTORY_COLUMNS, HISTORY_KEY } from '../../../lambdas/shared/history/tables';
import { AS_TEXT } from '../../../lambdas/shared/mysql';
import type { RunItem } from '../../../lambdas/shared/runs';
import { COPY_DEFAULTS } from '../../../test/support/copy-settings';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { callerOf, FakeStepFunctions, openedRun } from '../../../test/support/runs';
import { type MariaDbServer, startMariaDb } from '../../rehearsal/mysql/mariadb';

const SOURCE = 'courseware_studentmodulehistory';
const TARGET = 'coursewarehistoryextended_studentmodulehistoryextended';
const NAMES = ['version', 'created', 'state', 'grade', 'max_grade', 'student_module_id'] as const;

/** No rest, no wait: most tests are about rows. */
const EAGER: CopySettings = { ...COPY_DEFAULTS, niceRatio: 0, maxCommitMs: 60_000 };

/** As `openMySql` opens it, without its encryption. */
const AS_TASKS: ConnectionOptions = { ...AS_TEXT, charset: 'utf8mb4_unicode_ci' };

export class CopyWorld {
  static async start(): Promise<CopyWorld> {
    const world = new CopyWorld();
    await world.server();
    return world;
  }

  private readonly servers: MariaDbServer[] = [];
  private readonly admins: Connection[] = [];

  private async server(): Promise<void> {
    const server = await startMariaDb();
    this.servers.push(server);
    this.admins.push(await server.connect(AS_TASKS));
  }

  memory = new MemoryLedger();
  sfn = new FakeStepFunctions();
  run!: RunItem;
  /** Statements the task has sent, since the tables were made. */
  readonly sent: string[] = [];
  /** Called before each statement of the task; what it throws is what MySQL says. */
  before: (sql: string, connection: Connection) => unknown = () => undefined;
  /** What is answered instead of what the server would say. */
  answer: (sql: string) => readonly object[] | undefined = () => undefined;
  /** Called after each statement. */
  after: (sql: string, connection: Connection) => unknown = () => undefined;
  clock: CopyDeps['clock'] = {
    now: () => Date.now(),
    sleep: async (ms) => {
      this.slept.push(ms);
      this.onSleep(ms);
    },
  };
  /** Rests the task asked for, which nobody waits for. */
  readonly slept: number[] = [];
  onSleep: (ms: number) => unknown = () => undefined;
  /** Called before each connection of the task. */
  connecting: () => unknown = () => undefined;
  freeGiB: () => Promise<number | undefined> = async () => undefined;
  payload!: CopyChunksPayload;
  private readonly open = new Set<Connection>();

  private constructor() {}

  /** Empty tables, a new run. `across`: the target is on the other server. */
  async fresh(options: { across?: boolean; source?: string; target?: string } = {}): Promise<void> {
    const { across = false, source = 'utf8mb3', target = 'utf8mb4' } = options;
    if (across && this.servers.length < 2) await this.server();
    this.memory = new MemoryLedger();
    this.sfn = new FakeStepFunctions();
    this.run = await openedRun(this.memory.ledger);
    Object.assign(this, { before: () => undefined, after: () => undefined });
    Object.assign(this, { answer: () => undefined, connecting: () => undefined });
    Object.assign(this, { onSleep: () => undefined, freeGiB: async () => undefined });
    this.sent.length = 0;
    this.slept.length = 0;
    for (const admin of this.admins) {
      await admin.query('drop database if exists edxapp');
      await admin.query('drop database if exists csmh');
      await admin.query('create database edxapp');
      await admin.query('create database csmh');
    }
    const ref = { host: 'h', port: 3306, secretArn: 's', user: null, region: 'eu-west-1' };
    this.payload = {
      ...callerOf(this.run),
      phase: 'copy',
      source: { ...ref, database: 'edxapp', table: SOURCE },
      target: { ...ref, database: 'csmh', table: TARGET },
      key: HISTORY_KEY,
      columns: HISTORY_COLUMNS,
      range: { name: 'range-1', lo: '1', hi: '100000' },
      cut: null,
      sameServer: !across,
      settings: EAGER,
      replicas: [],
      dbInstanceIdentifier: null,
    };
    await this.source.query(`create table edxapp.${SOURCE} (
      id int not null auto_increment primary key, version varchar(255), created datetime(6) not null,
      state longtext, grade double, max_grade double, student_module_id int not null,
      key (version), key (created), key (student_module_id)) default charset = ${source}`);
    await this.target.query(`create table csmh.${TARGET} (
      id bigint unsigned not null auto_increment primary key, student_module_id bigint unsigned not null,
      version varchar(255), created datetime(6) not null, state longtext, grade double, max_grade double,
      key (version), key (created), key (student_module_id)) default charset = ${target}`);
  }

  /** Rows from `first` on, some of them with nulls, all of them different. */
  async seed(count: number, first = 1, step = 1): Promise<void> {
    await this.source.query(`insert into edxapp.${SOURCE} (id, ${NAMES.join(', ')})
      select ${first} + ${step} * (seq - 1), if(seq % 5 = 0, seq, null),
        timestamp '2015-03-01 10:00:00' + interval seq * 1000003 microsecond,
        if(seq % 11 = 0, null, concat('{"attempts": ', seq % 7, ', "input": "', repeat(md5(seq), 4), '"}')),
        if(seq % 3 = 0, null, seq % 100 / 7), if(seq % 3 = 0, null, 1), seq % 977
      from edxapp.seq_1_to_${count}`);
    await this.range(first, first + step * (count - 1));
  }

  range(lo: number | bigint, hi: number | bigint, name = 'range-1'): void {
    this.set({ range: { name, lo: String(lo), hi: String(hi) } });
  }

  set(change: Partial<CopyChunksPayload>): void {
    this.payload = { ...this.payload, ...change };
  }

  settings(change: Partial<CopySettings>): void {
    this.set({ settings: { ...this.payload.settings, ...change } });
  }

  get source(): Connection {
    return this.admins[0]!;
  }

  get target(): Connection {
    return this.admins[this.payload.sameServer ? 0 : 1]!;
  }

  get sourceName(): string {
    return `edxapp.${SOURCE}`;
  }

  get targetName(): string {
    return `csmh.${TARGET}`;
  }

  invoke(minutes = 15): Promise<CopyChunksResult> {
    const end = this.clock.now() + minutes * 60_000;
    const { clock } = this;
    return copyChunks(
      this.payload,
      {
        ledger: this.memory.ledger,
        sfn: this.sfn.client,
        clock,
        connect: (side) => this.connect(side === 'source' || this.payload.sameServer ? 0 : 1),
        connectReplica: () => this.connect(0),
        freeGiB: () => this.freeGiB(),
      },
      { requestId: `request-${this.requests++}`, remainingMs: () => end - clock.now() },
    );
  }

  private requests = 0;

  async verify(): Promise<CopyChunksResult> {
    const { payload } = this;
    this.set({ phase: 'verify' });
    try {
      return await this.invoke();
    } finally {
      this.payload = payload;
    }
  }

  /** Rows of a table as hexadecimal text, without a trace of how one side or the other stores them. */
  async rows(side: 'source' | 'target'): Promise<string[]> {
    const [connection, name] =
      side === 'source' ? [this.source, this.sourceName] : [this.target, this.targetName];
    const [rows] =
      await connection.query<never>(`select concat_ws('|', id, ifnull(hex(convert(version using utf8mb4)), '-'),
      cast(created as datetime(6)), ifnull(hex(convert(state using utf8mb4)), '-'), ifnull(grade, '-'),
      ifnull(max_grade, '-'), student_module_id) as line from ${name} order by id`);
    return (rows as { line: string }[]).map(({ line }) => line);
  }

  async ask(sql: string, side: 'source' | 'target' = 'target'): Promise<Record<string, unknown>[]> {
    const [rows] = await this[side].query(sql);
    return rows as Record<string, unknown>[];
  }

  async checkpoint(): Promise<Record<string, unknown>> {
    const { runId, phase, range } = this.payload;
    const [row] = await this.ask(`select * from csmh.upgrade_runbooks_copy
      where run_id = '${runId}' and phase = '${phase}' and range_name = '${range.name}'`);
    return row!;
  }

  async progress(): Promise<CopyProgress> {
    return (await this.memory.ledger.get<CopyProgress>(progressKey(this.payload)))!;
  }

  /** Time that passes only when the task sleeps, or when a test says so. */
  turnClock(): { pass(ms: number): void } {
    let now = Date.parse('2026-03-08T12:00:00Z');
    const pass = (ms: number) => {
      now += ms;
    };
    this.clock = {
      now: () => now,
      sleep: async (ms) => {
        this.slept.push(ms);
        pass(ms);
        await this.onSleep(ms);
      },
    };
    return { pass };
  }

  /** Ends every connection of tasks, as a killed process does. */
  cutOff(): void {
    for (const connection of this.open) connection.destroy();
    this.open.clear();
  }

  async stop(): Promise<void> {
    this.cutOff();
    for (const admin of this.admins) admin.destroy();
    for (const server of this.servers) await server.stop();
  }

  private async connect(server: 0 | 1): Promise<Connection> {
    await this.connecting();
    const connection = await this.servers[server]!.connect(AS_TASKS);
    await connection.query("set time_zone = '+00:00'");
    this.open.add(connection);
    return this.watched(connection);
  }

  /** Each statement passes by the test. */
  private watched(connection: Connection): Connection {
    const query = connection.query.bind(connection);
    const pass = async (sql: string, run: () => Promise<unknown>) => {
      this.sent.push(sql);
      await this.before(sql, connection);
      const given = this.answer(sql);
      const answer = given ? [given, []] : await run();
      await this.after(sql, connection);
      return answer;
    };
    const commit = connection.commit.bind(connection);
    Object.assign(connection, {
      query: (statement: string | { sql: string }) =>
        pass(typeof statement === 'string' ? statement : statement.sql, () =>
          query(statement as string),
        ),
      commit: () => pass('commit', commit),
    });
    return connection;
  }
}
