// Which invocation acts for a step: an item whose generation only grows. A successor takes it over at any
// time; the one that lost it sees that before its next act and leaves.

import { type Ledger, runKey } from './ledger';
import type { Caller } from './run';

/** Another worker acts now: the one that sees this leaves and touches nothing. */
export class TokenLost extends Error {}

/** The ledger's item. */
export interface TokenItem {
  readonly generation: number;
  readonly worker: string;
  readonly renewedAt: number;
}

export const workerKey = (runId: string, step: string, item = '-') =>
  runKey(runId, `worker#${step}#${item}`);

/** The one who acts for a step. */
export class Token {
  private constructor(
    private readonly ledger: Ledger,
    private readonly key: ReturnType<typeof runKey>,
    private readonly now: () => number,
    private item: TokenItem,
  ) {}

  /** Takes the token, whoever had it. */
  static async take(
    ledger: Ledger,
    { runId, item }: Pick<Caller, 'runId' | 'item'>,
    step: string,
    worker: string,
    now: () => number,
  ): Promise<Token> {
    const key = workerKey(runId, step, item?.key);
    for (;;) {
      const old = await ledger.get<TokenItem>(key);
      const next = { generation: (old?.generation ?? 0) + 1, worker, renewedAt: now() };
      const token = new Token(ledger, key, now, next);
      const condition = old ? { generation: old.generation } : ('absent' as const);
      if ((await ledger.put(key, next, condition)) || (await token.isOurs())) return token;
    }
  }

  /** Before every act; throws TokenLost when another worker has taken the token. */
  async renew(): Promise<void> {
    const { generation, worker } = this.item;
    this.item = { generation, worker, renewedAt: this.now() };
    if (!(await this.ledger.put(this.key, this.item, { generation, worker }))) {
      throw new TokenLost();
    }
  }

  /** A write whose answer was lost is refused when the client sends it again: ask who won. */
  private async isOurs(): Promise<boolean> {
    const there = await this.ledger.get<TokenItem>(this.key);
    return there?.generation === this.item.generation && there.worker === this.item.worker;
  }
}
