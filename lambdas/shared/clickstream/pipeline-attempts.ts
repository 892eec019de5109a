// Attempts at the upgrade of a run's pipeline in the ledger. Starting one and following it are two tasks;
// the revision of the latest attempt keeps a worker that was overtaken from writing over its successor.

import { type Ledger, runKey } from '../ledger';
import type { Caller } from '../run';
import { TokenLost } from '../worker-token';

/**
 * `asked`: a person shall start it. `intent`: the console is about to be asked, or was. `begun`: it works,
 * whoever started it. `refused`: the console said no. `failed`: a redrive starts the next attempt.
 */
export type PipelineAttemptState = 'asked' | 'intent' | 'begun' | 'refused' | 'failed' | 'done';

export interface PipelineAttempt {
  /** From 1. */
  readonly number: number;
  readonly state: PipelineAttemptState;
  readonly action: 'upgrade' | 'retry';
  /** Id of the console's request, from run and attempt. */
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly intentAt: number;
  /** Stacks that stood failed before it, with the time of that change: they say nothing about it. */
  readonly failedBefore: Readonly<Record<string, string>>;
  /** Since when no stack has moved, and which execution saw it; undefined while one does. */
  readonly quiet?: {
    readonly since: number;
    readonly selfArn: string;
    readonly redriveCount: number;
  };
  readonly error?: string;
  readonly message?: string;
  /** Execution and redrive in which the attempt failed. */
  readonly endedBy?: { readonly selfArn: string; readonly redriveCount: number };
  readonly revision: number;
  readonly worker: string;
}

const PREFIX = 'pipeline-upgrade#';

const keyOf = (runId: string, number: number) =>
  runKey(runId, `${PREFIX}${String(number).padStart(4, '0')}`);

/** The run's latest attempt. */
export async function latestPipelineAttempt(
  ledger: Ledger,
  runId: string,
): Promise<PipelineAttempt | undefined> {
  let latest: PipelineAttempt | undefined;
  for await (const item of ledger.list<PipelineAttempt>(runId, PREFIX)) latest = item;
  return latest;
}

/** Whether the run may have begun to upgrade its pipeline, so that stacks may be half-way. */
export async function hasBegun(ledger: Ledger, runId: string): Promise<boolean> {
  for await (const { state } of ledger.list<PipelineAttempt>(runId, PREFIX)) {
    if (state !== 'refused') return true;
  }
  return false;
}

/** The attempts as one invocation sees and writes them. */
export class PipelineAttempts {
  static async open(ledger: Ledger, caller: Caller, worker: string): Promise<PipelineAttempts> {
    const latest = await latestPipelineAttempt(ledger, caller.runId);
    return new PipelineAttempts(ledger, caller, worker, latest);
  }

  private constructor(
    private readonly ledger: Ledger,
    private readonly caller: Caller,
    private readonly worker: string,
    private latest: PipelineAttempt | undefined,
  ) {}

  get current(): PipelineAttempt | undefined {
    return this.latest;
  }

  /** True when the attempt failed in this very execution and no redrive came since. */
  failedHere(): boolean {
    const by = this.latest?.endedBy;
    return by?.selfArn === this.caller.selfArn && by.redriveCount >= this.caller.redriveCount;
  }

  /** Writes the intent of the next attempt. */
  async begin(
    what: Pick<PipelineAttempt, 'state' | 'action' | 'intentAt' | 'failedBefore'>,
  ): Promise<PipelineAttempt> {
    const number = (this.latest?.number ?? 0) + 1;
    const requestId = `${this.caller.runId}-pipeline-${number}`;
    const next = { ...what, number, requestId, revision: 1, worker: this.worker };
    return this.write(next, 'absent');
  }

  /** Writes changes; throws TokenLost when another worker has written since. */
  async save(change: Partial<PipelineAttempt>): Promise<PipelineAttempt> {
    const { revision, ...rest } = this.latest!;
    const next = { ...rest, ...change, revision: revision + 1, worker: this.worker };
    return this.write(next, { revision });
  }

  /** Marks the attempt over, so that a redrive starts the next one, and throws. */
  async fail(error: Error, state: 'failed' | 'refused' = 'failed'): Promise<never> {
    const { selfArn, redriveCount } = this.caller;
    const { name, message } = error;
    await this.save({ state, error: name, message, endedBy: { selfArn, redriveCount } });
    throw error;
  }

  private async write(
    next: PipelineAttempt,
    condition: 'absent' | { revision: number },
  ): Promise<PipelineAttempt> {
    const key = keyOf(this.caller.runId, next.number);
    if (!(await this.ledger.put(key, next, condition))) {
      // A write whose answer was lost is refused when the client sends it again: ask who won.
      const there = await this.ledger.get<PipelineAttempt>(key);
      if (there?.revision !== next.revision || there.worker !== next.worker) throw new TokenLost();
    }
    this.latest = next;
    return next;
  }
}
