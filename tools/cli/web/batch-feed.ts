// Tries at batches, sent once: a page that has ten thousand of them asks for what is new.

import type { TimedBatch } from '../ledger-view';

/** A try with its place: a later record of the same try has the same key. */
export interface FedBatch extends TimedBatch {
  readonly key: string;
}

/** Numbers records in the order in which they were first seen like that. */
export class BatchFeed {
  private readonly seen = new Map<string, { readonly text: string; readonly number: number }>();
  private records: { readonly number: number; readonly batch: FedBatch }[] = [];
  private number = 0;

  /** The number of the newest record. */
  get newest(): number {
    return this.number;
  }

  take(batches: readonly TimedBatch[]): void {
    const fresh: FedBatch[] = [];
    for (const { step, item, title, attempt, status, startedAt, endedAt, ...rest } of batches) {
      const key = JSON.stringify([step, item, title, attempt, startedAt]);
      const { rows, seconds, error } = rest;
      const batch = {
        key,
        step,
        item,
        title,
        attempt,
        status,
        startedAt,
        endedAt,
        rows,
        seconds,
        error,
      };
      const text = JSON.stringify(batch);
      if (this.seen.get(key)?.text === text) continue;
      this.seen.set(key, { text, number: ++this.number });
      fresh.push(batch);
    }
    if (fresh.length === 0) return;
    const changed = new Set(fresh.map(({ key }) => key));
    this.records = [
      ...this.records.filter(({ batch }) => !changed.has(batch.key)),
      ...fresh.map((batch) => ({ batch, number: this.seen.get(batch.key)!.number })),
    ];
  }

  /** Records newer than that number. */
  since(number: number): FedBatch[] {
    return this.records.filter((one) => one.number > number).map(({ batch }) => batch);
  }
}
