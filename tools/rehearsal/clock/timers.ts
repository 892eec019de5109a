// Timers in order of their instant, and of their making where instants are equal.

export interface Timer {
  readonly instant: number;
  readonly order: number;
  callback: () => void;
  cancelled: boolean;
}

const nothing = (): void => {};

const before = (a: Timer, b: Timer): boolean =>
  a.instant < b.instant || (a.instant === b.instant && a.order < b.order);

/** Below this many cancelled timers a heap is not worth cleaning. */
const FEW = 64;

/** A binary heap; cancelled timers are dropped when they come to the top, or when they are the most. */
export class TimerQueue {
  private heap: Timer[] = [];
  private made = 0;
  private cancelled = 0;

  add(instant: number, callback: () => void): Timer {
    const timer: Timer = { instant, order: this.made++, callback, cancelled: false };
    this.push(timer);
    return timer;
  }

  /** Lets go of everything the timer would have called: a timeout of days may never come to the top. */
  cancel(timer: Timer): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    timer.callback = nothing;
    this.cancelled += 1;
    if (this.cancelled < FEW || this.cancelled < this.heap.length / 2) return;
    const kept = this.heap.filter(({ cancelled }) => !cancelled);
    this.heap = [];
    this.cancelled = 0;
    for (const one of kept) this.push(one);
  }

  private push(timer: Timer): void {
    const { heap } = this;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
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
    if (top.cancelled) this.cancelled -= 1;
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
