// Columns of a copied table, as the files of `sql/mysql-copy/` repeat their parts for them.

import type { CopyChunksPayload, CopyColumn } from '../../copy-chunks/payload';
import type { MySqlCell, MySqlEach } from '../mysql/statement';

/** Character sets whose bytes are those of utf8mb4: nothing has to be converted to compare them. */
const UTF8 = ['utf8', 'utf8mb3', 'utf8mb4', 'ascii'];

/** How values are written on the other server. */
const CELLS: Readonly<Record<CopyColumn['kind'], MySqlCell>> = {
  integer: 'number',
  double: 'number',
  datetime: 'text',
  text: 'text',
  bytes: 'bytes',
};

/** The columns as one side has them. */
export class Columns {
  readonly each: readonly MySqlEach[];

  constructor(
    private readonly payload: Pick<CopyChunksPayload, 'columns'>,
    side: 'source' | 'target',
    charsets: ReadonlyMap<string, string | null>,
  ) {
    this.each = payload.columns.map((column) => ({
      kind:
        column.kind === 'text' && UTF8.includes(charsets.get(column[side].toLowerCase()) ?? '')
          ? 'utf8'
          : column.kind,
      ids: { column: column[side], to_column: column.target },
    }));
  }

  /** How a row's values are written, the key first. */
  get cells(): readonly MySqlCell[] {
    return ['number', ...this.payload.columns.map(({ kind }) => CELLS[kind])];
  }
}
