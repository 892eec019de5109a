// Removes the old rows, round after round, exactly from the first to the last that was copied and compared.

import { currentSettings } from '../shared/copy/settings';
import { rested } from '../shared/copy/throttle';
import { backoffMs, MOST_TRIES, passing } from '../shared/copy/trouble';
import { TryAgainError } from '../shared/errors';
import type { Table } from '../shared/history/table';
import type { HistoryDeps } from '../shared/history/work';
import type { WaitDeps } from '../shared/waiting';
import { Brake, type BrakeDeps } from './brake';
import { Chunks } from './chunks';
import { finish } from './finish';
import { mayBegin } from './may-begin';
import type { DrainRowsPayload, DrainRowsResult } from './payload';
import { type DrainItem, Progress } from './progress';
import { Rests } from './rests';
import { settleTruncate, truncate } from './truncate';

export interface DrainDeps extends HistoryDeps, WaitDeps, Pick<BrakeDeps, 'connectReplica'> {}

/** Chunks of so long, then the status of the execution is asked for again. */
const ROUND_MS = 5_000;

/** A removal that rests looks again so often. */
const LOOK_MS = 5_000;

/** An item alone says nothing: it is written before the first row goes. */
const noneGone = (item: DrainItem | undefined): boolean =>
  item === undefined || item.deleted === '0';

export class Drain {
  private readonly progress: Progress;
  private readonly chunks: Chunks;
  private item: DrainItem | undefined;
  private readonly rests: Rests;
  private tries = 0;
  private readonly brake: Brake;

  constructor(
    private readonly payload: DrainRowsPayload,
    private readonly deps: DrainDeps,
    private readonly source: Table,
    private readonly target: Table,
  ) {
    this.progress = new Progress(deps.ledger, payload.runId, deps.clock);
    this.rests = new Rests(() => deps.clock.now());
    this.brake = new Brake(payload, source, deps);
    this.chunks = new Chunks({
      source,
      target,
      hi: BigInt(payload.hi),
      progress: this.progress,
      now: deps.clock.now,
    });
  }

  /** Sleeps only where something is waited for. */
  get clock(): WaitDeps['clock'] {
    const { clock } = this.deps;
    return { now: () => clock.now(), sleep: async () => clock.sleep(this.rests.ms) };
  }

  async round(): Promise<DrainRowsResult | undefined> {
    const { payload, source, target } = this;
    this.item = this.rests.wake(await this.progress.load());
    if (this.item?.done) return this.done(this.item);
    const until = this.deps.clock.now() + ROUND_MS;
    try {
      if (!(await this.holdLock())) return undefined;
      this.item = await this.settled(this.item);
      if (this.item?.done) return this.done(this.item);
      if (noneGone(this.item)) {
        const begins = await mayBegin(payload, source, target, this.deps.clock.now());
        if (begins === 'stale') return this.result('stale');
      }
      if (payload.method === 'truncate') {
        this.item = await truncate(payload, { source, target, progress: this.progress });
      }
      while (!this.item?.done && this.rests.ms === 0 && this.deps.clock.now() < until) {
        await this.next();
        this.tries = 0;
      }
    } catch (error) {
      await this.again(error);
    }
    return this.item?.done ? this.done(this.item) : undefined;
  }

  /** What was begun and has not said how it ended is looked at, before it is asked whether a row has gone. */
  private async settled(item: DrainItem | undefined): Promise<DrainItem | undefined> {
    if (!item?.intent) return item;
    if (this.payload.method === 'drain') return this.chunks.settle(item, item.intent);
    return settleTruncate(item, item.intent, this.payload, this.source, this.progress);
  }

  private async done(item: DrainItem): Promise<DrainRowsResult> {
    await finish(this.payload, this.deps, this.source, item);
    return this.result('done');
  }

  result(status: DrainRowsResult['status']): DrainRowsResult {
    const { deleted = '0', deletedTo = String(BigInt(this.payload.lo) - 1n) } = this.item ?? {};
    return { status, deleted, deletedTo };
  }

  close(): void {
    this.brake.close();
  }

  private async holdLock(): Promise<boolean> {
    const { database, table } = this.source.place;
    // https://dev.mysql.com/doc/refman/8.0/en/locking-functions.html: names have 64 characters
    const lock = `runbook-drain ${database}.${table}`.slice(0, 64);
    const { got } = await this.source.row('take-lock', { lock });
    if (String(got) === '1') return true;
    this.rests.later(LOOK_MS, 'another worker');
    return false;
  }

  private async next(): Promise<void> {
    const { payload, deps } = this;
    const settings = await currentSettings(deps.ledger, payload.runId, payload.settings);
    const reason = await this.brake.reason(settings);
    if (reason) return this.rests.later(LOOK_MS, reason);
    const item = this.item ?? (await this.begin());
    const begun = deps.clock.now();
    const session = await this.brake.session();
    this.item = await this.chunks.next(item, settings.chunkSeconds, session);
    const rest = settings.niceRatio * (deps.clock.now() - begun);
    if (rest > 0 && !this.item.done) {
      await deps.clock.sleep(rest);
      this.item = { ...this.item, paused: rested(this.item.paused, 'nice', rest / 1000) };
    }
  }

  private begin(): Promise<DrainItem> {
    const deletedTo = String(BigInt(this.payload.lo) - 1n);
    return this.progress.save({ deletedTo, deleted: '0', done: false, paused: {} });
  }

  /** A chunk that may go through the next time is tried again, after a rest; other errors stop the removal. */
  private async again(error: unknown): Promise<void> {
    const kind = error instanceof TryAgainError ? 'lost' : passing(error);
    if (!kind || ++this.tries > MOST_TRIES) throw error;
    // The lock of the name goes with the session, and is taken again.
    if (kind === 'lost') await this.source.close();
    this.close();
    this.rests.later(backoffMs(this.tries), 'retry');
  }
}
