// The one session that may export, and what runs on it. While another session has the lock nothing is begun:
// its statement is followed to its end, and an idle one, whose worker is gone, is closed.

import type { Clock } from '../shared/clock';
import { MySqlUnreachableError } from '../shared/errors';
import { Job } from './job';
import type { Attempt, Progress } from './progress';
import type { ExportSession } from './server';
import { lengthOf, SMALLEST } from './window';
import type { Work } from './work';

/** Time an invocation must have left for a slice that is not halved again. */
export const WHOLE_MS = 720_000;
/** A cluster that fails over is back within this. */
const FAILOVER_MS = 180_000;
/** A statement that was told to end is waited for so long. */
const GONE_MS = 45_000;

export class Seat {
  job?: Job;
  private session?: ExportSession;
  private waits = false;
  private lostAt?: number;

  constructor(private readonly work: Work) {}

  /** Pauses only where something is waited for, and no longer than until our own statement is over. */
  get clock(): Clock {
    const { clock } = this.work.deps;
    return {
      now: () => clock.now(),
      sleep: async (ms) => {
        if (this.job) await Promise.race([this.job.over, clock.sleep(ms)]);
        else if (this.waits) await clock.sleep(ms);
      },
    };
  }

  /** A new round begins. */
  begin(): void {
    this.waits = false;
  }

  /** Ours, or undefined after it was looked what the session is doing that has the lock. */
  async take(now: Progress): Promise<ExportSession | undefined> {
    if (this.session) return this.session;
    try {
      this.session = await this.work.deps.server.enter();
      if (!this.session) await this.follow(now);
    } catch (error) {
      if (!(error instanceof MySqlUnreachableError) || this.lostAt === undefined) throw error;
      if (this.work.now() - this.lostAt > FAILOVER_MS) throw error;
      this.waits = true;
    }
    return this.session;
  }

  run(kind: Job['kind'], work: Promise<number>, mostMs = Number.POSITIVE_INFINITY): void {
    this.job = new Job(kind, work, this.work.now() + mostMs);
  }

  /** Ends our own statement when its time is over. */
  async hurry(job: Job, now: Progress): Promise<void> {
    if (this.work.now() >= job.deadline) await this.tellToEnd(now, now.attempt!, this.session!.id);
  }

  /** Its connection is lost; what it executed may go on. */
  drop(): void {
    this.session?.close();
    this.session = undefined;
    this.lostAt = this.work.now();
  }

  /**
   * Ends what runs and waits until it is gone: whatever it is when the execution is over, otherwise
   * what this invocation has begun itself and can wait for no longer.
   *
   * @throws TokenLost when a successor acts now
   */
  async leave(stopped: boolean): Promise<void> {
    const { token, item, deps } = this.work;
    if (!token || !(this.job || stopped)) return;
    await token.renew();
    const now = await this.work.progress();
    if (runs(now.attempt) && !now.attempt.end) {
      const end = stopped ? 'stopped' : 'slow';
      await item.save(now, { attempt: { ...now.attempt, end } });
    }
    const { clock, server } = deps;
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
    this.work.deps.server.close();
  }

  private async follow(now: Progress): Promise<void> {
    this.waits = true;
    const { server } = this.work.deps;
    const { attempt } = now;
    const holder = await server.holder();
    if (!holder) return;
    if (!holder.busy || !runs(attempt)) {
      await this.work.mayAct();
      await server.kill(holder.id, 'connection');
    } else if (attempt.end || this.work.now() - attempt.at >= this.limitOf(attempt)) {
      await this.tellToEnd(now, attempt, holder.id);
    }
  }

  private async tellToEnd(now: Progress, attempt: Attempt, id: string): Promise<void> {
    if (runs(attempt) && !attempt.end) {
      await this.work.item.save(now, { attempt: { ...attempt, end: 'slow' } });
    }
    await this.work.mayAct();
    await this.work.deps.server.kill(id, 'query');
  }

  private limitOf({ window }: Attempt): number {
    return lengthOf(window) <= SMALLEST ? WHOLE_MS : this.work.targetMs;
  }
}

/** Whether the statement of an attempt may run. */
export const runs = (attempt: Attempt | undefined): attempt is Attempt =>
  attempt !== undefined && !attempt.over && !attempt.exported;
