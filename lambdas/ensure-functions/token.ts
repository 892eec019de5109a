// Which invocation acts for one schema's functions: an item whose generation only grows.

import { type Ledger, runKey } from '../shared/ledger';
import type { Caller } from '../shared/run';

/** Another worker acts now: the one that sees this leaves and touches nothing. */
export class TokenLost extends Error {}

interface TokenItem {
  readonly generation: number;
  readonly worker: string;
  readonly renewedAt: number;
}

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
    const key = runKey(runId, `functions#${step}#${item?.key ?? '-'}`);
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
