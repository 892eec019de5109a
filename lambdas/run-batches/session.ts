// One invocation's work on one attempt: start or adopt its statement, follow it, stop it, judge it.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { type Clock, iso } from '../shared/clock';
import {
  type DataApi,
  LONGEST_WAIT_SECONDS,
  type Row,
  type StatementEnd,
  type WarehouseTarget,
} from '../shared/data-api';
import { StatementStoppedError, TryAgainError } from '../shared/errors';
import { allRunning } from '../shared/executions';
import { type Ledger, runKey } from '../shared/ledger';
import { readNow } from '../shared/read';
import { renderStatement, type SqlSource, type StatementTemplate } from '../shared/sql';
import { history, type Settled, StatementIdentity, settle, settleToStop, submit } from './attempt';
import { baselineOf, errorsSince, type LogBaseline, lastLines } from './evidence';
import type { RunBatchesPayload } from './payload';
import { type Batch, timestamp } from './plan';
import type { Attempt, Worker } from './progress';

export interface BatchDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
  /** Text of an object by its `s3://` address; throws `NoSuchKey` when there is none. */
  readObject(uri: string, region: string | undefined): Promise<string>;
  /** Whether any object lies below an `s3://` prefix. */
  anyObject(prefix: string, region: string | undefined): Promise<boolean>;
}

/** How an attempt stands after a turn: over, or still running when this invocation has to leave. */
export type Followed =
  | { readonly end: StatementEnd | 'unknown'; readonly attempt: Attempt }
  | 'leave';

/** Stop reason of an attempt that did nothing wrong: a redrive simply starts the next. */
export const EXECUTION_STOPPED = 'the execution was stopped';

const FIVE_MINUTES = 300_000;

export class Session {
  private readonly api: DataApi;

  constructor(
    readonly payload: RunBatchesPayload,
    readonly deps: BatchDeps,
    readonly worker: Worker,
    /** Milliseconds until this invocation has to leave. */
    readonly leftMs: () => number,
  ) {
    this.api = deps.dataApi(payload.warehouse);
  }

  /** True while every execution this worker serves runs. */
  running(): Promise<boolean> {
    return allRunning(this.deps.sfn, [this.payload.selfArn, this.payload.rootArn]);
  }

  identity(batch: Batch, attempt: number): StatementIdentity {
    return new StatementIdentity(this.payload, batch, this.worker.progress.call, attempt);
  }

  /** Writes the intent of the next attempt; the log is read before it, never after. */
  async begin(number: number): Promise<Attempt> {
    const baseline = this.worker.progress.baseline ?? (await this.firstBaseline());
    const attempt: Attempt = { number, state: 'intent', intentAt: this.deps.clock.now(), baseline };
    await this.worker.save({ attempt, baseline });
    return attempt;
  }

  /** Submits a fresh intent; undefined when the service stayed busy until this invocation has to leave. */
  async start(batch: Batch, attempt: Attempt): Promise<Attempt | undefined> {
    const identity = this.identity(batch, attempt.number);
    const submitted = await submit(this.attemptDeps, identity, this.leftMs);
    if (!submitted) return undefined;
    const next: Attempt = { ...attempt, state: 'submitted', statementId: submitted.id };
    // A statement that is over already needs no id in the ledger: its token gives the id again.
    if (submitted.running) await this.worker.save({ attempt: next });
    return next;
  }

  /** What became of an attempt that this invocation did not start itself. */
  async settle(batch: Batch, attempt: Attempt): Promise<Settled> {
    const identity = this.identity(batch, attempt.number);
    const readOnly = this.payload.readOnly ?? false;
    return settle(this.attemptDeps, identity, attempt, readOnly, this.leftMs);
  }

  /** The same for an attempt that shall end. */
  settleToStop(batch: Batch, attempt: Attempt): Promise<Settled> {
    return settleToStop(
      this.attemptDeps,
      this.identity(batch, attempt.number),
      attempt,
      this.leftMs,
    );
  }

  /** Follows a statement to its end by long polls; each round renews the token and asks for stops. */
  async follow(batch: Batch, first: Attempt): Promise<Followed> {
    let attempt = first;
    if (attempt.state === 'stopping') await this.cancel(attempt);
    for (;;) {
      const end = await this.look(batch, attempt);
      if (end === 'unknown' || end.state !== 'running') return { end, attempt };
      if (!(await this.running())) {
        await this.stop(attempt, EXECUTION_STOPPED);
        return 'leave';
      }
      await this.worker.save({});
      if (this.leftMs() < 1_000) return 'leave';
      const errors = attempt.state === 'stopping' ? 0 : await this.errorsOf(attempt);
      if (errors >= this.errorLimit) {
        attempt = await this.markStopping(attempt, `it logged ${errors} errors and goes on`);
        await this.cancel(attempt);
      }
    }
  }

  /**
   * Marks the attempt, cancels it and waits until it is gone.
   *
   * @returns false when it still runs after 50 seconds: the role may not cancel, or it will not end
   */
  async stop(attempt: Attempt, reason: string): Promise<boolean> {
    const stopping = await this.markStopping(attempt, reason);
    await this.cancel(stopping);
    const until = this.deps.clock.now() + 50_000;
    while (stopping.statementId !== undefined) {
      const end = await this.api.describe(stopping.statementId, 10);
      if (end?.state !== 'running') return true;
      if (this.deps.clock.now() >= until) return false;
    }
    return true;
  }

  /** Rows of the log since the attempt's baseline; its last lines go to the ledger with the next write. */
  async logOf({ baseline }: Attempt): Promise<Row[]> {
    if (!baseline) return [];
    const rows = await this.logSince(baseline.since);
    this.worker.remember(lastLines(baseline, rows));
    return rows;
  }

