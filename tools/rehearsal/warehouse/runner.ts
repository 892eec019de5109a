// Executes statements, each in a session of its own as the database user of its caller, so that
// ownership and privileges are real. Time spent in the database passes on the rehearsal's clock.

import { setTimeout as delay } from 'node:timers/promises';
import type { Client, CustomTypesConfig, DatabaseError, QueryArrayConfig } from 'pg';
import type { Clock } from '../types';
import { changesRoutines } from './external-ddl';
import { recordEnd, recordStart } from './history';
import { type Pace, pace } from './pace';
import { runInPasses } from './passes';
import { toResult } from './results';
import { parametersOf, toPostgres } from './rewrites';
import { transfer, transferOf } from './s3-load';
import type { Outcome, Statement, SubStatement } from './statement';
import type { Warehouse } from './warehouse';

/** A fault of one statement. */
export type SqlFault =
  /** The statement ends FAILED and has done nothing. */
  | { readonly kind: 'error'; readonly message?: string }
  /** The statement ends FINISHED and has done nothing. */
  | { readonly kind: 'nothing' }
  /**
   * A write inside fails. A procedure that catches the error and does not rethrow it ends FINISHED
   * although its work is undone.
   */
  | {
      readonly kind: 'swallow';
      /**
       * Regular expression of the tables whose writes fail.
       *
       * @default - all but those with `log` in their names
       */
      readonly table?: string;
      readonly message?: string;
    };

/** What a rehearsal may change in the course of a statement. */
export interface StatementHooks {
  /** Asked before each statement, with the call's StatementName. */
  readonly faults?: {
    beforeStatement(sql: string, name: string | undefined): SqlFault | undefined;
  };
  /** Seconds a statement seems to take; it still executes really, and at once. */
  readonly pretend?: (sql: string) => number | undefined;
}

/** Sessions at a time; further statements wait as SUBMITTED. */
const SESSIONS = 40;
/** A query is ended then: https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html */
const LONGEST_SECONDS = 86_399;
const TOO_LONG = `ERROR: Query was cancelled after ${LONGEST_SECONDS} seconds`;
const RAW_TEXT: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };
const DEFAULT_FAULT = 'could not complete because of conflict with concurrent transaction';

const failure = (error: unknown): Outcome => {
  const { severity, message } = error as DatabaseError;
  return { status: 'FAILED', error: `${severity ?? 'FATAL'}: ${message}` };
};

