// Attempts at work that a machine of somebody else does, in the ledger: each is one execution, either
// somebody's that was found, or one of ours under a name made of run, step, item and attempt.

import { createHash } from 'node:crypto';
import { type Ledger, runKey } from './ledger';
import type { Caller } from './run';
import { type Token, TokenLost } from './worker-token';

/**
 * `intent`: about to be started. `running`: it exists. `done`: its work was done. `refused`: it failed for a
 * reason no repetition mends. `over`: the next attempt takes its place.
 */
export type ForeignState = 'intent' | 'running' | 'done' | 'refused' | 'over';

/** One execution, as the ledger remembers it. */
export interface ForeignAttempt {
  /** From 1. */
  readonly number: number;
  readonly state: ForeignState;
  readonly arn: string;
  /** Name of an execution of ours; without it the execution is somebody else's. */
  readonly name?: string;
  /** What the task that follows it must know about this attempt. */
  readonly about: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The latest try at this execution: a start or a redrive of ours, in which visit of the state. */
  readonly triedIn?: string;
  /** A redrive: its token, how often the execution had been redriven before, and that it was refused. */
  readonly redrive?: { readonly token: string; readonly before: number; readonly refused?: string };
  /** Somebody stopped it, and the operator was told. */
  readonly stopTold?: boolean;
  readonly why?: string;
  /** Grows with every write: who writes after an old look is refused. */
  readonly revision: number;
  readonly worker: string;
}

/** A visit of the state: a retry belongs to the same one, a redrive or a new child is another. */
export const visitOf = ({ selfArn, redriveCount }: Caller): string => `${selfArn}#${redriveCount}`;

/**
 * Name of an execution: at most 80 of the characters Step Functions allows, the same for the same attempt.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function executionName(
  { runId, item }: Pick<Caller, 'runId' | 'item'>,
  step: string,
  number: number,
): string {
  const path = [runId, step, ...(item ? [item.key] : [])];
  const slug = path.join('-').replace(/[^A-Za-z0-9_-]+/g, '-');
  const digest = createHash('sha256').update(JSON.stringify(path)).digest('hex').slice(0, 10);
  return `${slug.slice(0, 60)}-${digest}-${number}`;
}

/** ARN of an execution by its machine and name. */
export const executionArnOf = (machineArn: string, name: string): string =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** The one who acts for a step's executions. */
export class ForeignWorker {
  private constructor(
    private readonly ledger: Ledger,
    readonly caller: Caller,
    readonly step: string,
    private readonly token: Token,
    private readonly worker: string,
    private readonly now: () => number,
    private attempts: readonly ForeignAttempt[],
  ) {}

  /** Reads the attempts of a step; `worker` is unique for the invocation. */
  static async open(
    ledger: Ledger,
    caller: Caller,
    step: string,
    token: Token,
    worker: string,
    now: () => number,
  ): Promise<ForeignWorker> {
    const attempts: ForeignAttempt[] = [];
    const prefix = `foreign#${step}#${caller.item?.key ?? '-'}#`;
    for await (const one of ledger.list<ForeignAttempt>(caller.runId, prefix)) attempts.push(one);
    return new ForeignWorker(ledger, caller, step, token, worker, now, attempts);
  }

  get current(): ForeignAttempt | undefined {
    return this.attempts.at(-1);
  }

  get all(): readonly ForeignAttempt[] {
    return this.attempts;
  }

  get visit(): string {
    return visitOf(this.caller);
  }

  /** Before every call that changes something; throws TokenLost when another worker acts now. */
  mayAct(): Promise<void> {
    return this.token.renew();
  }

  /** The intent to start an execution of ours. */
  begin(machineArn: string, about: ForeignAttempt['about'] = {}): Promise<ForeignAttempt> {
    const name = executionName(this.caller, this.step, this.nextNumber);
    const arn = executionArnOf(machineArn, name);
    return this.add({ state: 'intent', arn, name, about, triedIn: this.visit });
  }

  /** Somebody else's execution, found and followed from now on. */
  adopt(arn: string): Promise<ForeignAttempt> {
    return this.add({ state: 'running', arn, about: {} });
  }

  /** Writes changes to the current attempt. */
  async save(change: Partial<ForeignAttempt>): Promise<ForeignAttempt> {
    const old = this.current!;
    const next = { ...old, ...change, revision: old.revision + 1, worker: this.worker };
    await this.put(next, { revision: old.revision });
    this.attempts = [...this.attempts.slice(0, -1), next];
    return next;
  }

  private get nextNumber(): number {
    return (this.current?.number ?? 0) + 1;
  }

  private async add(
    one: Omit<ForeignAttempt, 'number' | 'at' | 'revision' | 'worker'>,
  ): Promise<ForeignAttempt> {
    await this.mayAct();
    const common = { number: this.nextNumber, at: this.now(), revision: 1, worker: this.worker };
    const next = { ...one, ...common };
    await this.put(next, 'absent');
    this.attempts = [...this.attempts, next];
    return next;
  }

  private async put(next: ForeignAttempt, condition: { revision: number } | 'absent') {
    const { runId, item } = this.caller;
    const number = String(next.number).padStart(4, '0');
    const key = runKey(runId, `foreign#${this.step}#${item?.key ?? '-'}#${number}`);
    if (await this.ledger.put(key, next, condition)) return;
    // A write whose answer was lost is refused when the client sends it again: ask who won.
    const there = await this.ledger.get<ForeignAttempt>(key);
    if (there?.revision !== next.revision || there.worker !== this.worker) throw new TokenLost();
  }
}