  private async logSince(since: string): Promise<Row[]> {
    const evidence = this.payload.evidence;
    if (evidence.kind !== 'log') return [];
    const { sql, ...values } = evidence.read;
    const parameters = { ...values.parameters, log_name: evidence.logName, since };
    const { runId, step } = this.payload;
    const statement = renderStatement(this.deps.sqlText(sql), { ...values, parameters }, [
      runId,
      step,
      'log',
    ]);
    return readNow(this.attemptDeps, statement, runId, `${step}.log`);
  }

  /** Rows of the finished statement's own result; undefined when they have expired. */
  async rowsOf({ statementId }: Attempt): Promise<Row[] | undefined> {
    if (statementId === undefined) return undefined;
    try {
      return await this.api.rows(statementId);
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  /** Rows of a table, now. */
  async countRows({ schema, table }: { schema: string; table: string }): Promise<number> {
    const [row] = await this.read('count-rows', { ids: { schema, table } });
    return Number(row!.total);
  }

  /** Rows of a query, now. */
  async countQuery(query: Omit<StatementTemplate, 'query'>): Promise<number> {
    const [row] = await this.read('count-query', { query });
    return Number(row!.total);
  }

  /** What a transaction's mark counts; undefined when it is not there. */
  async markOf({ schema, table }: { schema: string; table: string }): Promise<number | undefined> {
    const [found] = await this.read('find-table', { parameters: { schema, table } });
    if (Number(found!.total) === 0) return undefined;
    const [row] = await this.read('read-mark', { ids: { schema, table } });
    return Number(row!.total);
  }

  /** What the warehouse says of the rows it refused; nothing when it cannot be asked. */
  async refusedRows(batch: Batch, attempt: Attempt): Promise<string[]> {
    const { comment } = this.identity(batch, attempt.number);
    const since = timestamp(attempt.intentAt - FIVE_MINUTES);
    try {
      let rows = await this.read('load-errors', { parameters: { comment, since } });
      if (rows.length === 0) {
        // The view may be some seconds behind.
        await this.deps.clock.sleep(5_000);
        rows = await this.read('load-errors', { parameters: { comment, since } });
      }
      return rows.map(
        (row) =>
          `${row.file_name} line ${row.line_number} column ${row.column_name || '-'}: ${row.error_message} (${row.error_code})`,
      );
    } catch (error) {
      if (error instanceof StatementStoppedError || error instanceof TryAgainError) return [];
      throw error;
    }
  }

  private read(file: string, values: Omit<StatementTemplate, 'sql'>): Promise<Row[]> {
    const { runId, step } = this.payload;
    const text = this.deps.sqlText({ file: `redshift/${file}` });
    const query = values.query && this.deps.sqlText(values.query.sql);
    const statement = renderStatement(text, values, [runId, step, file], query);
    return readNow(this.attemptDeps, statement, runId, `${step}.${file}`);
  }

  /** Writes the record of an attempt for the report; the same attempt overwrites its own record. */
  async record(batch: Batch, attempt: Attempt, members: Record<string, unknown>): Promise<void> {
    const { step, item, runId } = this.payload;
    const { call } = this.worker.progress;
    await this.deps.ledger.put(runKey(runId, this.identity(batch, attempt.number).recordKey), {
      step,
      item: item?.key,
      title: call > 1 ? `${batch.title}, call ${call}` : batch.title,
      attempt: attempt.number,
      statementId: attempt.statementId,
      startedAt: iso(attempt.intentAt),
      endedAt: iso(this.deps.clock.now()),
      ...members,
    });
  }

  private get attemptDeps() {
    const { clock, sqlText } = this.deps;
    return { api: this.api, clock, sqlText, wanted: () => this.running() };
  }

  private get errorLimit(): number {
    const { evidence } = this.payload;
    return evidence.kind === 'log' ? (evidence.errorsToCancel ?? 3) : Number.POSITIVE_INFINITY;
  }

  private async firstBaseline(): Promise<LogBaseline | undefined> {
    if (this.payload.evidence.kind !== 'log') return undefined;
    return baselineOf(await this.logSince(timestamp(this.deps.clock.now() - FIVE_MINUTES)));
  }

  private async look(batch: Batch, attempt: Attempt): Promise<StatementEnd | 'unknown'> {
    const seconds = Math.min(LONGEST_WAIT_SECONDS, this.leftMs() / 1_000);
    if (attempt.statementId !== undefined) {
      const end = await this.api.describe(attempt.statementId, seconds);
      if (end) return end;
    }
    // The id has expired after 24 hours, or never reached the ledger: the history is asked, which has
    // no long poll.
    const found = await history(this.attemptDeps, this.identity(batch, attempt.number), attempt);
    if (found?.state === 'running') {
      await this.deps.clock.sleep(Math.min(15_000, Math.max(0, this.leftMs())));
    }
    return found ?? 'unknown';
  }

  private async errorsOf(attempt: Attempt): Promise<number> {
    if (!attempt.baseline) return 0;
    try {
      return errorsSince(attempt.baseline, await this.logOf(attempt)).length;
    } catch (error) {
      // A look at the log that waits in the queue is no reason to fail: the next round looks again.
      if (error instanceof TryAgainError) return 0;
      throw error;
    }
  }

  private async markStopping(attempt: Attempt, stopReason: string): Promise<Attempt> {
    const stopping: Attempt = { ...attempt, state: 'stopping', stopReason };
    await this.worker.save({ attempt: stopping });
    return stopping;
  }

  private async cancel(attempt: Attempt): Promise<void> {
    if (attempt.statementId !== undefined) await this.api.cancel(attempt.statementId);
  }
}
