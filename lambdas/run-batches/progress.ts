// The progress item: where a step of a run stands, and which worker acts for it. Both in one item,
// so that every intent is written only by the worker that holds the token (single-item condition).

import { type Ledger, runKey } from '../shared/ledger';
import type { Caller } from '../shared/run';
import type { LogBaseline, LogLine } from './evidence';
import type { BatchPlan, RunBatchesPayload } from './payload';

/** One try at a batch. */
export interface Attempt {
  /** From 1; part of the client token, so that a new attempt is a new statement. */
  readonly number: number;
  /**
   * `intent`: about to be submitted, or submitted by a worker that died. `submitted`: the id is
   * known. `stopping`: to be cancelled and waited for. `failed`: over, a redrive starts the next.
   */
  readonly state: 'intent' | 'submitted' | 'stopping' | 'failed';
  /** Epoch milliseconds of the intent. */
  readonly intentAt: number;
  readonly statementId?: string;
  /** The log table as it was before. */
  readonly baseline?: LogBaseline;
  /** Why it is being stopped. */
  readonly stopReason?: string;
}

/** A failure that a redrive repairs: thrown again to duplicates of the same invocation. */
export interface StepFailure {
  readonly error: string;
  readonly message: string;
  readonly selfArn: string;
  readonly redriveCount: number;
}

export interface Progress {
  /** Fencing number of the worker token: the newest taker acts, all before it leave. */
  readonly generation: number;
  readonly worker: string;
  readonly renewedAt: number;
  /** Child execution whose turns are counted, and how many invocations it has had. */
  readonly selfArn: string;
  readonly turns: number;
  /** Index of the batch to do, and which call of it (from 1). */
  readonly batch: number;
  readonly call: number;
  /** What `now` in the plan was fixed to. */
  readonly to?: string;
  readonly attempt?: Attempt;
  readonly failure?: StepFailure;
  readonly failedChecks: readonly string[];
  /** Number before a batch's first attempt: checks that are read again need statements of their own. */
  readonly attemptBase: number;
  readonly doneBatches: number;
  readonly rows: number;
  readonly done: boolean;
  /** Address of the manifest that an UNLOAD wrote; null when it had no rows and wrote nothing. */
  readonly manifest?: string | null;
  /** The log as the last judgement saw it: baseline of the next attempt. */
  readonly baseline?: LogBaseline;
  /** Last lines of the log, for whoever watches. */
  readonly log?: readonly LogLine[];
  /** What to do, for those who settle without an invocation's payload. */
  readonly payload: RunBatchesPayload;
}

/** The token was lost: another worker acts now. The one that sees this leaves and touches nothing. */
export class TokenLost extends Error {}

export const progressKey = (caller: Pick<Caller, 'runId' | 'item'>, step: string) =>
  runKey(caller.runId, `progress#${step}#${caller.item?.key ?? '-'}`);

/** A worker: holds the progress item under its fencing number. */
export class Worker {
  private constructor(
    private readonly ledger: Ledger,
    private readonly key: ReturnType<typeof runKey>,
    private readonly now: () => number,
    private current: Progress,
  ) {}

  get progress(): Progress {
    return this.current;
  }

  /** Takes the token, whoever had it; makes the item when the step starts. */
  static async take(
    ledger: Ledger,
    payload: RunBatchesPayload,
    worker: string,
    now: () => number,
  ): Promise<Worker> {
    const key = progressKey(payload, payload.step);
    for (;;) {
      const old = await ledger.get<Progress>(key);
      const next: Progress = {
        ...(old ?? {
          batch: 0,
          call: 1,
          failedChecks: [],
          attemptBase: 0,
          doneBatches: 0,
          rows: 0,
          done: false,
        }),
        generation: (old?.generation ?? 0) + 1,
        worker,
        renewedAt: now(),
        selfArn: payload.selfArn,
        turns: old?.selfArn === payload.selfArn ? old.turns + 1 : 1,
        payload: continued(old, payload),
      };
      if (await Worker.write(ledger, key, next, old)) return new Worker(ledger, key, now, next);
    }
  }

  /** Takes the token of an item that exists, for those who stop its statement. */
  static async takeOver(
    ledger: Ledger,
    key: ReturnType<typeof runKey>,
    worker: string,
    now: () => number,
  ) {
    const old = await ledger.get<Progress>(key);
    if (!old) return undefined;
    const next = { ...old, generation: old.generation + 1, worker, renewedAt: now() };
    return (await Worker.write(ledger, key, next, old))
      ? new Worker(ledger, key, now, next)
      : undefined;
  }

  /** Writes changes and renews the token; throws TokenLost when another worker has taken it. */
  async save(change: Partial<Progress>): Promise<void> {
    const next = { ...this.current, ...change, renewedAt: this.now() };
    if (!(await Worker.write(this.ledger, this.key, next, this.current))) throw new TokenLost();
    this.current = next;
  }

  /** Lines of the log that the next write takes along; none leave those that are there. */
  remember(log: readonly LogLine[]): void {
    if (log.length > 0) this.current = { ...this.current, log };
  }

  private static async write(
    ledger: Ledger,
    key: ReturnType<typeof runKey>,
    next: Progress,
    old: Progress | undefined,
  ): Promise<boolean> {
    const condition = old ? { generation: old.generation } : ('absent' as const);
    if (await ledger.put(key, next, condition)) return true;
    // A write whose answer was lost is refused when the client sends it again: ask who won.
    const now = await ledger.get<Progress>(key);
    return now?.generation === next.generation && now.worker === next.worker;
  }
}

/**
 * What a step that has begun takes from a newer definition: the statements, not the way its batches
 * are counted; and while an attempt is open not the warehouse, because only its own role and
 * workgroup know it.
 */
function continued(old: Progress | undefined, payload: RunBatchesPayload): RunBatchesPayload {
  if (!old || payload.readOnly) return payload;
  const open = old.attempt !== undefined && old.attempt.state !== 'failed';
  const warehouse = open ? old.payload.warehouse : payload.warehouse;
  return { ...payload, warehouse, plan: planOf(old.payload.plan, payload.plan) };
}

function planOf(old: BatchPlan, now: BatchPlan): BatchPlan {
  if (old.kind !== 'list' || now.kind !== 'list') return old;
  const byName = new Map(now.statements.map((statement) => [statement.name, statement]));
  return { kind: 'list', statements: old.statements.map((one) => byName.get(one.name) ?? one) };
}
