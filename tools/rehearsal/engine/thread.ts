// One strand of computation inside an execution: the execution itself, a branch of a Parallel, or an
// iteration of an inline Map. A closed thread cannot record, and whatever changes state records first: code that wakes up
// late, after a stop or a redrive, finds its thread dead and changes nothing.

import { Interrupted, RUNTIME, StateError } from './errors';
import type { Execution } from './execution';
import { MAX_EVENTS } from './history';

export class Thread {
  private live = true;
  private release: (() => void) | undefined;
  private interrupt: ((reason: Interrupted) => void) | undefined;
  private readonly abort = new AbortController();
  private readonly forks = new Set<Thread>();
  /** What else ends with this thread. */
  onClose: (() => void) | undefined;

  constructor(
    readonly execution: Execution,
    /** What the next event follows. */
    public lastEventId: number,
    private readonly parent?: Thread,
  ) {}

  get isLive(): boolean {
    return this.live;
  }

  fork(after = this.lastEventId): Thread {
    const fork = new Thread(this.execution, after, this);
    this.forks.add(fork);
    return fork;
  }

  assertLive(): void {
    if (!this.live) throw new Interrupted();
  }

  /** Events that may still be recorded before only the end of the execution fits. */
  get roomLeft(): number {
    return MAX_EVENTS - 1 - this.execution.events.length;
  }

  /** Appends an event; the last place in a history is kept for the event that ends the execution. */
  record(type: string, details?: Readonly<Record<string, unknown>>): number {
    this.assertLive();
    if (this.roomLeft <= 0) {
      throw new StateError(
        RUNTIME,
        `The execution reached the maximum number of history events (${MAX_EVENTS}).`,
      );
    }
    const id = this.execution.append(type, details, this.lastEventId);
    // Recorded histories go on from what came before this event, not from the event itself.
    if (!/^(Map|Parallel)StateSucceeded$/.test(type)) this.lastEventId = id;
    return id;
  }

  /** Holds the clock for as long as `work` computes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.hold();
    try {
      return await work();
    } finally {
      this.unhold();
      this.close();
    }
  }

  /** Waits for something that is not our computation; the clock may go on meanwhile. */
  idle<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (how: () => void) => {
        if (!this.live) return reject(new Interrupted());
        this.interrupt = undefined;
        this.hold();
        how();
      };
      work.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
      if (!this.live) return reject(new Interrupted());
      this.interrupt = reject;
      this.unhold();
    });
  }

  sleep(ms: number): Promise<void> {
    return this.idle(this.execution.world.clock.sleep(ms, this.abort.signal));
  }

  /** Ends this thread and everything it started; safe to call twice. */
  close(): void {
    if (!this.live) return;
    this.live = false;
    this.parent?.forks.delete(this);
    for (const fork of this.forks) fork.close();
    this.onClose?.();
    const reason = new Interrupted();
    this.interrupt?.(reason);
    this.abort.abort(reason);
    this.unhold();
  }

  private hold(): void {
    this.release ??= this.execution.world.clock.hold();
  }

  private unhold(): void {
    this.release?.();
    this.release = undefined;
  }
}
