// Attempts at an update in the ledger. The latest one is also the worker token: whoever takes it
// raises its generation, and every write of an older holder is refused.

import { createHash } from 'node:crypto';
import { type Ledger, runKey } from '../ledger';
import type { Caller } from '../run';
import { planHash } from './changes';
import type { StackUpdatePlan } from './plan';

/**
 * `intent`: the change set is being made. `ready`: it can be executed. `stale`: it no longer fits
 * the stack or the plan. `empty`: nothing to change. `failed`: a redrive starts the next attempt.
 * `executing`: the update is about to start, or has. `updated`: it is done.
 */
export type AttemptState =
  | 'intent'
  | 'ready'
  | 'stale'
  | 'empty'
  | 'failed'
  | 'executing'
  | 'updated';

export interface UpdateAttempt {
  readonly step: string;
  /** From 1. */
  readonly number: number;
  readonly state: AttemptState;
  /** Name of the change set and token of both calls, from run, step and attempt. */
  readonly name: string;
  /**
   * Token on the events of the update: the name, unless a person executed the change set by hand;
   * empty when that person gave none.
   */
  readonly token: string;
  readonly plan: StackUpdatePlan;
  readonly planHash: string;
  /** Epoch milliseconds of the intent to make the change set. */
  readonly intentAt: number;
  /** Epoch milliseconds of the intent to execute it. */
  readonly executeAt?: number;
  /** Fingerprint of the changes, once they are known. */
  readonly hash?: string;
  /** Changes that touch data. */
  readonly risky?: number;
  readonly error?: string;
  readonly message?: string;
  /** Execution and redrive in which the attempt ended. */
  readonly endedBy?: { readonly selfArn: string; readonly redriveCount: number };
  readonly generation: number;
  readonly worker: string;
  readonly renewedAt: number;
}

/** Another worker acts now: the one that sees this leaves and touches nothing. */
export class TokenLost extends Error {}

/**
 * Name of a change set: the characters CloudFormation allows, and the same for the same attempt.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
 */
export function changeSetName(
  caller: Pick<Caller, 'runId' | 'item'>,
  step: string,
  number: number,
) {
  const slug = caller.runId.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
  const whole = JSON.stringify([caller.runId, step, caller.item ?? null]);
  return `runbook-${slug}-${createHash('sha256').update(whole).digest('hex').slice(0, 12)}-${number}`;
}

const prefix = (caller: Pick<Caller, 'item'>, step: string) =>
  `change-set#${step}#${caller.item?.key ?? '-'}#`;

/** The latest attempt, without taking its token. */
export async function latestAttempt(
  ledger: Ledger,
  caller: Pick<Caller, 'runId' | 'item'>,
  step: string,
): Promise<UpdateAttempt | undefined> {
  let latest: UpdateAttempt | undefined;
  for await (const item of ledger.list<UpdateAttempt>(caller.runId, prefix(caller, step)))
    latest = item;
  return latest;
}

/** The one who acts for an update. */
export class UpdateWorker {
  private constructor(
    private readonly ledger: Ledger,
    private readonly caller: Caller,
    private readonly step: string,
    private readonly worker: string,
    private readonly now: () => number,
    private attempt: UpdateAttempt | undefined,
  ) {}

  /** Takes the token of the latest attempt, whoever had it. */
  static async take(
    ledger: Ledger,
    caller: Caller,
    step: string,
    worker: string,
    now: () => number,
  ): Promise<UpdateWorker> {
    for (;;) {
      const old = await latestAttempt(ledger, caller, step);
      const self = new UpdateWorker(ledger, caller, step, worker, now, old);
      if (!old || (await self.write({ ...old, generation: old.generation + 1, worker }, old)))
        return self;
    }
  }

  get current(): UpdateAttempt | undefined {
    return this.attempt;
  }

  /** True when the attempt ended in this very invocation or an earlier try of it: no redrive since. */
  endedHere(): boolean {
    const by = this.attempt?.endedBy;
    return by?.selfArn === this.caller.selfArn && by.redriveCount >= this.caller.redriveCount;
  }

  /** Writes changes and renews the token; throws TokenLost when another worker has taken it. */
  async save(change: Partial<UpdateAttempt>): Promise<UpdateAttempt> {
    const old = this.attempt!;
    if (!(await this.write({ ...old, ...change }, old))) throw new TokenLost();
    return this.attempt!;
  }

  /** Ends the attempt. */
  async end(state: AttemptState, change: Partial<UpdateAttempt> = {}): Promise<UpdateAttempt> {
    const { selfArn, redriveCount } = this.caller;
    return this.save({ ...change, state, endedBy: { selfArn, redriveCount } });
  }

  /** Marks the attempt failed, so that a redrive starts the next one, and throws. */
  async fail(error: Error): Promise<never> {
    await this.end('failed', { error: error.name, message: error.message });
    throw error;
  }

  /** Writes the intent of the next attempt. */
  async begin(plan: StackUpdatePlan): Promise<UpdateAttempt> {
    const number = (this.attempt?.number ?? 0) + 1;
    const name = changeSetName(this.caller, this.step, number);
    const next: UpdateAttempt = {
      step: this.step,
      number,
      state: 'intent',
      name,
      token: name,
      plan,
      planHash: planHash(plan),
      intentAt: this.now(),
      generation: 1,
      worker: this.worker,
      renewedAt: this.now(),
    };
    if (!(await this.write(next, undefined))) throw new TokenLost();
    return next;
  }

  private async write(item: UpdateAttempt, old: UpdateAttempt | undefined): Promise<boolean> {
    const next = { ...item, renewedAt: this.now() };
    const key = runKey(
      this.caller.runId,
      `${prefix(this.caller, this.step)}${String(next.number).padStart(4, '0')}`,
    );
    const condition = old ? { generation: old.generation } : ('absent' as const);
    if (!(await this.ledger.put(key, next, condition))) {
      // A write whose answer was lost is refused when the client sends it again: ask who won.
      const there = await this.ledger.get<UpdateAttempt>(key);
      if (there?.generation !== next.generation || there.worker !== next.worker) return false;
    }
    this.attempt = next;
    return true;
  }
}
