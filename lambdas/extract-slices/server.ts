// The database as exports need it. One session executes them and holds a lock that only one session of the
// server can have; another one asks what it is doing, and ends it.
//
//   a session's client is gone  ->  its statement goes on, or not  ->  the server closes it: the lock is free
//
// So whoever has the lock knows that no statement of the run and tenant runs, and that none can begin.

import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { rowsOf } from '../shared/mysql';
import { type MySqlMarks, renderMySql } from '../shared/mysql/statement';
import type { TenantWork } from '../shared/rdw/tenant';
import { sqlText } from '../shared/sql-files';
import { answered, type ExportSessions, MySqlSessions, quiet } from './sessions';
import { instantOf, type Window } from './window';

/** What a statement is about. */
export interface SliceRef {
  readonly window: Window;
  /** Ids behind those of run and tenant in its opening comment. */
  readonly comment: readonly string[];
}

/** The session that may export. */
export interface ExportSession {
  readonly id: string;
  /** Writes a slice below `uri`; returns the number of its rows. */
  export(slice: SliceRef, uri: string): Promise<number>;
  countNullScores(slice: SliceRef): Promise<number>;
  close(): void;
}

export interface ExportServer extends ExportSessions {
  /** The session that may export; undefined while another one holds the lock. */
  enter(): Promise<ExportSession | undefined>;
}

export { type Holder, isEnd } from './sessions';

/** Exports of one run and tenant. */
export class MySqlExports extends MySqlSessions implements ExportServer {
  constructor(
    open: () => Promise<Connection>,
    runId: string,
    private readonly tenant: TenantWork,
  ) {
    super(open, runId, tenant);
  }

  async enter(): Promise<ExportSession | undefined> {
    const connection = quiet(await this.open());
    const lock = this.sql('take-lock', { lock: this.lock }, 'lock');
    const [row] = await answered(rowsOf(connection, lock)).catch((error: unknown) => {
      connection.destroy();
      throw error;
    });
    if (Number(row!.got) !== 1) {
      connection.destroy();
      return undefined;
    }
    return {
      id: String(row!.id),
      export: async (slice, uri) => {
        const literals = { to: { kind: 's3-region-uri', value: uri } } as const;
        const sql = this.slice('extract-slice', slice, literals);
        const [{ affectedRows }] = await connection.query<ResultSetHeader>(sql);
        return affectedRows;
      },
      countNullScores: async (slice) => {
        const [counted] = await rowsOf(connection, this.slice('count-null-scores', slice));
        return Number(counted!.null_scores);
      },
      close: () => connection.destroy(),
    };
  }

  private slice(
    file: string,
    { window, comment }: SliceRef,
    literals: MySqlMarks['literals'] = {},
  ): string {
    const { warehouseSchema, subjectIds } = this.tenant;
    const parameters = {
      from: instantOf(window.from),
      before: instantOf(window.before),
      subject_ids: subjectIds,
    };
    const marks = { ids: { warehouse: warehouseSchema }, literals, parameters };
    const text = sqlText({ file: `rdw/mysql-${file}` });
    return renderMySql(text, marks, this.comment('extract', ...comment));
  }
}
