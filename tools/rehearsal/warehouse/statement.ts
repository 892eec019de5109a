// One call of the Data API while it lives: its statements, their statuses and results. Times are
// the rehearsal's.

import { randomUUID } from 'node:crypto';
import type { StatementResult } from './results';

export type StatementStatus =
  | 'SUBMITTED'
  | 'PICKED'
  | 'STARTED'
  | 'FINISHED'
  | 'FAILED'
  | 'ABORTED';

/** How something ended. */
export interface Outcome {
  readonly status: StatementStatus;
  readonly error?: string;
}

/** A value of the call, by the name in the text. */
export interface SqlParameter {
  readonly name: string;
  readonly value: string;
}

/** Something that goes through the statuses and ends. */
export class Progress {
  status: StatementStatus = 'SUBMITTED';
  error?: string;
  startedAt?: number;
  updatedAt: number;
  private finish!: () => void;
  readonly ended = new Promise<void>((resolve) => {
    this.finish = resolve;
  });

  constructor(readonly createdAt: number) {
    this.updatedAt = createdAt;
  }

  get over(): boolean {
    return ['FINISHED', 'FAILED', 'ABORTED'].includes(this.status);
  }

  move(status: StatementStatus, now: number, error?: string): void {
    if (this.over) return;
    this.status = status;
    this.updatedAt = now;
    if (status === 'STARTED') this.startedAt ??= now;
    if (error !== undefined) this.error = error;
    if (this.over) this.finish();
  }
}

/** One SQL text of a call. */
export class SubStatement extends Progress {
  queryId = -1;
  rows = -1;
  result?: StatementResult;

  constructor(
    readonly sql: string,
    createdAt: number,
  ) {
    super(createdAt);
  }
}

/** What was asked for. */
export interface StatementCall {
  /** ARN of the warehouse. */
  readonly arn: string;
  /** ARN of the role: nobody else sees the statement. */
  readonly owner: string;
  readonly user: string;
  readonly database: string;
  readonly sqls: readonly string[];
  readonly parameters: readonly SqlParameter[];
  /** How a batch runs; absent for a single statement. */
  readonly batch?: 'TRANSACTION' | 'AUTO_COMMIT';
  readonly name?: string;
  readonly withEvent: boolean;
  /** Members of answers that say where it runs. */
  readonly target: Readonly<Record<string, string>>;
}

/** A call and its progress. */
export class Statement extends Progress {
  readonly id = randomUUID();
  readonly parts: readonly SubStatement[];
  /** Aborted by CancelStatement. */
  readonly cancel = new AbortController();
  /** The server process, while and after it ran. */
  pid = 0;
  /** Requests that wait for its end. */
  waiting = 0;

  constructor(
    readonly call: StatementCall,
    createdAt: number,
  ) {
    super(createdAt);
    this.parts = call.sqls.map((sql) => new SubStatement(sql, createdAt));
  }
}
