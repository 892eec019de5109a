// One chunk: rows, comparison and checkpoint in one transaction of the target.
//
//   lock checkpoint -> rows that are there already?  none -> insert the window
//                                                    equal -> nothing
//                                                    some -> insert what is absent
//   -> fingerprint of the target = that of the source -> move checkpoint -> commit

import type { CopyChunksPayload } from '../../copy-chunks/payload';
import { MySqlStatementError } from '../errors';
import { quoteRow } from '../mysql/statement';
import type { Checkpoint, Paused } from './checkpoint';
import { Differences, differ } from './differences';
import type { Open } from './servers';
import type { Written } from './table';
import { ChangedMeanwhile, isDuplicate } from './trouble';
import {
  type Fingerprint,
  keysOf,
  more,
  partsOf,
  type SourceWindow,
  same,
  type Window,
} from './window';

/** Keys of one statement that inserts what is absent. */
const KEYS_AT_ONCE = 1_000;
/** What is inserted within some tens of milliseconds. */
const PART_ROWS = 2_000n;
const PART_BYTES = 1_048_576n;
/** A chunk that differs so often is looked into. */
const LOOKS = 3;

/** A chunk as it was planned, with its rows where they come from another server. */
export interface Planned {
  readonly window: SourceWindow;
  readonly tuples?: readonly string[];
}

export class Chunks {
  private differed = 0;
  private collided = 0;

  constructor(
    private readonly payload: CopyChunksPayload,
    private readonly open: Open,
  ) {}

  /** The next chunk behind a key; its rows too, where they have to travel. */
  async plan(
    after: bigint,
    limit: number,
    cut: (print: Fingerprint) => number | undefined,
  ): Promise<Planned> {
    const { source } = this.open;
    const hi = BigInt(this.payload.range.hi);
    let window = await source.lookAhead(after, hi, limit);
    for (let rows = cut(window.print); rows !== undefined; rows = cut(window.print)) {
      window = await source.lookAhead(after, hi, rows);
    }
    const { phase, sameServer } = this.payload;
    if (phase === 'verify' || sameServer) return { window };
    return { window, tuples: this.tuples(await source.read(window)) };
  }

  /**
   * Writes and compares a chunk; what it returns is committed.
   *
   * @param begun when the chunk began, for its time in the checkpoint
   * @throws ChangedMeanwhile to be tried again with a new plan; ReconciliationError
   */
  async copy(planned: Planned, begun: number, paused: Paused, now: () => number) {
    const { session, checkpoints } = this.open;
    const { window } = planned;
    const verify = this.payload.phase === 'verify';
    // Comparing alone needs no lock, and no transaction that grows old.
    const agrees = verify && (await this.agrees(window));
    const committed = await session.transaction(async (): Promise<Checkpoint> => {
      const checkpoint = await checkpoints.lock();
      // Its commit came through, only the answer did not.
      if (checkpoint.verifiedTo !== window.after) return checkpoint;
      const inserted = agrees ? 0 : await (verify ? this.insertLate(window) : this.insert(planned));
      const moved = { window, print: window.print, inserted, paused };
      return await checkpoints.move(checkpoint, { ...moved, millis: now() - begun });
    });
    this.differed = 0;
    this.collided = 0;
    return committed;
  }

  /**
   * Compares what an earlier worker has verified last. Rows of it that were committed since are added.
   *
   * @throws ChangedMeanwhile to be tried again; ReconciliationError
   */
  async again(at: Checkpoint): Promise<Checkpoint> {
    const { source, target, session, checkpoints } = this.open;
    const window = { after: at.chunkAfter, to: at.verifiedTo };
    const prints = await Promise.all([source.fingerprint(window), target.fingerprint(window)]);
    const [print, before] = prints;
    if (same(print, before)) return at;
    if (!this.addsLate) return this.changed(window);
    return await session.transaction(async () => {
      const checkpoint = await checkpoints.lock();
      const inserted = await this.insertAbsent(window);
      const after = await this.found(window);
      if (!same(print, after)) return this.changed(window);
      const added = { window, print: more(after, before), inserted, paused: checkpoint.paused };
      return await checkpoints.move(checkpoint, { ...added, millis: 0 });
    });
  }

  private get addsLate(): boolean {
    return this.payload.phase === 'copy' || this.payload.addLate === true;
  }

  /** Without a lock. @throws ChangedMeanwhile, ReconciliationError where nothing may be added */
  private async agrees(window: SourceWindow): Promise<boolean> {
    const found = await this.found(window);
    if (this.addsLate) return same(found, window.print);
    await this.compared(window, found);
    return true;
  }

