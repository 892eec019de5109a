// A connection that copies: files of `sql/mysql-copy/` run on it, in a session of strict rules.

import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { type MySqlMarks, renderMySql } from '../mysql/statement';
import { sqlText } from '../sql-files';

/** A row by column label; numbers of 64 bits, decimals and times are text. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Doubles arrive as the server writes them, which keeps every bit and the sign of a zero. */
const AS_TEXT = (field: { type: string; string(): string | null }, next: () => unknown) =>
  field.type === 'DOUBLE' ? field.string() : next();

/**
 * Longer than the server lets a statement read (`mysql-session.sql`), so that none goes on that nobody waits for.
 * A statement that is silent for so long is given up with its connection, and its transaction is rolled back:
 * a worker whose execution was stopped must hear of it within a minute.
 */
const SILENT_MS = 45_000;

const isSilent = (error: unknown): boolean =>
  (error as { readonly code?: string }).code === 'PROTOCOL_SEQUENCE_TIMEOUT';

export class Session {
  /** How long the last commit took. */
  commitMs = 0;

  private constructor(
    private readonly connection: Connection,
    private readonly comment: readonly string[],
    private readonly now: () => number,
  ) {}

  /** @param comment ids by which the process list tells whose statements these are */
  static async on(
    connection: Connection,
    comment: readonly string[],
    now: () => number,
  ): Promise<Session> {
    // Whoever uses it next hears that it is lost.
    connection.on('error', () => {});
    const session = new Session(connection, comment, now);
    await session.change('read-committed');
    await session.change('session');
    return session;
  }

  async rows(file: string, marks: MySqlMarks = {}): Promise<readonly Row[]> {
    const [rows] = await this.connection.query<RowDataPacket[]>(this.patient(file, marks));
    return rows as Row[];
  }

  async row(file: string, marks: MySqlMarks = {}): Promise<Row | undefined> {
    return (await this.rows(file, marks))[0];
  }

  /** Rows without names, doubles as text. */
  async lists(file: string, marks: MySqlMarks): Promise<readonly (string | number | null)[][]> {
    const [rows] = await this.connection.query<RowDataPacket[][]>({
      ...this.patient(file, marks),
      rowsAsArray: true,
      typeCast: AS_TEXT,
    });
    return rows as unknown as (string | number | null)[][];
  }

  /** Rows that were changed, and how many things the server minded. */
  async change(file: string, marks: MySqlMarks = {}): Promise<{ rows: number; warnings: number }> {
    const [done] = await this.connection.query<ResultSetHeader>(this.patient(file, marks));
    return { rows: done.affectedRows, warnings: done.warningStatus };
  }

  /** All of the work or nothing; what rolls back may be lost already. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.beginTransaction();
    try {
      const result = await work();
      const begun = this.now();
      await this.connection.commit();
      this.commitMs = this.now() - begun;
      return result;
    } catch (error) {
      // Behind a statement that is not answered a rollback would wait for it.
      if (isSilent(error)) this.close();
      else await this.connection.rollback().catch(() => this.close());
      throw error;
    }
  }

  close(): void {
    this.connection.destroy();
  }

  private patient(file: string, marks: MySqlMarks): { sql: string; timeout: number } {
    const text = sqlText({ file: `mysql-copy/mysql-${file}` });
    return { sql: renderMySql(text, marks, this.comment), timeout: SILENT_MS };
  }
}
