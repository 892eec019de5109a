// One invocation's part of a copy: chunk after chunk, each only when the servers can bear it.
//
//   settings, load -> [rest] -> chunk (the next one is looked at meanwhile) -> progress -> nice rest -> …

import { Ahead } from '../shared/copy/ahead';
import type { Checkpoint, Paused } from '../shared/copy/checkpoint';
import { Chunks } from '../shared/copy/chunk';
import { ProgressReport } from '../shared/copy/progress';
import { type Open, type ServerDeps, Servers } from '../shared/copy/servers';
import { currentSettings } from '../shared/copy/settings';
import { ChunkSize } from '../shared/copy/size';
import { type Load, pauseReason, rested } from '../shared/copy/throttle';
import { backoffMs, gaveUp, isTooSlow, MOST_TRIES, passing, stopped } from '../shared/copy/trouble';
import { IdOverlapError } from '../shared/errors';
import type { WaitDeps } from '../shared/waiting';
import type { CopyChunksPayload, CopyChunksResult } from './payload';

export type CopyDeps = WaitDeps & Omit<ServerDeps, 'now'>;

/** After so long the status of the execution is asked for again. */
const ROUND_MS = 5_000;
/** A copy that rests looks again so often. */
const LOOK_MS = 5_000;
const MIB = 1_048_576;

type Settings = Awaited<ReturnType<typeof currentSettings>>;

/** What the chunks of one set of connections share. */
interface Way {
  readonly open: Open;
  readonly chunks: Chunks;
  readonly ahead: Ahead;
}

export class Copy {
  /** How long to rest before the next round, and why; 0: go on. */
  private rest = { ms: 0, reason: '', since: 0 };
  private readonly servers: Servers;
  private readonly report: ProgressReport;
  private readonly size = new ChunkSize();
  private way?: Way;
  private at?: Checkpoint;
  private paused: Paused = {};
  private tries = 0;

  constructor(
    private readonly payload: CopyChunksPayload,
    private readonly deps: CopyDeps,
  ) {
    const now = () => deps.clock.now();
    this.servers = new Servers(payload, {
      now,
      connect: (side) => deps.connect(side),
      connectReplica: (at) => deps.connectReplica(at),
      freeGiB: () => deps.freeGiB(),
    });
    this.report = new ProgressReport(deps.ledger, payload, now);
  }

  /** Sleeps only where something is waited for. */
  get clock(): WaitDeps['clock'] {
    const { clock } = this.deps;
    return { now: () => clock.now(), sleep: async () => clock.sleep(this.rest.ms) };
  }

  /** Chunks of some seconds; the result when the range is done. */
  async round(): Promise<CopyChunksResult | undefined> {
    const until = this.deps.clock.now() + ROUND_MS;
    try {
      this.wake();
      while (!this.at?.done && this.rest.ms === 0 && this.deps.clock.now() < until) {
        await this.next();
        this.tries = 0;
      }
    } catch (error) {
      this.again(error);
    }
    return this.at?.done ? this.result('done') : undefined;
  }

  result(status: CopyChunksResult['status']): CopyChunksResult {
    const { rows = 0n, inserted = 0n, verifiedTo } = this.at ?? {};
    const before = BigInt(this.payload.range.lo) - 1n;
    return {
      status,
      rows: String(rows),
      inserted: String(inserted),
      verifiedTo: String(verifiedTo ?? before),
    };
  }

  close(): void {
    this.way = undefined;
    this.servers.close();
  }

  /** Counts what was rested since, for the report. */
  private wake(): void {
    const { ms, reason, since } = this.rest;
    if (ms === 0) return;
    this.paused = rested(this.paused, reason, (this.deps.clock.now() - since) / 1000);
    this.rest = { ms: 0, reason: '', since: 0 };
  }

  private sleepLater(ms: number, reason: string): void {
    this.rest = { ms, reason, since: this.deps.clock.now() };
  }

  /** A try that may go through the next time is made again, after a rest; others stop the copy. */
  private again(error: unknown): void {
    const kind = passing(error);
    const what = `a chunk of ${this.payload.range.name}`;
    if (!kind) throw stopped(error, what);
    if (++this.tries > MOST_TRIES) throw gaveUp(error, what);
    if (isTooSlow(error)) this.size.tooSlow();
    this.way?.ahead.forget();
    if (kind === 'lost') this.close();
    this.sleepLater(backoffMs(this.tries), 'retry');
  }

  private async next(): Promise<void> {
    const way = this.way ?? (await this.begin());
    if (this.at!.done) return;
    const { ledger, clock } = this.deps;
    const { runId, settings: given } = this.payload;
    const settings = await currentSettings(ledger, runId, given);
    const load = await this.load(way, settings);
    const reason = pauseReason(load, settings);
    if (reason) {
      way.ahead.forget();
      await way.open.checkpoints.beat(this.paused);
      await this.tell(way, load, reason);
      return this.sleepLater(LOOK_MS, reason);
    }
    const begun = clock.now();
    const from = this.at!;
    this.at = await this.chunk(way, settings, begun);
    const millis = clock.now() - begun;
    const rest = settings.niceRatio * millis;
    this.report.step({
      keys: Number(this.at.verifiedTo - from.verifiedTo),
      rows: Number(this.at.rows - from.rows),
      seconds: (millis + rest) / 1000,
    });
    if (rest > 0 && !this.at.done) {
      await clock.sleep(rest);
      this.paused = rested(this.paused, 'nice', rest / 1000);
    }
    await this.tell(way, load, undefined);
  }

  /** Connects, takes the range, and compares again what an earlier worker has verified last. */
  private async begin(): Promise<Way> {
    const { cut, range } = this.payload;
    if (cut !== null && BigInt(range.hi) >= BigInt(cut)) {
      throw new IdOverlapError(
        `${range.name} reaches to key ${range.hi}, and from ${cut} on keys belong to new rows. Nothing was written. ` +
          'Start a new execution, which looks for the range again',
      );
    }
    const open = await this.servers.open();
    const chunks = new Chunks(this.payload, open);
    const way = { open, chunks, ahead: new Ahead(chunks, this.size, range.hi) };
    this.at = await open.checkpoints.take(open.ddl);
    this.paused = { ...this.at.paused, ...this.paused };
    if (this.at.chunk > 0n && !this.at.done) this.at = await chunks.again(this.at);
    this.way = way;
    return way;
  }

  private async load({ open }: Way, settings: Settings): Promise<Load> {
    // What a large chunk's commit took says little: a small one of its own tells.
    if (open.session.commitMs > settings.maxCommitMs) await open.checkpoints.beat(this.paused);
    const storage = settings.minFreeGiB !== null;
    return await open.load.look(open.each, open.session.commitMs, storage);
  }

  private async chunk(way: Way, settings: Settings, begun: number): Promise<Checkpoint> {
    const { chunks, ahead } = way;
    const target = { seconds: settings.chunkSeconds, bytes: settings.chunkMiB * MIB };
    const planned = await ahead.take(this.at!.verifiedTo, target);
    const { to, print } = planned.window;
    ahead.look(to, target);
    const now = () => this.deps.clock.now();
    const at = await chunks.copy(planned, begun, this.paused, now);
    this.size.learn(Number(print.rows), (now() - begun) / 1000, Number(print.bytes), target);
    return at;
  }

  private tell({ open }: Way, load: Load, reason: string | undefined): Promise<void> {
    const checkpoint = { ...this.at!, paused: this.paused };
    return this.report.tell(checkpoint, load, reason, open.load.blind);
  }
}
