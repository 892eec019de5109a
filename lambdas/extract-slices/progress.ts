// How far the extract of a tenant is: one item of the ledger, whose version only grows, so that of two
// workers one writes. Each slice that is done has an item of its own.

import { type Ledger, runKey } from '../shared/ledger';
import type { MySqlRef } from '../shared/mysql/credentials';
import type { TenantWork } from '../shared/rdw/tenant';
import { TokenLost } from '../shared/worker-token';
import type { Part } from './manifest';
import type { Window } from './window';

/** What one statement has written. */
export interface Exported {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly parts: readonly Part[];
  readonly manifestETag: string;
}

/** One try at a slice; the intent is written before its statement begins. */
export interface Attempt {
  /** From 1; part of the prefix. */
  readonly number: number;
  readonly window: Window;
  /** What the keys of its objects begin with. */
  readonly stem: string;
  /** Session of MySQL that executes it. */
  readonly connection: string;
  /** Epoch milliseconds of the intent. */
  readonly at: number;
  /** Tries before it that ended without anything to say why. */
  readonly lost: number;
  /** Why it was told to end. */
  readonly end?: 'slow' | 'stopped';
  /** It came to nothing; its objects are deleted before the next one begins. */
  readonly over?: boolean;
  readonly exported?: Exported;
  /** Times the null scores were begun to be counted. */
  readonly counts?: number;
}

export interface Progress {
  readonly version: number;
  /** Invocation that wrote this. */
  readonly writer: string;
  /** Where its statements run, for those who end them without an invocation's payload. */
  readonly source: MySqlRef;
  /** The folder was seen empty before the first statement. */
  readonly emptied: boolean;
  /** What is not extracted yet, in order. */
  readonly left: readonly Window[];
  /** Length of the next slices in microseconds. */
  readonly span: number;
  /** Number of the next slice, from 1. */
  readonly slice: number;
  readonly attempt?: Attempt;
  /** Slices whose files were damaged afterwards: what was in them is in `left` again. */
  readonly void: readonly number[];
}

/** A slice that is done. */
export interface Slice extends Exported {
  readonly number: number;
  readonly attempt: number;
  readonly window: Window;
  readonly stem: string;
  readonly nullScores: number;
}

export const sliceName = (number: number): string => `slice-${String(number).padStart(4, '0')}`;

/** Aurora writes it last: it is there when a statement has succeeded. */
export const manifestKey = ({ stem }: Pick<Attempt, 'stem'>): string => `${stem}.manifest`;

/** The progress of one tenant, as its worker has it. */
export class ProgressItem {
  private item?: Progress;

  constructor(
    private readonly ledger: Ledger,
    private readonly runId: string,
    private readonly tenant: Pick<TenantWork, 'id'>,
    private readonly writer: string,
  ) {}

  async load(first: Pick<Progress, 'left' | 'span' | 'source'>): Promise<Progress> {
    this.item ??= await this.ledger.get<Progress>(this.key());
    return this.item ?? { version: 0, writer: '', emptied: false, slice: 1, void: [], ...first };
  }

  /** @throws TokenLost when another worker has written since */
  async save(now: Progress, change: Partial<Progress>): Promise<void> {
    const next: Progress = { ...now, ...change, version: now.version + 1, writer: this.writer };
    const condition = now.version === 0 ? ('absent' as const) : { version: now.version };
    if (!(await this.ledger.put(this.key(), next, condition))) {
      // A write whose answer was lost is refused when the client sends it again: ask who won.
      const there = await this.ledger.get<Progress>(this.key());
      if (there?.version !== next.version || there.writer !== next.writer) throw new TokenLost();
    }
    this.item = next;
  }

  async saveSlice(slice: Slice): Promise<void> {
    await this.ledger.put(this.key(`#${sliceName(slice.number)}`), slice);
  }

  /** Slices that are done and whole, in their order. */
  async slices(): Promise<Slice[]> {
    const { void: damaged = [], slice: next = 1 } = this.item ?? {};
    const found: Slice[] = [];
    for await (const slice of this.ledger.list<Slice>(this.runId, `${this.key().sk}#slice-`)) {
      // One whose item was written and nothing else is still to be done.
      if (slice.number < next && !damaged.includes(slice.number)) found.push(slice);
    }
    return found;
  }

  private key(more = '') {
    return runKey(this.runId, `extract#${this.tenant.id}${more}`);
  }
}
