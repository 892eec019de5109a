// The server all methods share, its two tables, and whether the second one is right.

import type { Connection, ConnectionOptions } from 'mysql2/promise';
import { AS_TEXT } from '../../../lambdas/shared/mysql';
import { type MariaDbServer, startMariaDb } from '../../../tools/rehearsal/mysql/mariadb';

export const SOURCE = 'edxapp.courseware_studentmodulehistory';
export const TARGET = 'csmh.coursewarehistoryextended_studentmodulehistoryextended';
export const COLUMNS = 'id, version, created, state, grade, max_grade, student_module_id';
/** Keys from here on are those of the application that writes meanwhile. */
export const LIVE = 1_000_000_000;

/** Closer to a production server than what a rehearsal needs. */
const SETTINGS = [
  '--log-bin=binlog',
  '--binlog-format=ROW',
  '--server-id=1',
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-buffer-pool-size=2G',
  '--innodb-log-file-size=1G',
  '--max-allowed-packet=64M',
  // The default of MySQL 8.0; with that of MariaDB, INSERT … SELECT keeps others from inserting.
  '--innodb-autoinc-lock-mode=2',
  // What pt-archiver's bulk mode uses.
  '--local-infile=1',
];

const AS_TASKS: ConnectionOptions = { ...AS_TEXT, charset: 'utf8mb4_unicode_ci' };

export class Database {
  private constructor(
    private readonly server: MariaDbServer,
    readonly admin: Connection,
    readonly rows: number,
  ) {}

  static async start(rows: number, bytes: number, ascii: boolean): Promise<Database> {
    const server = await startMariaDb(SETTINGS);
    const admin = await server.connect(AS_TASKS);
    const database = new Database(server, admin, rows);
    try {
      await database.seed(bytes, ascii);
      await database.empty();
      return database;
    } catch (error) {
      await database.stop();
      throw error;
    }
  }

  private async seed(bytes: number, ascii: boolean): Promise<void> {
    const { admin, rows } = this;
    for (const name of ['edxapp', 'csmh']) {
      await admin.query(`create database ${name} default character set utf8mb4`);
    }
    await admin.query(`create table ${SOURCE} (id int not null auto_increment primary key,
      version varchar(255), created datetime(6) not null, state longtext, grade double, max_grade double,
      student_module_id int not null, key (version), key (created), key (student_module_id))`);
    const text = ascii ? 'md5(seq)' : `concat('学', md5(seq))`;
    for (let from = 1; from <= rows; from += 100_000) {
      const to = Math.min(rows, from + 99_999);
      await admin.query(`insert into ${SOURCE} (${COLUMNS}) select seq, null,
        timestamp '2015-03-01 00:00:00' + interval seq * 1000003 microsecond,
        concat('{"attempts": ', seq % 7, ', "input": "', rpad(${text}, ${bytes - 60}, ${text}), '"}'),
        if(seq % 3 = 0, null, seq % 100 / 7), if(seq % 3 = 0, null, 1), seq * 7919 % 100003
        from edxapp.seq_${from}_to_${to}`);
    }
  }

  get socketPath(): string {
    return this.server.socketPath;
  }

  connect(): Promise<Connection> {
    return this.server.connect(AS_TASKS);
  }

  /** An empty target with nothing left to write back from what ran before. */
  async empty(): Promise<void> {
    await this.admin.query('drop table if exists csmh.upgrade_runbooks_copy');
    await this.admin.query(`drop table if exists ${TARGET}`);
    await this.admin.query(`create table ${TARGET} (id bigint unsigned not null auto_increment primary key,
      version varchar(255), created datetime(6) not null, state longtext, grade double, max_grade double,
      student_module_id bigint unsigned not null, key (version), key (created), key (student_module_id))`);
    await this.admin.query('reset master');
    await this.admin.query('set global innodb_max_dirty_pages_pct = 0');
    for (let dirty = 1_000; dirty > 100; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      dirty = Number(
        await this.one("show global status like 'Innodb_buffer_pool_pages_dirty'", 'Value'),
      );
    }
    await this.admin.query('set global innodb_max_dirty_pages_pct = 90');
  }

  /** Rows of the source that are not in the target as they are. */
  async wrong(): Promise<number> {
    const same = `s.version <=> t.version and s.created <=> t.created and binary s.state <=> binary t.state
      and s.grade <=> t.grade and s.max_grade <=> t.max_grade and s.student_module_id = t.student_module_id`;
    const n = await this.one(
      `select count(*) as n from ${SOURCE} s left join ${TARGET} t on t.id = s.id where not (${same}) or t.id is null`,
      'n',
    );
    return Number(n);
  }

  /** How far something that copies in the order of keys has come. */
  async reached(): Promise<number> {
    return Number(
      (await this.one(`select max(id) as m from ${TARGET} where id < ${LIVE}`, 'm')) ?? 0,
    );
  }

  async stop(): Promise<void> {
    this.admin.destroy();
    await this.server.stop();
  }

  private async one(sql: string, column: string): Promise<unknown> {
    const [rows] = await this.admin.query(sql);
    return (rows as Record<string, unknown>[])[0]?.[column];
  }
}
