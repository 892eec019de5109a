// The way of a slice:
//
//   intent -> statement -> manifest and parts measured -> null scores counted -> done
//     |          |
//     |          too long: ended, half of it next        stopped: ended, again on redrive
//     lost: followed while it runs; then its manifest says whether it is done; else emptied, next attempt

import { type Clock, iso, LEAVE_BEFORE_END_MS } from '../shared/clock';
import { ExtractFailedError, MySqlUnreachableError, StrayObjectsError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import type { WaitDeps } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import { finish } from './finish';
import { Job } from './job';
import { partKeys } from './manifest';
import type { Objects } from './objects';
import type { ExtractSlicesPayload, ExtractSlicesResult } from './payload';
import {
  type Attempt,
  manifestKey,
  type Progress,
  ProgressItem,
  type Slice,
  sliceName,
} from './progress';
import { type ExportServer, type ExportSession, isEnd } from './server';
import {
  adapted,
  DAY,
  halved,
  instantOf,
  leftBehind,
  lengthOf,
  nextSlice,
  SMALLEST,
  wholeOf,
} from './window';

export interface ExtractDeps extends WaitDeps {
  readonly objects: Objects;
  readonly server: ExportServer;
}

/** Time an invocation must have left for a slice that is not halved again. */
const WHOLE_MS = 720_000;
/** Tries of a slice that may end without a reason. */
const MOST_LOST = 3;
/** A cluster that fails over is back within this. */
const FAILOVER_MS = 180_000;
/** A statement that was told to end is waited for so long. */
const GONE_MS = 45_000;

type Round = ExtractSlicesResult | undefined;

/** One invocation's part of the extract of a tenant. */
export class Extraction {
  /** Pauses only where something is waited for, and no longer than until our own statement is over. */
  readonly clock: Clock = {
    now: () => this.deps.clock.now(),
    sleep: async (ms) => {
      const { job } = this;
      if (job) await Promise.race([job.over, this.deps.clock.sleep(ms)]);
      else if (this.waits) await this.deps.clock.sleep(ms);
    },
  };

  private readonly item: ProgressItem;
  private readonly targetMs: number;
  private readonly folder: string;
  private session?: ExportSession;
  private job?: Job;
  private token?: Token;
  private waits = false;
  private lostAt?: number;
  private said = 'its connection was lost';

  constructor(
    private readonly payload: ExtractSlicesPayload,
    private readonly deps: ExtractDeps,
    private readonly invocation: Invocation,
  ) {
    const { runId, tenant, sliceMinutes } = payload;
    this.item = new ProgressItem(deps.ledger, runId, tenant, invocation.requestId);
    this.targetMs = sliceMinutes * 60_000;
    this.folder = `${tenant.folder}/extract`;
  }

  /** One round of the waiting task. */
  async round(token: Token): Promise<Round> {
    this.token = token;
    this.waits = false;
    const now = await this.progress();
    if (this.job) return this.watch(this.job, now);
    if (this.payload.tenant.subjectIds.length === 0 || now.left.length === 0) {
      return finish(this.payload, this.deps, this.item, now, token);
    }
    if (!now.emptied) return this.begins(now);
    const { attempt } = now;
    if (attempt?.exported) return this.count(now, attempt);
    if (attempt && !attempt.over) return this.recover(now, attempt);
    return this.start(now);
  }

  /** What a caller hears that is to call again. */
  async running(): Promise<ExtractSlicesResult> {
    const slices = await this.item.slices();
    const sum = (of: (slice: Slice) => number) => slices.reduce((n, slice) => n + of(slice), 0);
    return {
      status: 'running',
      slices: slices.length,
      rows: sum(({ rows }) => rows),
      nullScores: sum(({ nullScores }) => nullScores),
      manifest: null,
    };
  }

  /**
   * Ends what runs and waits until it is gone: whatever it is when the execution is over, otherwise
   * what this invocation has begun itself and can wait for no longer.
   *
   * @throws TokenLost when a successor acts now
   */
  async leave(stopped: boolean): Promise<void> {
    if (!this.token || !(this.job || stopped)) return;
    await this.token.renew();
    const now = await this.progress();
    const { attempt } = now;
    if (attempt && !attempt.over && !attempt.exported && !attempt.end) {
      const end = stopped ? 'stopped' : 'slow';
      await this.item.save(now, { attempt: { ...attempt, end } });
    }
    const { clock, server } = this.deps;
    for (const until = clock.now() + GONE_MS; clock.now() < until && !this.job?.outcome; ) {
      // Nobody waits for a statement of another session: it goes with its session.
      const [id, what] = this.job
        ? ([this.session?.id, 'query'] as const)
        : ([(await server.holder())?.id, 'connection'] as const);
      if (id === undefined || !(await server.kill(id, what))) return;
      await Promise.race([this.job?.over ?? clock.sleep(1_000), clock.sleep(1_000)]);
    }
  }

  close(): void {
    this.session?.close();
    this.deps.server.close();
  }

  private progress(): Promise<Progress> {
    const { start, high, sliceDays } = this.payload;
    return this.item.load({ left: wholeOf(start, high), span: sliceDays * DAY });
  }

  /** Nothing of anybody else may lie where the run writes. */
  private async begins(now: Progress): Promise<Round> {
    const { objects } = this.deps;
    const found = await objects.list(`${this.folder}/`);
    if (found.length > 0) {
      throw new StrayObjectsError(
        `${found.length} object(s) lie in s3://${this.payload.tenant.bucket}/${this.folder}/ before anything was ` +
          `extracted, such as ${found[0]!.key}. Find out whose they are and delete them, then redrive`,
      );
    }
    await this.item.save(now, { emptied: true });
    return undefined;
  }

  private async start(now: Progress): Promise<Round> {
    const { attempt: last, left, span, slice } = now;
    const window = nextSlice(left, span);
    const whole = lengthOf(window) <= SMALLEST;
    const time = this.leftMs;
    if (time < (whole ? Math.max(WHOLE_MS, this.targetMs) : this.targetMs)) return this.running();
    if (!(await this.enter())) return this.follow(now);
    const folder = `${this.folder}/${sliceName(slice)}`;
    if (last) await this.empty(`${folder}/`);
    const number = (last?.number ?? 0) + 1;
    const at = this.clock.now();
    const attempt: Attempt = {
      number,
      window,
      stem: `${folder}/a${number}/exam_alt_score`,
      connection: this.session!.id,
      at,
      lost: last?.lost ?? 0,
    };
    await this.item.save(now, { attempt });
    await this.token!.renew();
    const { bucket } = this.payload.tenant;
    const uri = `s3-${this.payload.source.region}://${bucket}/${attempt.stem}`;
    this.job = new Job(
      'export',
      this.session!.export(this.refOf(now, attempt), uri),
      at,
      at + (whole ? time : this.targetMs),
    );
    return undefined;
  }

  private async watch(job: Job, now: Progress): Promise<Round> {
    const { outcome } = job;
    const attempt = now.attempt!;
    if (!outcome) {
      if (this.clock.now() >= job.deadline) await this.tellToEnd(now, attempt, this.session!.id);
      return undefined;
    }
    this.job = undefined;
    if ('value' in outcome) {
      if (job.kind === 'count') return this.done(now, attempt, outcome.value);
      return this.measure(now, attempt, outcome.value);
    }
    const { message } = outcome.error as Error;
    const end = isEnd(outcome.error);
    if (end === undefined) return this.failed(now, attempt, message, job.kind);
    this.said = message;
    // Where a connection is lost its statement may go on; the next round looks for it.
    if (end === 'lost') this.drop();
    return undefined;
  }

  /** A statement began, or was about to, and nobody here has its answer. */
  private async recover(now: Progress, attempt: Attempt): Promise<Round> {
    if (!(await this.enter())) return this.follow(now);
    const files = await this.deps.objects.list(`${attempt.stem}.`);
    if (files.some(({ key }) => key === manifestKey(attempt))) return this.measure(now, attempt);
    const over = { ...attempt, over: true };
    if (attempt.end === 'slow') {
      if (lengthOf(attempt.window) <= SMALLEST) return this.tooSlow(now, over);
      await this.item.save(now, { attempt: over, span: halved(attempt.window) });
    } else if (attempt.end === 'stopped') {
      await this.item.save(now, { attempt: over });
    } else {
      const lost = attempt.lost + 1;
      // A redrive has all tries again.
      const next = { ...over, lost: lost < MOST_LOST ? lost : 0 };
      await this.item.save(now, { attempt: next });
      if (lost >= MOST_LOST)
        throw this.error(attempt, `ended ${lost} times without a result: ${this.said}`);
    }
    return undefined;
  }

  /** Somebody else has the lock: a statement whose worker is gone, or the idle session of one. */
  private async follow(now: Progress): Promise<Round> {
    // It cannot be reached at the moment.
    if (this.waits) return undefined;
    this.waits = true;
    const { server } = this.deps;
    const { attempt } = now;
    const holder = await server.holder();
    if (!holder) return undefined;
    const exports = holder.busy && attempt && !attempt.over && !attempt.exported;
    if (!exports) {
      await this.token!.renew();
      await server.kill(holder.id, 'connection');
    } else if (attempt.end || this.clock.now() - attempt.at >= this.limitOf(attempt)) {
      await this.tellToEnd(now, attempt, holder.id);
    }
    return undefined;
  }

  /** Reads what a statement has written. */
  private async measure(now: Progress, attempt: Attempt, counted?: number): Promise<Round> {
    const { objects } = this.deps;
    const files = await objects.list(`${attempt.stem}.`);
    const sizes = new Map(files.map(({ key, bytes }) => [key, bytes]));
    const written = sizes.has(manifestKey(attempt));
    const manifest = written ? await objects.read(manifestKey(attempt)) : undefined;
    const keys = manifest && partKeys(manifest.text, this.payload.tenant.bucket, attempt.stem);
    if (!keys) return this.failed(now, attempt, 'it left no manifest that names its files');
    const missing = keys.find((key) => !sizes.has(key));
    if (missing !== undefined) return this.failed(now, attempt, `${missing} is not there`);
    const parts = keys.map((key) => ({ key, bytes: sizes.get(key)! }));
    const exported = {
      rows: counted ?? (await this.lines(keys)),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds: Math.round((this.clock.now() - attempt.at) / 1000),
      parts,
      manifestETag: manifest.etag,
    };
    await this.item.save(now, { attempt: { ...attempt, exported } });
    return undefined;
  }

  /**
   * Rows of a statement whose answer was lost. The files are counted, not the tables: an exam that was
   * imported anew since then has left the window, but not the files.
   */
  private async lines(keys: readonly string[]): Promise<number> {
    let lines = 0;
    for (const key of keys) {
      await this.token!.renew();
      lines += await this.deps.objects.lines(key);
    }
    return lines;
  }

  private async count(now: Progress, attempt: Attempt): Promise<Round> {
    // It takes no longer than the export did.
    const needed = Math.min(this.targetMs, attempt.exported!.seconds * 1000);
    if (this.leftMs < needed) return this.running();
    if (!(await this.enter())) return this.follow(now);
    const counts = attempt.counts ?? 0;
    const next = { ...attempt, counts: counts < MOST_LOST ? counts + 1 : 0 };
    await this.item.save(now, { attempt: next });
    if (counts >= MOST_LOST) {
      throw this.error(
        attempt,
        `is done, but counting what it left out had no result: ${this.said}`,
      );
    }
    await this.token!.renew();
    const at = this.clock.now();
    const counted = this.session!.countNullScores(this.refOf(now, attempt));
    this.job = new Job('count', counted, at, Number.POSITIVE_INFINITY);
    return undefined;
  }

  private async done(now: Progress, attempt: Attempt, nullScores: number): Promise<Round> {
    const { number, window, stem } = attempt;
    const { sliceDays } = this.payload;
    const exported = attempt.exported!;
    const slice: Slice = {
      number: now.slice,
      attempt: number,
      window,
      stem,
      nullScores,
      ...exported,
    };
    await this.item.saveSlice(slice);
    await this.record(now, attempt, { rows: exported.rows, seconds: exported.seconds });
    await this.item.save(now, {
      attempt: undefined,
      left: leftBehind(now.left, window),
      slice: now.slice + 1,
      span: adapted(now.span, exported.seconds, this.targetMs / 1000, sliceDays * DAY),
    });
    return undefined;
  }

  private async failed(
    now: Progress,
    attempt: Attempt,
    message: string,
    kind: Job['kind'] = 'export',
  ): Promise<never> {
    // What is exported stays so when only the count fails.
    if (kind === 'export') {
      await this.record(now, attempt, { error: message });
      await this.item.save(now, { attempt: { ...attempt, over: true } });
    }
    throw this.error(attempt, `failed: ${message}`);
  }

  private async tooSlow(now: Progress, attempt: Attempt): Promise<never> {
    await this.item.save(now, { attempt });
    throw this.error(
      attempt,
      'did not end within an invocation, and its window is too short to be halved: look for locks, load and ' +
        'the index (type_id, deleted, updated, …) of exam',
    );
  }

  private error({ window }: Attempt, what: string): ExtractFailedError {
    const { id } = this.payload.tenant;
    return new ExtractFailedError(
      `the extract of ${id} from ${instantOf(window.from)} to before ${instantOf(window.before)} (UTC) ${what}. ` +
        'Slices before it stay as they are. Repair the cause, then redrive: this slice runs again',
    );
  }

  private async record(now: Progress, attempt: Attempt, members: object): Promise<void> {
    const { runId, tenant, item } = this.payload;
    const { from, before } = attempt.window;
    const name = `${sliceName(now.slice)}#${String(attempt.number).padStart(4, '0')}`;
    await this.deps.ledger.put(runKey(runId, `batch#extract#${tenant.id}#${name}`), {
      step: 'extract',
      item: item?.key,
      title: `${tenant.id}: exams updated from ${instantOf(from)} to before ${instantOf(before)}`,
      attempt: attempt.number,
      statementId: attempt.connection,
      startedAt: iso(attempt.at),
      endedAt: iso(this.clock.now()),
      status: 'error' in members ? 'failed' : 'done',
      ...members,
    });
  }

  private async tellToEnd(now: Progress, attempt: Attempt, id: string): Promise<void> {
    if (!attempt.end && !attempt.exported) {
      await this.item.save(now, { attempt: { ...attempt, end: 'slow' } });
    }
    await this.token!.renew();
    await this.deps.server.kill(id, 'query');
  }

  private async empty(prefix: string): Promise<void> {
    const { objects } = this.deps;
    for (const { key } of await objects.list(prefix)) {
      await this.token!.renew();
      await objects.remove(key);
    }
  }

  /** True when ours is the session that may export: nothing else of the tenant runs then. */
  private async enter(): Promise<boolean> {
    if (this.session) return true;
    try {
      this.session = await this.deps.server.enter();
    } catch (error) {
      if (!(error instanceof MySqlUnreachableError) || this.lostAt === undefined) throw error;
      if (this.clock.now() - this.lostAt > FAILOVER_MS) throw error;
      this.waits = true;
    }
    return this.session !== undefined;
  }

  private drop(): void {
    this.session?.close();
    this.session = undefined;
    this.lostAt = this.clock.now();
  }

  private limitOf({ window }: Attempt): number {
    return lengthOf(window) <= SMALLEST ? WHOLE_MS : this.targetMs;
  }

  private get leftMs(): number {
    return this.invocation.remainingMs() - LEAVE_BEFORE_END_MS;
  }

  private refOf({ slice }: Progress, { number, window }: Attempt) {
    return { window, comment: [sliceName(slice), `a${number}`] };
  }
}
