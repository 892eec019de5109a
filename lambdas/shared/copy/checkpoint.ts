// How far a range is: a row beside the table that is written, moved in the transaction of the rows it is
// about. Its fence only grows: whoever took the range later is the one who moves it.
//
//   take: fence 7 -> 8      the worker with 7 compares in its next chunk's transaction, and leaves

import { createHash } from 'node:crypto';
import type { CopyChunksPayload } from '../../copy-chunks/payload';
import { LeaseHeldError } from '../errors';
import type { MySqlMarks } from '../mysql/statement';
import { TokenLost } from '../worker-token';
import { mayGoOn } from './may-go-on';
import type { Row, Session } from './session';
import { isMissingTable } from './trouble';
import type { Fingerprint, Window } from './window';

/** An invocation cannot be silent for longer and go on: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const SILENT_SECONDS = 900;

/** Seconds that a copy rested, by reason. */
export type Paused = Readonly<Record<string, number>>;

export interface Checkpoint {
  /** All keys of the range up to here are verified. */
  readonly verifiedTo: bigint;
  /** Where the last chunk began. */
  readonly chunkAfter: bigint;
  readonly fence: bigint;
  readonly chunk: bigint;
  readonly rows: bigint;
  readonly inserted: bigint;
  readonly bytes: bigint;
  readonly seconds: number;
  readonly paused: Paused;
  readonly done: boolean;
}

/** A chunk that was compared, and what it cost. */
export interface Verified {
  readonly window: Window;
  readonly print: Fingerprint;
  readonly inserted: number;
  readonly millis: number;
  readonly paused: Paused;
}

export class Checkpoints {
  private fence = 0n;

  constructor(
    private readonly session: Session,
    private readonly payload: CopyChunksPayload,
  ) {}

  /**
   * Takes the range: from now on only this worker moves its checkpoint.
   *
   * @param ddl both tables, as their servers describe them
   * @throws CheckpointError, LeaseHeldError
   */
  async take(ddl: string): Promise<Checkpoint> {
    const hash = createHash('sha256').update(ddl).digest('hex');
    try {
      return await this.session.transaction(() => this.takeLocked(hash));
    } catch (error) {
      if (!isMissingTable(error)) throw error;
      await this.session.change('create-checkpoints', this.marks());
      return await this.session.transaction(() => this.takeLocked(hash));
    }
  }

  /** In the transaction that moves it. @throws TokenLost when another worker has taken the range */
  async lock(): Promise<Checkpoint> {
    const row = await this.read();
    if (!row || BigInt(row.fence!) !== this.fence) throw new TokenLost();
    return checkpointOf(row);
  }

  /** In the transaction of the chunk's rows. */
  async move(
    from: Checkpoint,
    { window, print, inserted, millis, paused }: Verified,
  ): Promise<Checkpoint> {
    const done = window.to >= BigInt(this.payload.range.hi);
    const { rows } = await this.session.change(
      'move-checkpoint',
      this.marks({
        fence: this.fence,
        to: window.to,
        after: window.after,
        rows: print.rows,
        inserted,
        bytes: print.bytes,
        crc: print.crc,
        md5: print.md5,
        millis: Math.round(millis),
        paused: JSON.stringify(paused),
        done: Number(done),
      }),
    );
    if (rows !== 1) throw new TokenLost();
    return {
      ...from,
      verifiedTo: window.to,
      chunkAfter: window.after,
      chunk: from.chunk + 1n,
      rows: from.rows + print.rows,
      inserted: from.inserted + BigInt(inserted),
      bytes: from.bytes + print.bytes,
      seconds: from.seconds + millis / 1000,
      paused,
      done,
    };
  }

  /** Says that the worker is alive, in a commit of its own. */
  async beat(paused: Paused): Promise<void> {
    const marks = this.marks({ fence: this.fence, paused: JSON.stringify(paused) });
    await this.session.transaction(async () => {
      const { rows } = await this.session.change('beat', marks);
      if (rows !== 1) throw new TokenLost();
    });
  }

  private async takeLocked(hash: string): Promise<Checkpoint> {
    const { rootArn: execution, phase, range } = this.payload;
    if (phase === 'copy') await this.takeFromOthers();
    const row = await this.read();
    if (!row) {
      const before = BigInt(range.lo) - 1n;
      await this.session.change(
        'new-checkpoint',
        this.marks({ execution, ddl: hash, before, table: this.table }),
      );
    } else {
      mayGoOn(row, hash, this.payload);
      await this.session.change('take-checkpoint', this.marks({ execution }));
    }
    const taken = checkpointOf((await this.read())!);
    this.fence = taken.fence;
    return taken;
  }

  private async takeFromOthers(): Promise<void> {
    const { range } = this.payload;
    const marks = this.marks({ lo: BigInt(range.lo), hi: BigInt(range.hi), table: this.table });
    const [newest] = await this.session.rows('other-runs', marks);
    if (!newest) return;
    if (Number(newest.age) < SILENT_SECONDS) {
      throw new LeaseHeldError(
        `run ${newest.run} (${newest.execution}) copies keys of ${range.name} into ${this.table} and was seen ` +
          `${newest.age} s ago. Nothing was written. Stop or release it, wait ${SILENT_SECONDS / 60} minutes, redrive`,
      );
    }
    await this.session.change('fence-other-runs', marks);
  }

  private get table(): string {
    return `${this.payload.target.database}.${this.payload.target.table}`;
  }

  private read(): Promise<Row | undefined> {
    return this.session.row('lock-checkpoint', this.marks());
  }

  private marks(parameters: MySqlMarks['parameters'] = {}): MySqlMarks {
    const { runId, range, phase, target } = this.payload;
    const { lo, hi } = range;
    return {
      ids: { database: target.database },
      parameters: {
        run: runId,
        range: range.name,
        phase,
        lo: BigInt(lo),
        hi: BigInt(hi),
        ...parameters,
      },
    };
  }
}

const checkpointOf = (row: Row): Checkpoint => ({
  verifiedTo: BigInt(row.verified_to!),
  chunkAfter: BigInt(row.chunk_after!),
  fence: BigInt(row.fence!),
  chunk: BigInt(row.chunk!),
  rows: BigInt(row.row_count!),
  inserted: BigInt(row.inserted!),
  bytes: BigInt(row.byte_count!),
  seconds: Number(row.seconds),
  paused: JSON.parse(String(row.paused)) as Paused,
  done: Number(row.done) === 1,
});
