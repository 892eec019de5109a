// How far a removal is, in the ledger. Each chunk is written down before it goes, so that a death in between
// is settled by looking: of a chunk either all rows are there or none.

import { type Clock, iso } from '../shared/clock';
import { type Ledger, runKey } from '../shared/ledger';

/** What tells rows from as many others. */
export interface IdSums {
  readonly fingerprint: string;
  readonly total: string;
}

/** A chunk that was about to go: rows with `after` < id <= `to`. */
export interface Intent {
  readonly after: string;
  readonly to: string;
  readonly rows: number;
  /** Sums over their ids, which both tables had; a removal at once has none. */
  readonly ids?: IdSums;
}

/** The ledger's item. It is written before the first row goes: `deleted` says whether one has. */
export interface DrainItem {
  /** All ids up to here are gone. */
  readonly deletedTo: string;
  readonly deleted: string;
  readonly intent?: Intent;
  readonly done: boolean;
  /** Seconds of rest by reason. */
  readonly paused: Readonly<Record<string, number>>;
  readonly at: string;
}

/** Not `progress#`: whoever ends a run looks there for statements that still run, and a chunk leaves none. */
const keyOf = (runId: string) => runKey(runId, 'removed#rows');

export class Progress {
  constructor(
    private readonly ledger: Ledger,
    private readonly runId: string,
    private readonly clock: Clock,
  ) {}

  load(): Promise<DrainItem | undefined> {
    return this.ledger.get<DrainItem>(keyOf(this.runId));
  }

  async save(item: Omit<DrainItem, 'at'>): Promise<DrainItem> {
    const whole = { ...item, at: iso(this.clock.now()) };
    await this.ledger.put(keyOf(this.runId), whole);
    return whole;
  }
}
