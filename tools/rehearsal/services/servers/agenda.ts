// What is going to happen to servers, and that everything is looked at again when it has happened.

import type { Clock } from '../../types';

/** Timers of a little world; none is a reason for time to pass. */
export class Agenda {
  private readonly conditions = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly settle: () => void,
  ) {}

  /** Something happens in so many seconds. */
  after(seconds: number, happens: () => void): () => void {
    const instant = this.clock.now() + seconds * 1000;
    const timer = () => {
      happens();
      this.settle();
    };
    return this.clock.at(instant, timer, 'background');
  }

  /** Something happens once a condition has held for so many seconds without a break. */
  when(name: string, holds: boolean, seconds: number, happens: () => void): void {
    const cancel = this.conditions.get(name);
    if (holds === (cancel !== undefined)) return;
    cancel?.();
    this.conditions.delete(name);
    if (!holds) return;
    const timer = this.after(seconds, () => {
      this.conditions.delete(name);
      happens();
    });
    this.conditions.set(name, timer);
  }
}
