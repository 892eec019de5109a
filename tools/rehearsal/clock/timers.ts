// Timers in order of their instant, and of their making where instants are equal.

export interface Timer {
  readonly instant: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

const before = (a: Timer, b: Timer): boolean =>
  a.instant < b.instant || (a.instant === b.instant && a.order < b.order);

/** A binary heap; cancelled timers are dropped when they come to the top. */
export class TimerQueue {
  private readonly heap: Timer[] = [];
  private made = 0;

  add(instant: number, callback: () => void): Timer {
    const timer: Timer = { instant, order: this.made++, callback, cancelled: false };
    const { heap } = this;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
    return timer;
  }

  /** Instant of the next timer; Infinity when there is none. */
  next(): number {
    while (this.heap[0]?.cancelled) this.takeTop();
    return this.heap[0]?.instant ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next timer if it is due. */
  takeDue(now: number): Timer | undefined {
    return this.next() <= now ? this.takeTop() : undefined;
  }

  private takeTop(): Timer {
    const { heap } = this;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
