// A hard quota whose excess waits, in order.

export class Turns<Key> {
  private readonly inside = new Set<Key>();
  private readonly waiting = new Map<Key, () => void>();

  constructor(private readonly places: number) {}

  /** Calls `go` when there is a place, at once when there is one now. */
  enter(key: Key, go: () => void): void {
    this.waiting.set(key, go);
    this.next();
  }

  /** Gives the place back, or waits no longer. */
  leave(key: Key): void {
    this.waiting.delete(key);
    this.inside.delete(key);
    this.next();
  }

  private next(): void {
    for (const [key, go] of this.waiting) {
      if (this.inside.size >= this.places) return;
      this.waiting.delete(key);
      this.inside.add(key);
      go();
    }
  }
}
