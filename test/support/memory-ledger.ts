// A ledger in memory, for tests that go through thousands of writes. Conditions as in `Ledger`.

import type { Ledger, LedgerKey, WriteCondition } from '../../lambdas/shared/ledger';

export class MemoryLedger {
  private readonly items = new Map<string, object>();
  /** Called before and after each write; throwing after it means that its answer is lost. */
  before: () => void = () => undefined;
  after: () => void = () => undefined;

  /** As the tasks take it. */
  get ledger(): Ledger {
    return this as unknown as Ledger;
  }

  async get<T extends object>({ pk, sk }: LedgerKey): Promise<T | undefined> {
    return this.items.get(`${pk} ${sk}`) as T | undefined;
  }

  async put(key: LedgerKey, item: object, condition?: WriteCondition): Promise<boolean> {
    this.before();
    const name = `${key.pk} ${key.sk}`;
    const holds = this.holds(this.items.get(name), condition);
    if (holds) this.items.set(name, structuredClone({ ...item, ...key }));
    this.after();
    return holds;
  }

  async remove(key: LedgerKey, condition?: WriteCondition): Promise<boolean> {
    this.before();
    const name = `${key.pk} ${key.sk}`;
    const holds = this.holds(this.items.get(name), condition);
    if (holds) this.items.delete(name);
    this.after();
    return holds;
  }

  async *list<T extends object>(runId: string, prefix: string): AsyncGenerator<T & LedgerKey> {
    const found = [...this.items].filter(([name]) => name.startsWith(`run#${runId} ${prefix}`));
    for (const [, item] of found.sort(([a], [b]) => (a < b ? -1 : 1))) yield item as T & LedgerKey;
  }

  private holds(there: object | undefined, condition: WriteCondition): boolean {
    if (condition === undefined) return true;
    if (condition === 'absent') return there === undefined;
    const members = (there ?? {}) as Record<string, unknown>;
    return Object.entries(condition).every(([name, value]) => (members[name] ?? null) === value);
  }
}
