// Time that jumps. It stands still while somebody computes; when nobody does it goes straight to the
// next instant somebody waits for.
//
//   holds > 0 --release--> one turn of the event loop --> ask participants --> all at rest? --> jump
//        ^                                                        |
//        +------------- anything happened meanwhile: again <------+
//
// Promise chains need no hold: they end within the turn. Real I/O (SQL, files, bodies) needs one.

import type { Clock } from '../types';
import { sleepOn } from './sleep';
import { TimerQueue } from './timers';

/** Somebody who computes in a thread of his own, with timers of his own: a Lambda worker. */
export interface Participant {
  /** Instant of his next timer (Infinity: none) when he is at rest, or undefined when he is not. */
  settle(): Promise<number | undefined>;
  /** The clock has come to an instant he waits for. */
  advanced(): void;
}

/** A jump from here on is one over people's time: a gate, an appointed hour, a run left alone. */
const LONG_JUMP_MS = 3_600_000;

/** How long to leave a computing participant alone before asking again, by number of questions. */
const PATIENCE_MS = [0, 0, 0, 1, 1, 2, 2, 5, 10];

/** Virtual time; see the head of the file. */
export class VirtualClock implements Clock {
  readonly kind = 'virtual';
  /** Epoch milliseconds, readable by workers without asking. */
  readonly cell = new BigInt64Array(new SharedArrayBuffer(8));
  /** Jumps made so far. */
  jumps = 0;
  private readonly timers = new TimerQueue();
  private readonly background = new TimerQueue();
  /** Far instant for which those outside have had their time to act. */
  private lookedFor = 0;
  private readonly participants = new Set<Participant>();
  private holds = 0;
  /** Counts everything that happens; a check in whose course it moved is void. */
  private happenings = 0;
  private checking = false;
  private stopped = false;

  /**
   * Begins now unless told otherwise: databases beside the rehearsal have a clock of their own.
   *
   * @param look real milliseconds before a jump of an hour or more, for those who look from outside
   * and may act first: approve a gate, redrive
   */
  constructor(
    start = Date.now(),
    private readonly look = 0,
  ) {
    this.moveTo(start);
  }

  now(): number {
    return Number(Atomics.load(this.cell, 0));
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  at(instant: number, callback: () => void, background?: 'background'): () => void {
    const queue = background ? this.background : this.timers;
    const timer = queue.add(Math.max(instant, this.now()), callback);
    this.happened();
    return () => queue.cancel(timer);
  }

  hold(): () => void {
    let held = true;
    this.holds++;
    this.happened();
    return () => {
      if (!held) return;
      held = false;
      this.holds--;
      this.happened();
    };
  }

  /** Takes somebody in; returns a function that lets him go. */
  join(participant: Participant): () => void {
    this.participants.add(participant);
    this.happened();
    return () => {
      this.participants.delete(participant);
      this.happened();
    };
  }

  /** Never jumps again. */
  stop(): void {
    this.stopped = true;
  }

  private happened(): void {
    this.happenings++;
    if (this.checking || this.holds > 0 || this.stopped) return;
    this.checking = true;
    void this.check();
  }

  private async check(): Promise<void> {
    try {
      await this.jumpWhileAtRest();
    } finally {
      // Not in a callback of the promise: a release in between would go unseen.
      this.checking = false;
    }
  }

  private async jumpWhileAtRest(): Promise<void> {
    let questions = 0;
    while (this.holds === 0 && !this.stopped) {
      const { happenings } = this;
      await turn(PATIENCE_MS[Math.min(questions, PATIENCE_MS.length - 1)]!);
      if (this.holds > 0) return;
      const asked = [...this.participants];
      const answers = await Promise.all(asked.map((participant) => participant.settle()));
      if (happenings !== this.happenings) {
        questions = 0;
      } else if (answers.includes(undefined)) {
        questions++;
      } else {
        questions = 0;
        const theirs = answers as number[];
        const next = Math.min(this.timers.next(), ...theirs);
        if (next === Number.POSITIVE_INFINITY) return;
        if (this.look > 0 && next - this.now() >= LONG_JUMP_MS && next !== this.lookedFor) {
          await turn(this.look);
          if (happenings !== this.happenings) continue;
          // What happens in the background on the way is no reason to look again.
          this.lookedFor = next;
        }
        const instant = Math.min(next, this.background.next());
        this.jump(Math.max(instant, this.now()));
        for (const [i, participant] of asked.entries()) {
          if (theirs[i]! <= instant) participant.advanced();
        }
      }
    }
  }

  private jump(instant: number): void {
    this.moveTo(instant);
    this.jumps++;
    this.happenings++;
    const due = () => this.background.takeDue(instant) ?? this.timers.takeDue(instant);
    for (let timer = due(); timer; timer = due()) timer.callback();
  }

  private moveTo(instant: number): void {
    Atomics.store(this.cell, 0, BigInt(Math.ceil(instant)));
  }
}

const turn = (ms: number): Promise<unknown> =>
  new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));