/** Runs the statements of one warehouse. */
export class StatementRunner {
  private sessions = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly warehouse: Warehouse,
    private readonly clock: Clock,
    private readonly hooks: StatementHooks,
  ) {}

  /** Resolves when the statement is over; never rejects. */
  async run(statement: Statement): Promise<void> {
    if (this.sessions >= SESSIONS) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.sessions++;
    const end = ({ status, error }: Outcome) => {
      for (const part of statement.parts) part.move('ABORTED', this.clock.now());
      statement.move(status, this.clock.now(), error);
    };
    try {
      if (!statement.over) end(await this.execute(statement));
    } catch (error) {
      end(failure(error));
    } finally {
      this.sessions--;
      this.queue.shift()?.();
    }
  }

  private async execute(statement: Statement): Promise<Outcome> {
    const { call, parts } = statement;
    statement.move('PICKED', this.clock.now());
    const faults = parts.map(({ sql }) => this.hooks.faults?.beforeStatement(sql, call.name));
    // The session's getdate() goes on from here by the computer's clock: the rehearsal's follows, or
    // a session opened later would have an earlier time.
    const since = { clock: this.clock.now(), real: performance.now() };
    const client = this.warehouse.session(call.user, call.database, settingsOf(faults));
    try {
      await this.paced(() => this.open(client, statement));
      await this.catchUp(since, performance.now() - since.real, statement.cancel.signal);
      statement.move('STARTED', this.clock.now());
      for (const [index, part] of parts.entries()) {
        const { status, error } = await this.part(client, statement, part, faults[index]);
        await this.catchUp(since, performance.now() - since.real, statement.cancel.signal);
        part.move(status, this.clock.now(), error);
        if (status === 'ABORTED' || (status === 'FAILED' && call.batch !== 'AUTO_COMMIT')) break;
      }
      const bad =
        parts.find(({ status }) => status === 'ABORTED') ??
        parts.find(({ status }) => status === 'FAILED');
      if (call.batch === 'TRANSACTION') {
        await this.paced(() => client.query(bad ? 'rollback' : 'commit'));
      }
      if (parts.some(({ sql }) => changesRoutines(sql))) {
        await this.paced(() => this.warehouse.routines());
      }
      return bad ?? { status: 'FINISHED' };
    } finally {
      await this.paced(() => client.end()).catch(() => {});
    }
  }

  private async open(client: Client, statement: Statement): Promise<void> {
    const { call } = statement;
    if (call.user.startsWith('IAM')) {
      await this.warehouse.query('call rehearsal.ensure_user($1)', [call.user]);
    }
    await client.connect();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    statement.pid = rows[0].pid;
    if (call.batch === 'TRANSACTION') await client.query('begin');
  }

  private async part(
    client: Client,
    statement: Statement,
    part: SubStatement,
    fault: SqlFault | undefined,
  ): Promise<Outcome> {
    const started = { clock: this.clock.now(), real: performance.now() };
    part.move('STARTED', started.clock);
    const pretended = this.hooks.pretend?.(part.sql);
    const tooLong = (pretended ?? 0) > LONGEST_SECONDS;
    const outcome = await this.paced(async (pace) => {
      this.warehouse.external.get(client)!.pace = pace;
      part.queryId = await recordStart(this.warehouse, statement, part, this.clock.now());
      if (fault?.kind === 'error') {
        return { status: 'FAILED' as const, error: `ERROR: ${fault.message ?? DEFAULT_FAULT}` };
      }
      if (fault?.kind === 'nothing') return { status: 'FINISHED' as const };
      if (tooLong) return { status: 'FAILED' as const, error: TOO_LONG };
      return this.query(client, statement, part);
    });
    const { signal } = statement.cancel;
    const seconds = Math.min(pretended ?? 0, LONGEST_SECONDS);
    const took = Math.max(performance.now() - started.real, seconds * 1000);
    await this.catchUp(started, took, signal);
    const ended =
      signal.aborted && pretended !== undefined ? { status: 'ABORTED' as const } : outcome;
    await this.paced(() => recordEnd(this.warehouse, part, ended, this.clock.now()));
    return ended;
  }

  /** Sleeps until so much of the rehearsal's time has passed. */
  private async catchUp(since: { clock: number }, took: number, signal: AbortSignal) {
    const rest = Math.ceil(since.clock + took - this.clock.now());
    if (rest > 0 && !signal.aborted) await this.clock.sleep(rest, signal).catch(() => {});
  }

  private async query(client: Client, statement: Statement, part: SubStatement): Promise<Outcome> {
    const { signal } = statement.cancel;
    const values = new Map(statement.call.parameters.map(({ name, value }) => [name, value]));
    let running = true;
    let killing = Promise.resolve();
    // A signal that arrives before the query is ignored by the server: it is sent until it works.
    const kill = () => {
      killing = (async () => {
        while (running) {
          await this.warehouse.query('select pg_cancel_backend($1)', [statement.pid]);
          await delay(50);
        }
      })().catch(() => {});
    };
    signal.addEventListener('abort', kill);
    try {
      if (signal.aborted) return { status: 'ABORTED' };
      const moved = transferOf(part.sql);
      if (moved) {
        part.rows = await transfer(this.warehouse, client, statement, part, moved);
        return { status: 'FINISHED' };
      }
      const text = toPostgres(part.sql);
      const run = () =>
        client.query<(string | null)[]>({
          text,
          values: parametersOf(part.sql).map((name) => values.get(name)!),
          rowMode: 'array',
          types: RAW_TEXT,
          // Refuses several statements in one text, and runs one outside a transaction block.
          queryMode: 'extended',
        } as QueryArrayConfig);
      const result = this.warehouse.callsExternal(part.sql)
        ? await runInPasses(client, statement.call.batch === 'TRANSACTION', run)
        : await run();
      part.rows = result.rowCount ?? 0;
      if (result.fields.length > 0) part.result = toResult(result);
      return { status: 'FINISHED' };
    } catch (error) {
      const cancelled = signal.aborted && (error as DatabaseError).code === '57014';
      return cancelled ? { status: 'ABORTED' } : failure(error);
    } finally {
      running = false;
      signal.removeEventListener('abort', kill);
      await killing;
    }
  }

  private async paced<Result>(work: (pace: Pace) => Promise<Result>): Promise<Result> {
    const paced = pace(this.clock);
    try {
      return await work(paced);
    } finally {
      paced.stop();
    }
  }
}

function settingsOf(faults: readonly (SqlFault | undefined)[]): Record<string, string> {
  const fault = faults.find((each) => each?.kind === 'swallow');
  if (fault?.kind !== 'swallow') return {};
  return {
    'rehearsal.fail_write_to': fault.table ?? '^(?!.*log)',
    'rehearsal.fail_message': fault.message ?? DEFAULT_FAULT,
  };
}
