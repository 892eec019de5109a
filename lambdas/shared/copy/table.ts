// One side of a copy, on one session.

import type { CopyChunksPayload, CopyTable } from '../../copy-chunks/payload';
import { type MySqlMarks, MySqlRows } from '../mysql/statement';
import type { Columns } from './columns';
import type { Session } from './session';
import type { Fingerprint, SourceWindow, Window } from './window';

/** Length and hash of each value of a row; null for a null. */
export type RowHashes = readonly (readonly [length: string, hash: string] | null)[];

/** What of a server's answer says that rows were written as they were given. */
export interface Written {
  readonly rows: number;
  readonly warnings: number;
}

/** A statement with a LIMIT that stops nothing: https://dev.mysql.com/doc/refman/8.0/en/select.html */
const NO_LIMIT = 2n ** 64n - 1n;

export class TableSide {
  private readonly place: CopyTable;

  constructor(
    private readonly session: Session,
    private readonly payload: Pick<CopyChunksPayload, 'source' | 'target' | 'key'>,
    readonly side: 'source' | 'target',
    readonly columns: Columns,
    /** Both hashes, for a proof of the whole table. */
    private readonly strong: boolean,
  ) {
    this.place = payload[side];
  }

  /** `edxapp.courseware_studentmodulehistory` */
  get name(): string {
    return `${this.place.database}.${this.place.table}`;
  }

  /** The next rows behind a key; where there are fewer than asked for the window reaches to `hi`. */
  async lookAhead(after: bigint, hi: bigint, limit: number): Promise<SourceWindow> {
    const row = await this.print(after, hi, limit);
    const print = printOf(row);
    const full = print.rows === BigInt(limit);
    return { after, to: full ? BigInt(row.last_key!) : hi, print };
  }

  async fingerprint({ after, to }: Window): Promise<Fingerprint> {
    return printOf(await this.print(after, to, NO_LIMIT));
  }

  private async print(after: bigint, hi: bigint, limit: number | bigint) {
    return (await this.session.row('fingerprint', this.marks({ after, hi, limit })))!;
  }

  async isEmpty({ after, to }: Window): Promise<boolean> {
    return (await this.session.row('any-row', this.marks({ after, to }))) === undefined;
  }

  async keys({ after, to }: Window): Promise<readonly bigint[]> {
    const rows = await this.session.lists('keys', this.marks({ after, to }));
    return rows.map(([key]) => BigInt(key!));
  }

  async hashes({ after, to }: Window): Promise<ReadonlyMap<bigint, RowHashes>> {
    const rows = await this.session.lists('row-hashes', this.marks({ after, to }));
    return new Map(
      rows.map(([key, ...values]) => [
        BigInt(key!),
        this.columns.each.map((_, i) => {
          const [length, hash] = values.slice(2 * i, 2 * i + 2);
          return length === null ? null : ([String(length), String(hash)] as const);
        }),
      ]),
    );
  }

  /** Rows as they are written on another server. */
  async read(what: Window | readonly bigint[]): Promise<readonly (string | null)[][]> {
    const rows =
      'after' in what
        ? await this.session.lists('read-window', this.marks({ after: what.after, to: what.to }))
        : await this.session.lists('read-keys', this.marks({ keys: what }));
    return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
  }

  /** Writes rows of the source, which is on the same server. */
  copy(source: TableSide, what: Window | readonly bigint[]): Promise<Written> {
    return 'after' in what
      ? this.session.change('insert-window', source.marks({ after: what.after, to: what.to }))
      : this.session.change('insert-keys', source.marks({ keys: what }));
  }

  /** Writes rows that were read on another server. */
  write(tuples: readonly string[]): Promise<Written> {
    return this.session.change('insert-rows', this.marks({ rows: new MySqlRows(tuples) }));
  }

  private marks(parameters: MySqlMarks['parameters']): MySqlMarks {
    const { key, target } = this.payload;
    return {
      ids: {
        database: this.place.database,
        table: this.place.table,
        key: key[this.side],
        to_database: target.database,
        to_table: target.table,
        to_key: key.target,
      },
      each: { columns: this.columns.each },
      parameters: { strong: Number(this.strong), ...parameters },
    };
  }
}

const printOf = (row: Readonly<Record<string, string | number | null>>): Fingerprint => ({
  rows: BigInt(row.row_count!),
  bytes: BigInt(row.byte_count!),
  crc: BigInt(row.crc_xor!),
  md5: BigInt(row.md5_sum!),
});
