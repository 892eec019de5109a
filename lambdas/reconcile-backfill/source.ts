// The tenant's warehouse as one phase reads it: each transaction is one look at it, no statement outlives
// its reader, and one that takes too long is ended, so that its reader can ask for less.

import type { MySqlRef } from '../shared/mysql/credentials';
import { commentOf, type MySqlValue, renderMySql } from '../shared/mysql/statement';
import type { ReconcileDeps, SourceConnection } from './deps';

/** The statement took longer than its reader may wait. */
export class TooSlow extends Error {}
/** The execution is closed: nobody waits for the answer any more. */
export class NotWanted extends Error {}

/** How often a statement that works is looked at; the first time sooner. */
const FIRST_LOOK_MS = 250;
const LOOK_MS = 5_000;

type Values = Readonly<Record<string, string | number | null>>;
type Answer = { readonly rows: Values[] } | { readonly error: unknown };

export class Source {
  private constructor(
    private readonly deps: ReconcileDeps,
    private readonly ref: MySqlRef,
    private readonly connection: SourceConnection,
    private readonly schema: string,
    private readonly comment: readonly string[],
    private readonly wanted: () => Promise<boolean>,
  ) {}

  /**
   * Reads in one transaction: whatever `work` asks, it sees the warehouse as it was at its first question.
   *
   * @param comment ids by which the process list tells whose statements they are
   * @throws what `work` throws; TooSlow, NotWanted; MySqlUnreachableError and its like
   */
  static async reading<R>(
    deps: ReconcileDeps,
    ref: MySqlRef,
    schema: string,
    comment: readonly string[],
    wanted: () => Promise<boolean>,
    work: (source: Source) => Promise<R>,
  ): Promise<R> {
    const connection = await deps.connect(ref);
    try {
      const source = new Source(deps, ref, connection, schema, comment, wanted);
      await source.rows('mysql-repeatable-read', {}, FIRST_LOOK_MS * 100);
      await connection.beginTransaction();
      const result = await work(source);
      await connection.end();
      return result;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** Rows of a file of `sql/rdw/`, within `ms`. */
  async rows(
    file: string,
    parameters: Readonly<Record<string, MySqlValue>>,
    ms: number,
  ): Promise<Values[]> {
    const { clock } = this.deps;
    const answer = this.send(file, parameters);
    const begun = clock.now();
    for (let pause = FIRST_LOOK_MS; ; pause = LOOK_MS) {
      const seen = await Promise.race([answer, clock.sleep(pause).then(() => undefined)]);
      if (seen && 'error' in seen) throw seen.error;
      if (seen) return seen.rows;
      const wanted = await this.wanted();
      if (wanted && clock.now() - begun < ms) continue;
      await this.kill();
      throw wanted ? new TooSlow() : new NotWanted();
    }
  }

  /** Ids of exams, page after page. */
  async *ids(
    file: string,
    parameters: Readonly<Record<string, MySqlValue>>,
    ms: number,
  ): AsyncGenerator<string[]> {
    for (let after = '0'; ; ) {
      const page = (await this.rows(file, { ...parameters, after: BigInt(after) }, ms)).map(
        ({ id }) => String(id),
      );
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)!;
    }
  }

  /** Both ways a statement ends are answers: nobody may be waiting when it fails. */
  private send(file: string, parameters: Readonly<Record<string, MySqlValue>>): Promise<Answer> {
    const text = this.deps.sqlText({ file: `rdw/${file}` });
    const sql = renderMySql(text, { ids: { warehouse: this.schema }, parameters }, this.comment);
    return this.connection.query(sql).then(
      ([rows]) => ({ rows: rows as Values[] }),
      (error: unknown) => ({ error }),
    );
  }

  /** A client that is gone does not end its statement. */
  private async kill(): Promise<void> {
    const other = await this.deps.connect(this.ref);
    try {
      const ask = (file: string, parameters: Record<string, MySqlValue>) => {
        const text = this.deps.sqlText({ file: `rdw/${file}` });
        return other.query(renderMySql(text, { parameters }, [...this.comment, 'kill']));
      };
      const id = this.connection.threadId;
      // After a failover the number may be that of anybody's session.
      const [ours] = await ask('mysql-find-session', { id, comment: commentOf(this.comment) });
      if ((ours as unknown[]).length > 0) await ask('mysql-kill-query', { id });
      await other.end();
    } catch (error) {
      other.destroy();
      throw error;
    }
  }
}
