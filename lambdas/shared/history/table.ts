// One of the two tables, over one connection: files of `sql/student-module-history/` run on it.

import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { CopyTable } from '../../copy-chunks/payload';
import { MySqlStatementError, TryAgainError } from '../errors';
import type { MySqlRef } from '../mysql/credentials';
import { type MySqlMarks, type MySqlValue, renderMySql } from '../mysql/statement';
import type { SqlSource } from '../sql';

/** A row by column label; numbers of 64 bits, decimals and times are text. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface TableDeps {
  /** @throws MySqlUnreachableError, MySqlCredentialsError, MySqlTlsError */
  connect(ref: MySqlRef): Promise<Connection>;
  sqlText(source: SqlSource): string;
}

/** Counting a day of rows by its index is the longest of what is asked without another limit. */
const LONGEST_MS = 120_000;

/** Codes of connections that broke, and of statements somebody or the server has ended. */
const LOST =
  /^(PROTOCOL_|ECONN|EPIPE|ETIMEDOUT|ER_QUERY_INTERRUPTED|ER_QUERY_TIMEOUT|ER_STATEMENT_TIMEOUT|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS|ER_LOCK_|ER_OPTION_PREVENTS_STATEMENT)/;

/** What MySQL said of a statement it refused. */
export const codeOf = (error: unknown): string =>
  ((error as Error).cause as { code?: string } | undefined)?.code ?? '';

/** A table of the history, or who may change it. */
export class Table {
  private connecting: Promise<Connection> | undefined;

  constructor(
    readonly place: CopyTable,
    private readonly runId: string,
    private readonly deps: TableDeps,
  ) {}

  /** `edxapp.courseware_studentmodulehistory` */
  get name(): string {
    return `${this.place.database}.${this.place.table}`;
  }

  /** The same table as somebody else. */
  as(ref: MySqlRef): Table {
    const { database, table } = this.place;
    return new Table({ ...ref, database, table }, this.runId, this.deps);
  }

  /** Another table, as the same user of the same server. */
  at(database: string, table: string): Table {
    return new Table({ ...this.place, database, table }, this.runId, this.deps);
  }

  /**
   * Rows of a reading file. `:database`, `:table`, `{{id:database}}` and `{{id:table}}` are this table's.
   *
   * @throws TryAgainError when the connection broke, MySqlStatementError when MySQL refused
   */
  async rows(file: string, parameters: MySqlMarks['parameters'] = {}): Promise<readonly Row[]> {
    return (await this.send(file, parameters)) as readonly Row[];
  }

  /** The one row of a reading file. */
  async row(file: string, parameters: MySqlMarks['parameters'] = {}): Promise<Row> {
    return (await this.rows(file, parameters))[0] ?? {};
  }

  /** Rows that a file has changed. */
  async change(
    file: string,
    parameters: MySqlMarks['parameters'] = {},
    literals: MySqlMarks['literals'] = {},
  ): Promise<number> {
    return ((await this.send(file, parameters, literals)) as ResultSetHeader).affectedRows;
  }

  /** Sets what a server may not know; the answer is whether it does. */
  async set(file: string): Promise<boolean> {
    try {
      await this.change(file);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ER_UNKNOWN_SYSTEM_VARIABLE') return false;
      throw error;
    }
  }

  /** Connects, when it is not connected yet. */
  open(): Promise<Connection> {
    this.connecting ??= this.deps.connect(this.place);
    return this.connecting;
  }

  async close(): Promise<void> {
    const connection = await this.connecting?.catch(() => undefined);
    this.connecting = undefined;
    connection?.destroy();
  }

  private async send(
    file: string,
    parameters: Readonly<Record<string, MySqlValue>>,
    literals: MySqlMarks['literals'] = {},
  ) {
    const { database, table } = this.place;
    const name = `mysql-${file}`;
    const sql = renderMySql(
      this.deps.sqlText({ file: `student-module-history/${name}` }),
      { ids: { database, table }, literals, parameters: { database, table, ...parameters } },
      [this.runId, name],
    );
    const connection = await this.open();
    try {
      const [answer] = await connection.query<RowDataPacket[] | ResultSetHeader>({
        sql,
        timeout: LONGEST_MS,
      });
      return answer;
    } catch (error) {
      const { code = '', message, fatal } = error as Error & { code?: string; fatal?: boolean };
      if (fatal || LOST.test(code)) {
        if (fatal || /^(PROTOCOL_|ECONN|EPIPE|ETIMEDOUT)/.test(code)) await this.close();
        throw new TryAgainError(`${name} on ${this.name} broke off: ${code} ${message}`, {
          cause: error,
        });
      }
      throw new MySqlStatementError(
        `MySQL refused ${name} on ${this.name}: ${message}. Repair that, then redrive`,
        { cause: error },
      );
    }
  }
}

/** A 64-bit number as MySQL gives it. */
export const whole = (value: string | number | null | undefined): bigint | null =>
  value === null || value === undefined ? null : BigInt(value);
