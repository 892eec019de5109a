// Readings in the warehouse of all tenants: one connection for everybody who logs in, closed at the end.

import type { Connection, RowDataPacket } from 'mysql2/promise';
import { MySqlStatementError, TryAgainError } from '../errors';
import type { MySqlRef } from '../mysql/credentials';
import { type MySqlMarks, renderMySql } from '../mysql/statement';
import type { SqlSource } from '../sql';
import { sourceOf, type TenantRef } from './tenant';

/** A row by column label; numbers of 64 bits, decimals and times are text. */
export type SourceRow = Readonly<Record<string, string | number | null>>;

export interface SourceDeps {
  /** @throws MySqlUnreachableError, MySqlCredentialsError, MySqlTlsError */
  connect(ref: MySqlRef): Promise<Connection>;
  sqlText(source: SqlSource): string;
}

/** What is asked here reads an index or a few rows. */
const LONGEST_MS = 60_000;

/** Codes of connections that broke, and of statements somebody or the server has ended. */
const LOST =
  /^(PROTOCOL_|ECONN|EPIPE|ETIMEDOUT|ER_QUERY_INTERRUPTED|ER_QUERY_TIMEOUT|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS|ER_LOCK_)/;

export class Sources {
  private readonly open = new Map<string, Promise<Connection>>();

  constructor(
    private readonly source: MySqlRef,
    private readonly runId: string,
    private readonly deps: SourceDeps,
  ) {}

  /** Who logs in for a tenant; tenants with the same share a connection. */
  keyOf(tenant: TenantRef): string {
    return sourceOf(this.source, tenant).secretArn ?? '';
  }

  /**
   * Reads a file of `sql/rdw/` to its end, as the tenant's user.
   *
   * @throws TryAgainError when the connection broke, MySqlStatementError when MySQL refused
   */
  async rows(tenant: TenantRef, file: string, marks: MySqlMarks = {}): Promise<SourceRow[]> {
    const key = this.keyOf(tenant);
    const connecting = this.open.get(key) ?? this.deps.connect(sourceOf(this.source, tenant));
    this.open.set(key, connecting);
    const connection = await connecting;
    const sql = renderMySql(this.deps.sqlText({ file: `rdw/${file}` }), marks, [this.runId, file]);
    try {
      const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: LONGEST_MS });
      return rows as SourceRow[];
    } catch (error) {
      const { code = '', message, fatal } = error as Error & { code?: string; fatal?: boolean };
      if (fatal || LOST.test(code)) {
        this.open.delete(key);
        connection.destroy();
        throw new TryAgainError(`${file} for ${tenant.id} broke off: ${code} ${message}`, {
          cause: error,
        });
      }
      throw new MySqlStatementError(
        `MySQL refused ${file} for tenant ${tenant.id}: ${message}. Nothing was changed; repair that, then redrive`,
        { cause: error },
      );
    }
  }

  async close(): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    // What is not open any more needs no end.
    for (const connecting of all) {
      const connection = await connecting.catch(() => undefined);
      connection?.destroy();
    }
  }
}
