// The two tables of the history on a real MariaDB, a ledger, and a clock that jumps. Tasks are called as their
// handlers call them.

import { createConnection } from 'mysql2/promise';
import { runKey } from '../../../lambdas/shared/ledger';
import type { MySqlRef } from '../../../lambdas/shared/mysql';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { FakeClock } from '../../../test/support/fake-warehouse';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { type MariaDbServer, startMariaDb } from '../../rehearsal/mysql/mariadb';

export const ARN = 'arn:aws:states:us-east-1:000000000000:execution:history-migration:one';

/** As the application made it: an int that ends at 2^31, and what Django has on it. */
const OLD = `
create database edxapp character set utf8mb3;
create table edxapp.courseware_studentmodulehistory (
  id int not null auto_increment primary key, version varchar(255) null, created datetime not null,
  state longtext null, grade double null, max_grade double null, student_module_id int not null,
  key (version), key (created), key (student_module_id)
);`;

/** As Django's migrations make it. */
export const NEW = `
create table csmh.coursewarehistoryextended_studentmodulehistoryextended (
  id bigint unsigned not null auto_increment primary key, version varchar(255) null,
  created datetime(6) not null, state longtext null, grade double null, max_grade double null,
  student_module_id bigint unsigned not null,
  key (version), key (created), key student_module_idx (student_module_id)
);`;

const USERS = `
create user lms identified by 'lms'; grant select on edxapp.* to lms;
create user copier identified by 'copier'; grant select, insert, update, create, alter on csmh.* to copier;
create user boss identified by 'boss'; grant all on *.* to boss with grant option;
create user edxapp001 identified by 'x'; create user migrate identified by 'x';`;

export const OLD_TABLE = 'edxapp.courseware_studentmodulehistory';
export const NEW_TABLE = 'csmh.coursewarehistoryextended_studentmodulehistoryextended';

const ref = (user: string): MySqlRef => ({
  host: user,
  port: 3306,
  secretArn: null,
  user,
  region: 'us-east-1',
});
const place = (user: string, name: string) => {
  const [database, table] = name.split('.') as [string, string];
  return { ...ref(user), database, table };
};

export class HistoryWorld {
  static async start(): Promise<HistoryWorld> {
    const server = await startMariaDb();
    const admin = await server.connect();
    await admin.query(USERS);
    return new HistoryWorld(server, admin);
  }

  memory = new MemoryLedger();
  clock = new FakeClock();
  /** Executed when the clock has moved. */
  onSleep: () => Promise<unknown> = async () => undefined;
  /** Every statement of the tasks, without its comment. */
  readonly sent: string[] = [];
  /** Called before and after each statement; throwing after it means that its answer is lost. */
  before: (sql: string) => unknown = () => undefined;
  after: (sql: string) => unknown = () => undefined;
  executionStatus = 'RUNNING';

  private constructor(
    readonly server: MariaDbServer,
    private readonly admin: Awaited<ReturnType<MariaDbServer['connect']>>,
  ) {}

  /** Asks as the superuser. */
  async sql(text: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.admin.query(text))[0] as Record<string, unknown>[];
  }

  /** Empty tables, and a ledger in which a run has just been opened. */
  async fresh({ migrated = true } = {}): Promise<void> {
    await this.sql('drop database if exists edxapp; drop database if exists csmh');
    await this.sql(`${OLD}${migrated ? `create database csmh character set utf8mb4;${NEW}` : ''}`);
    this.memory = new MemoryLedger();
    this.clock = new FakeClock();
    this.onSleep = async () => undefined;
    this.before = () => undefined;
    this.after = () => undefined;
    this.executionStatus = 'RUNNING';
    this.sent.length = 0;
    await this.open('run-1');
  }

  async open(runId: string, more: object = {}): Promise<void> {
    await this.memory.put(runKey(runId), {
      runId,
      executionArn: ARN,
      status: 'open',
      earlierArns: [],
      leases: [],
      input: {},
      ...more,
    });
  }

  /** Rows with these ids in the old table, or another; created now unless said. */
  async rows(ids: readonly (number | bigint)[], table = OLD_TABLE, hoursAgo = 0): Promise<void> {
    const at = new Date(this.clock.now() - hoursAgo * 3_600_000).toISOString().slice(0, 19);
    for (let i = 0; i < ids.length; i += 2_000) {
      const values = ids
        .slice(i, i + 2_000)
        .map((id) => `(${id}, '${at.replace('T', ' ')}', '{"n": ${id}}', 0.1, 1, 7)`);
      await this.sql(
        `insert into ${table} (id, created, state, grade, max_grade, student_module_id) values ${values.join(', ')}`,
      );
    }
  }

  async ids(table: string): Promise<number[]> {
    return (await this.sql(`select id from ${table} order by id`)).map(({ id }) => Number(id));
  }

  readonly caller = { version: 1, runId: 'run-1', rootArn: ARN, selfArn: ARN, redriveCount: 0 };
  readonly admins = ref('boss');
  /** What every payload has. */
  readonly both = {
    ...this.caller,
    source: place('lms', OLD_TABLE),
    target: place('copier', NEW_TABLE),
  };

  /** An invocation with a quarter of an hour. */
  invocation(requestId = 'first') {
    const end = this.clock.now() + 900_000;
    return { requestId, remainingMs: () => end - this.clock.now() };
  }

  get deps() {
    const clock = {
      now: () => this.clock.now(),
      sleep: async (ms: number) => {
        this.clock.pass(ms);
        await this.onSleep();
      },
    };
    return {
      ledger: this.memory.ledger,
      clock,
      sfn: { send: async () => ({ status: this.executionStatus }) } as never,
      sqlText,
      connect: (who: MySqlRef) => this.connect(who.user!),
    };
  }

  /** As openMySql has it, with a hook around each statement. */
  private async connect(user: string) {
    const connection = await createConnection({
      socketPath: this.server.socketPath,
      user,
      password: user,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      timezone: 'Z',
    });
    await connection.query("set time_zone = '+00:00'");
    type Options = string | { readonly sql: string; readonly timeout?: number };
    const query = connection.query.bind(connection) as (options: Options) => Promise<unknown>;
    const hooked = async (options: Options) => {
      const whole = typeof options === 'string' ? options : options.sql;
      const sql = whole.replace(/^\/\*.*?\*\/\s*/s, '');
      this.sent.push(sql);
      await this.before(sql);
      // A timer outlives a connection that is destroyed, and the test with it.
      const answer = await query(
        typeof options === 'string' ? options : { ...options, timeout: 0 },
      );
      await this.after(sql);
      return answer;
    };
    return Object.assign(connection, { query: hooked }) as never;
  }

  async stop(): Promise<void> {
    this.admin.destroy();
    await this.server.stop();
  }
}

/** A connection that broke before its answer came. */
export const lost = (): never => {
  throw Object.assign(new Error('the connection broke'), {
    code: 'PROTOCOL_CONNECTION_LOST',
    fatal: true,
  });
};

/** Whole numbers from one to another. */
export const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
