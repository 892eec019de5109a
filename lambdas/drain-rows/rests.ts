// Rests of a removal: what is waited for sleeps outside the round, and is counted by its reason.

import { rested } from '../shared/copy/throttle';
import type { DrainItem } from './progress';

export class Rests {
  private rest = { ms: 0, reason: '', since: 0 };

  constructor(private readonly now: () => number) {}

  /** Milliseconds to sleep before the next round; 0: none. */
  get ms(): number {
    return this.rest.ms;
  }

  later(ms: number, reason: string): void {
    this.rest = { ms, reason, since: this.now() };
  }

  /** The item with what was rested since. */
  wake(item: DrainItem | undefined): DrainItem | undefined {
    const { ms, reason, since } = this.rest;
    this.rest = { ms: 0, reason: '', since: 0 };
    if (ms === 0 || !item) return item;
    const seconds = (this.now() - since) / 1000;
    return { ...item, paused: rested(item.paused, reason, seconds) };
  }
}