  /** Rows that were committed after their chunk was copied: anything else that differs stops it. */
  private async insertLate(window: SourceWindow): Promise<number> {
    const inserted = await this.insertAbsent(window);
    return await this.compared(window, await this.found(window), inserted);
  }

  /** Rows that were inserted. */
  private async insert(planned: Planned): Promise<number> {
    const { window } = planned;
    const { target } = this.open;
    let inserted = 0;
    if (await target.isEmpty(window)) {
      inserted = await this.insertAll(planned);
    } else {
      const there = await this.found(window);
      if (same(there, window.print)) return 0;
      inserted = await this.insertAbsent(window);
    }
    return await this.compared(window, await this.found(window), inserted);
  }

  private found(window: Window): Promise<Fingerprint> {
    return this.open.target.fingerprint(window);
  }

  private async compared(window: SourceWindow, found: Fingerprint, inserted = 0): Promise<number> {
    if (same(found, window.print)) return inserted;
    this.differed++;
    if (this.differed >= LOOKS) await this.lookInto(window);
    throw new ChangedMeanwhile(`${keysOf(window)} changed meanwhile`);
  }

  private async changed(window: Window): Promise<never> {
    await this.lookInto(window);
    throw new ChangedMeanwhile(`${keysOf(window)} changed meanwhile`);
  }

  private async lookInto(window: Window): Promise<void> {
    const { source, target } = this.open;
    const rows = await new Differences(source, target, this.payload.columns).in(window);
    if (rows.length > 0) throw differ(source, target, window, rows);
  }

  private async insertAll({ window, tuples }: Planned): Promise<number> {
    try {
      const rows = tuples ? await this.writeAll(tuples) : await this.copyAll(window);
      if (BigInt(rows) === window.print.rows) return rows;
    } catch (error) {
      // Somebody else wrote a row of the window since: the next try finds it and compares.
      if (!isDuplicate(error) || ++this.collided > 1) throw error;
    }
    throw new ChangedMeanwhile(`${keysOf(window)} changed meanwhile`);
  }

  /** Where a statement keeps the application from inserting, it is a short one. */
  private async copyAll(window: SourceWindow): Promise<number> {
    const { source, target, insertsExclude } = this.open;
    const parts = insertsExclude ? partsOf(window, PART_ROWS, PART_BYTES) : [window];
    let rows = 0;
    for (const part of parts) rows += await this.checked(await target.copy(source, part));
    return rows;
  }

  private async insertAbsent(window: Window): Promise<number> {
    const { source, target } = this.open;
    const [wanted, there] = await Promise.all([source.keys(window), target.keys(window)]);
    const present = new Set(there);
    const absent = wanted.filter((key) => !present.has(key));
    let inserted = 0;
    for (let at = 0; at < absent.length; at += KEYS_AT_ONCE) {
      const keys = absent.slice(at, at + KEYS_AT_ONCE);
      inserted += this.payload.sameServer
        ? await this.checked(await target.copy(source, keys))
        : await this.writeAll(this.tuples(await source.read(keys)));
    }
    return inserted;
  }

  private tuples(rows: readonly (string | null)[][]): string[] {
    const { cells } = this.open.source.columns;
    return rows.map((row) => quoteRow(cells, row));
  }

  /** In statements of at most half of what the server takes; a longer row goes alone. */
  private async writeAll(tuples: readonly string[]): Promise<number> {
    const most = this.open.packetBytes / 2;
    let rows = 0;
    let batch: string[] = [];
    let bytes = 0;
    const write = async () => {
      if (batch.length > 0) rows += await this.checked(await this.open.target.write(batch));
      batch = [];
      bytes = 0;
    };
    for (const tuple of tuples) {
      const size = Buffer.byteLength(tuple) + 2;
      if (bytes + size > most) await write();
      batch.push(tuple);
      bytes += size;
    }
    await write();
    return rows;
  }

  /** Anything the server minds about a row stops the copy: the row would not be the same. */
  private async checked({ rows, warnings }: Written): Promise<number> {
    if (warnings === 0) return rows;
    const said = await this.open.session.rows('warnings');
    const codes = said.slice(0, 5).map(({ Code, Message }) => {
      const column = /for column [^\s]*?(\w+)[`']? at row/.exec(String(Message))?.[1];
      return column ? `${Code} (column ${column})` : String(Code);
    });
    throw new MySqlStatementError(
      `MySQL wrote rows with ${warnings} warning(s): ${codes.join(', ')}. The chunk was rolled back and the chunks ` +
        'before it stay. Make the columns of both tables agree, then redrive',
    );
  }
}
