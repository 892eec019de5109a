// The next chunk is looked at, and read, while the one before it is written.

import type { Chunks, Planned } from './chunk';
import type { ChunkSize, ChunkTarget } from './size';

export class Ahead {
  private seen?: { readonly after: bigint; readonly planned: Promise<Planned> };

  constructor(
    private readonly chunks: Chunks,
    private readonly size: ChunkSize,
    /** The last key of the range. */
    private readonly hi: string,
  ) {}

  /** Begins to look at the chunk behind a key. */
  look(after: bigint, target: ChunkTarget): void {
    if (after >= BigInt(this.hi)) return;
    const planned = this.plan(after, target);
    // Whoever takes it hears of it; the chunk in between may fail first.
    planned.catch(() => {});
    this.seen = { after, planned };
  }

  /** What was seen is not what a chunk should write any more. */
  forget(): void {
    this.seen = undefined;
  }

  /** The chunk behind a key: what was seen of it, or a look now. */
  async take(after: bigint, target: ChunkTarget): Promise<Planned> {
    const { seen } = this;
    this.forget();
    const planned = seen?.after === after ? await seen.planned : undefined;
    const { rows = 0n, bytes = 0n } = planned?.window.print ?? {};
    // It was planned before the chunk in between had shown that chunks are too large.
    const fits = Number(rows) <= 2 * this.size.next && !this.size.cut(rows, bytes, target);
    return planned && fits ? planned : await this.plan(after, target);
  }

  private plan(after: bigint, target: ChunkTarget): Promise<Planned> {
    const cut = ({ rows, bytes }: { rows: bigint; bytes: bigint }) =>
      this.size.cut(rows, bytes, target);
    return this.chunks.plan(after, this.size.next, cut);
  }
}
