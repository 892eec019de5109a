// Kills a task before and after each of its changes, in turn.

import { Killed } from './schema';

/** Where changes are made: machines and the ledger. */
export interface Interruptible {
  before: (call: string) => void;
  after: (call: string) => void;
}

/** Counts the changes of a run, or kills the nth. */
export class Interruption {
  count = 0;

  constructor(
    private readonly nth = 0,
    private readonly place: 'before' | 'after' = 'before',
  ) {}

  /** Watches the changes of all of these as one sequence. */
  on(...places: readonly Pick<Interruptible, 'before' | 'after'>[]): this {
    for (const place of places) {
      place.before = () => {
        this.count += 1;
        this.die('before');
      };
      place.after = () => this.die('after');
    }
    return this;
  }

  private die(place: 'before' | 'after') {
    const killed = this.count === this.nth && this.place === place;
    if (killed) throw new Killed(`${place} change ${this.nth}`);
  }
}

/** Every change of a sequence, with both places. */
export const everyChange = (count: number): [number, 'before' | 'after'][] =>
  Array.from({ length: count }, (_, i) => i + 1).flatMap((nth) => [
    [nth, 'before'],
    [nth, 'after'],
  ]);
