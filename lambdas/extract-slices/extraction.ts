// The way of a slice:
//
//   intent -> statement -> manifest and files measured -> null scores counted -> done
//     |          |
//     |          too long: ended, half of it next        stopped: ended, again on redrive
//     lost: followed while it runs; then its manifest says whether it is done; else emptied, next attempt

import { StrayObjectsError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import type { Token } from '../shared/worker-token';
import { finish } from './finish';
import type { Job } from './job';
import { hasManifest, measure } from './measure';
import type { ExtractSlicesPayload, ExtractSlicesResult } from './payload';
import { type Attempt, type Progress, type Slice, sliceName } from './progress';
import { runs, Seat, WHOLE_MS } from './seat';
import { isEnd, type SliceRef } from './server';
import { adapted, DAY, halved, leftBehind, lengthOf, nextSlice, SMALLEST } from './window';
import { type ExtractDeps, MOST_LOST, Work } from './work';

/** A result ends the invocation; undefined: the next round goes on. */
type Round = ExtractSlicesResult | undefined;

/** One invocation's part of the extract of a tenant. */
export class Extraction {
  readonly seat: Seat;
  private readonly work: Work;

  constructor(payload: ExtractSlicesPayload, deps: ExtractDeps, invocation: Invocation) {
    this.work = new Work(payload, deps, invocation);
    this.seat = new Seat(this.work);
  }

  /** One round of the waiting task. */
  async round(token: Token): Promise<Round> {
    this.work.token = token;
    this.seat.begin();
    const now = await this.work.progress();
    const { attempt, left, emptied } = now;
    if (this.seat.job) return this.watch(this.seat.job, now);
    if (this.work.payload.tenant.subjectIds.length === 0 || left.length === 0) {
      return finish(this.work, now);
    }
    if (!emptied) return this.lookAround(now);
    if (attempt?.exported) return this.count(now, attempt);
    if (runs(attempt)) return this.recover(now, attempt);
    return this.start(now);
  }

  /** What a caller hears that is to call again. */
  async running(): Promise<ExtractSlicesResult> {
    const slices = await this.work.item.slices();
    const sum = (of: (slice: Slice) => number) => slices.reduce((n, slice) => n + of(slice), 0);
    return {
      status: 'running',
      slices: slices.length,
      rows: sum(({ rows }) => rows),
      nullScores: sum(({ nullScores }) => nullScores),
      manifest: null,
    };
  }

  /** Nothing of anybody else may lie where the run writes. */
  private async lookAround(now: Progress): Promise<Round> {
    const { deps, folder, payload, item } = this.work;
    const found = await deps.objects.list(`${folder}/`);
    if (found.length > 0) {
      throw new StrayObjectsError(
        `${found.length} object(s) lie in s3://${payload.tenant.bucket}/${folder}/ before anything was ` +
          `extracted, such as ${found[0]!.key}. Find out whose they are and delete them, then redrive`,
      );
    }
    await item.save(now, { emptied: true });
    return undefined;
  }

  private async start(now: Progress): Promise<Round> {
    const { leftMs, targetMs, payload, item } = this.work;
    const { attempt: last, left, span, slice } = now;
    const window = nextSlice(left, span);
    const whole = lengthOf(window) <= SMALLEST;
    if (leftMs < (whole ? WHOLE_MS : targetMs)) return this.running();
    const session = await this.seat.take(now);
    if (!session) return undefined;
    const folder = `${this.work.folder}/${sliceName(slice)}`;
    if (last) await this.work.empty(`${folder}/`);
    const number = (last?.number ?? 0) + 1;
    const attempt: Attempt = {
      number,
      window,
      stem: `${folder}/a${number}/exam_alt_score`,
      connection: session.id,
      at: this.work.now(),
      lost: last?.lost ?? 0,
    };
    await item.save(now, { attempt });
    await this.work.mayAct();
    const uri = `s3-${payload.source.region}://${payload.tenant.bucket}/${attempt.stem}`;
    this.seat.run('export', session.export(refOf(now, attempt), uri), whole ? leftMs : targetMs);
    return undefined;
  }

  private async watch(job: Job, now: Progress): Promise<Round> {
    const { outcome, kind } = job;
    const attempt = now.attempt!;
    if (!outcome) {
      await this.seat.hurry(job, now);
      return undefined;
    }
    this.seat.job = undefined;
    if ('value' in outcome) {
      if (kind === 'count') await this.done(now, attempt, outcome.value);
      else await measure(this.work, now, attempt, outcome.value);
      return undefined;
    }
    const { message } = outcome.error as Error;
    const end = isEnd(outcome.error);
    this.work.said = message;
    // Where a connection is lost its statement may go on; the next round looks for it.
    if (end === 'lost') this.seat.drop();
    if (end !== undefined) return undefined;
    if (kind === 'export') return this.work.failed(now, attempt, message);
    throw this.work.error(attempt, `is done, but what it left out cannot be counted: ${message}`);
  }

  /** A statement began, or was about to, and nobody here has its answer. */
  private async recover(now: Progress, attempt: Attempt): Promise<Round> {
    const { item } = this.work;
    if (!(await this.seat.take(now))) return undefined;
    if (await hasManifest(this.work, attempt)) {
      await measure(this.work, now, attempt);
      return undefined;
    }
    const over = { ...attempt, over: true };
    if (attempt.end === 'slow') {
      await item.save(now, { attempt: over, span: halved(attempt.window) });
      if (lengthOf(attempt.window) > SMALLEST) return undefined;
      throw this.work.error(
        attempt,
        'did not end within an invocation, and its window is too short to be halved: look for locks, load and ' +
          'the index (type_id, deleted, updated, …) of exam',
      );
    }
    const lost = attempt.end === 'stopped' ? attempt.lost : attempt.lost + 1;
    // A redrive has all tries again.
    await item.save(now, { attempt: { ...over, lost: lost % MOST_LOST } });
    if (lost < MOST_LOST) return undefined;
    throw this.work.error(attempt, `ended ${lost} times without a result: ${this.work.said}`);
  }

  private async count(now: Progress, attempt: Attempt): Promise<Round> {
    const { leftMs, targetMs, item } = this.work;
    // It takes no longer than the export did.
    const needed = Math.min(targetMs, attempt.exported!.seconds * 1000);
    if (leftMs < needed) return this.running();
    const session = await this.seat.take(now);
    if (!session) return undefined;
    const counts = attempt.counts ?? 0;
    const next = { ...attempt, counts: (counts + 1) % (MOST_LOST + 1) };
    await item.save(now, { attempt: next });
    if (counts === MOST_LOST) {
      throw this.work.error(
        attempt,
        `is done, but counting what it left out had no result: ${this.work.said}`,
      );
    }
    await this.work.mayAct();
    this.seat.run('count', session.countNullScores(refOf(now, attempt)));
    return undefined;
  }

  private async done(now: Progress, attempt: Attempt, nullScores: number): Promise<void> {
    const { item, targetMs, payload } = this.work;
    const { number, window, stem } = attempt;
    const exported = attempt.exported!;
    const { rows, seconds } = exported;
    await item.saveSlice({
      number: now.slice,
      attempt: number,
      window,
      stem,
      nullScores,
      ...exported,
    });
    await this.work.record(now, attempt, { status: 'done', rows, seconds });
    await item.save(now, {
      attempt: undefined,
      left: leftBehind(now.left, window),
      slice: now.slice + 1,
      span: adapted(now.span, seconds, targetMs / 1000, payload.sliceDays * DAY),
    });
  }
}

const refOf = ({ slice }: Progress, { number, window }: Attempt): SliceRef => ({
  window,
  comment: [sliceName(slice), `a${number}`],
});
