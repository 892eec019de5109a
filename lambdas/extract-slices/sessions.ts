// The sessions of one run and tenant in MySQL: which of them has the lock or executes a slice, and their end.
// Whoever stops a run needs no more than this.

import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { TryAgainError } from '../shared/errors';
import { rowsOf } from '../shared/mysql';
import { commentOf, type MySqlMarks, renderMySql } from '../shared/mysql/statement';
import type { TenantWork } from '../shared/rdw/tenant';
import { sqlText } from '../shared/sql-files';

/** Who has the lock. */
export interface Holder {
  /** Id of the session. */
  readonly id: string;
  /** Whether it executes something. */
  readonly busy: boolean;
}

/** What is asked and done about sessions. */
export interface ExportSessions {
  holder(): Promise<Holder | undefined>;
  /** Ends a statement, or a whole session, of this run and tenant alone; false when it is not there, or the user may not. */
  kill(id: string, what: 'query' | 'connection'): Promise<boolean>;
  close(): void;
}

const NO_SUCH_THREAD = 1094;
const NOT_OWNER = 1095;

/** https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html */
const ENDED = [1053, 1317, 3024];

/** True for an error that says nothing of the statement: its connection is lost, or somebody ended it. */
export function isEnd(error: unknown): 'lost' | 'interrupted' | undefined {
  const { errno, fatal, code = '' } = error as { errno?: number; fatal?: boolean; code?: string };
  if (errno !== undefined && ENDED.includes(errno)) return 'interrupted';
  return fatal === true || /^(PROTOCOL_|ECONN|EPIPE|ETIMEDOUT)/.test(code) ? 'lost' : undefined;
}

/** Sessions of one run and tenant. */
export class MySqlSessions implements ExportSessions {
  private control?: Connection;

  constructor(
    protected readonly open: () => Promise<Connection>,
    private readonly runId: string,
    private readonly about: Pick<TenantWork, 'id'>,
  ) {}

  async holder(): Promise<Holder | undefined> {
    const found = await this.sessions();
    const row = found.find(({ command }) => command !== 'Sleep') ?? found[0];
    return row && { id: String(row.id), busy: row.command !== 'Sleep' };
  }

  async kill(id: string, what: 'query' | 'connection'): Promise<boolean> {
    // After a failover the number may be that of anybody's session: only one that is ours is ended.
    const ours = await this.sessions();
    if (ours.every((row) => String(row.id) !== id)) return false;
    try {
      await this.ask(`kill-${what}`, { id: BigInt(id) }, 'kill');
      return true;
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno === NO_SUCH_THREAD) return true;
      if (errno === NOT_OWNER) return false;
      throw error;
    }
  }

  close(): void {
    this.control?.destroy();
    this.control = undefined;
  }

  /** Sessions of the server that have the lock, or execute a slice. */
  private sessions() {
    // The comment that opens the statements of a slice; other statements have another third word.
    const comment = `${commentOf(this.comment('extract')).slice(0, -3)} `;
    return this.ask('find-statement', { lock: this.lock, comment }, 'look');
  }

  private async ask(file: string, parameters: MySqlMarks['parameters'], word: string) {
    this.control ??= quiet(await this.open());
    try {
      return await answered(rowsOf(this.control, this.sql(file, parameters, word)));
    } catch (error) {
      if (error instanceof TryAgainError) this.close();
      throw error;
    }
  }

  protected sql(file: string, parameters: MySqlMarks['parameters'], word: string): string {
    const text = sqlText({ file: `rdw/mysql-${file}` });
    return renderMySql(text, { parameters }, this.comment(word));
  }

  protected comment(word: string, ...more: readonly string[]): string[] {
    return [this.runId, word, this.about.id, ...more];
  }

  /** Names of locks have at most 64 characters. */
  protected get lock(): string {
    const name = createHash('sha256').update(`${this.runId} ${this.about.id}`).digest('hex');
    return `upgrade-runbooks ${name.slice(0, 40)}`;
  }
}

/** A question whose connection breaks may simply be asked again. */
export async function answered<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (!isEnd(error)) throw error;
    throw new TryAgainError(`MySQL did not answer: ${(error as Error).message}`, { cause: error });
  }
}

/** A session that is closed while it is idle says so to whoever listens, and ends the process otherwise. */
export function quiet(connection: Connection): Connection {
  connection.on('error', () => {});
  return connection;
}
