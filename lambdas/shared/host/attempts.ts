// Attempts at a step's command in the ledger. What shall be started is written down before it is asked for;
// the next attempt begins only when the one before it is over for certain.

import { createHash } from 'node:crypto';
import { iso } from '../clock';
import { type Ledger, type LedgerKey, runKey } from '../ledger';
import type { Caller } from '../run';
import { TokenLost } from '../worker-token';
import type { Trailer } from './answer';
import type { HostRef } from './ref';

/**
 * `wanted`: it shall be started, and may be. `running`: the host knows it. `ended`: it ended by itself, and the
 * inspection is due. `done`: the inspection is content. `failed` and `stopped`: the next attempt takes its place.
 */
export type HostState = 'wanted' | 'running' | 'ended' | 'done' | 'failed' | 'stopped';

/** The ledger's item: the latest attempt of a step. */
export interface HostAttempt {
  readonly number: number;
  readonly state: HostState;
  /** Name of the unit on the host. */
  readonly unit: string;
  /** What the unit's names have in common. */
  readonly key: string;
  readonly script: string | null;
  readonly host: HostRef;
  /** Of script and variables: another digest is another command. */
  readonly digest: string;
  readonly startedAt: string;
  readonly at: string;
  /** Epoch milliseconds until which it may run, when a redrive has given it more time. */
  readonly until?: number;
  /** The visit of the state that was told that it takes too long. */
  readonly lateIn?: string;
  readonly trailer?: Trailer;
  readonly why?: string;
}

/** Letters, digits and single hyphens: a name of a systemd unit and of a folder. */
export const unitKey = (runId: string, step: string, item?: string): string =>
  [runId, step, ...(item ? [item] : [])]
    .join('-')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 150);

export const digestOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

export const hostKey = (runId: string, step: string, item = '-'): LedgerKey =>
  runKey(runId, `host#${step}#${item}`);

/** The latest attempt of one step, and what is written about it. */
export class HostAttempts {
  private readonly key: LedgerKey;

  constructor(
    private readonly ledger: Ledger,
    private readonly caller: Pick<Caller, 'runId' | 'item'>,
    private readonly step: string,
    private readonly now: () => number,
  ) {
    this.key = hostKey(caller.runId, step, caller.item?.key);
  }

  read(): Promise<HostAttempt | undefined> {
    return this.ledger.get<HostAttempt>(this.key);
  }

  /**
   * The attempt to work on: the latest one while it is not over, otherwise the next, as an intent. One that is
   * done stays done while the command is the same; a look is made anew each time.
   */
  async current(command: Pick<HostAttempt, 'script' | 'host' | 'digest'>): Promise<HostAttempt> {
    const last = await this.read();
    const over =
      last?.state === 'failed' ||
      last?.state === 'stopped' ||
      (last?.state === 'done' && (last.script === null || last.digest !== command.digest));
    // Another command waits until this one has ended: it is followed to its end first.
    if (last && !over) return last;
    const number = (last?.number ?? 0) + 1;
    const key = unitKey(this.caller.runId, this.step, this.caller.item?.key);
    const at = iso(this.now());
    const next: HostAttempt = {
      ...command,
      number,
      state: command.script === null ? 'ended' : 'wanted',
      // A look starts nothing that could be taken for an earlier one's.
      unit: command.script === null ? key : `${key}-${number}`,
      key,
      startedAt: at,
      at,
    };
    const condition = last ? { number: last.number, state: last.state } : ('absent' as const);
    await this.ledger.put(this.key, next, condition);
    // A refused write may be our own whose answer was lost: what is there counts.
    return (await this.read())!;
  }

  /** Writes what became of an attempt, if it is still the latest. */
  async save(attempt: HostAttempt, change: Partial<HostAttempt>): Promise<HostAttempt> {
    const next = { ...attempt, ...change, at: iso(this.now()) };
    if (await this.ledger.put(this.key, next, { number: attempt.number, state: attempt.state }))
      return next;
    const there = await this.read();
    if (there?.number === next.number && there.state === next.state) return there;
    throw new TokenLost();
  }
}
