import type { Clock } from '../types';
import { sleepOn } from './sleep';

/** Node's timers hold 31 bits of milliseconds; a gate may wait longer. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Time as it is. */
export class RealClock implements Clock {
  readonly kind = 'real';
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  now(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  at(instant: number, callback: () => void): () => void {
    // What is asked for after the end would keep the process alive for nothing.
    if (this.stopped) return () => {};
    let timer: NodeJS.Timeout;
    const arm = () => {
      const left = Math.max(0, instant - Date.now());
      timer = setTimeout(
        () => {
          this.timers.delete(timer);
          if (left > LONGEST_TIMER) arm();
          else callback();
        },
        Math.min(left, LONGEST_TIMER),
      );
      this.timers.add(timer);
    };
    arm();
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  hold(): () => void {
    return () => {};
  }

  /** Takes back all timers. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
