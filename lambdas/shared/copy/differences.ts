// Finds the rows in which two sides differ and tells of them without a word of what learners wrote: keys,
// columns, lengths and hashes.

import type { CopyColumn } from '../../copy-chunks/payload';
import { ReconciliationError } from '../errors';
import type { RowHashes, TableSide } from './table';
import { keysOf, same, type Window } from './window';

/** From here on rows are looked at one by one. */
const FEW_ROWS = 100n;
/** More are counted and not named. */
const MOST_NAMED = 20;

export class Differences {
  private readonly named: string[] = [];

  constructor(
    private readonly source: TableSide,
    private readonly target: TableSide,
    private readonly columns: readonly CopyColumn[],
  ) {}

  /** Each differing row of the window, as a sentence; no more than are named in a message. */
  async in(window: Window): Promise<readonly string[]> {
    const [left, right] = await Promise.all([
      this.source.fingerprint(window),
      this.target.fingerprint(window),
    ]);
    if (same(left, right) || this.named.length >= MOST_NAMED) return this.named;
    const rows = left.rows > right.rows ? left.rows : right.rows;
    if (rows <= FEW_ROWS || window.to - window.after <= 1n) {
      this.named.push(...(await this.rowsOf(window)));
      return this.named;
    }
    const middle = await this.middle(window, left.rows >= right.rows ? this.source : this.target);
    await this.in({ after: window.after, to: middle });
    return await this.in({ after: middle, to: window.to });
  }

  /** Halves the rows, not the keys: a gap between keys may be as wide as a table. */
  private async middle(window: Window, side: TableSide): Promise<bigint> {
    const keys = await side.keys(window);
    return keys[Math.floor(keys.length / 2) - 1]!;
  }

  private async rowsOf(window: Window): Promise<string[]> {
    const [left, right] = await Promise.all([
      this.source.hashes(window),
      this.target.hashes(window),
    ]);
    const keys = [...new Set([...left.keys(), ...right.keys()])].sort((a, b) => (a < b ? -1 : 1));
    return keys.flatMap((key) => this.sentence(key, left.get(key), right.get(key)));
  }

  private sentence(key: bigint, left?: RowHashes, right?: RowHashes): string[] {
    if (!right) return [`${key} is only in ${this.source.name}`];
    if (!left) return [`${key} is only in ${this.target.name}`];
    const columns = this.columns.flatMap(({ target }, i) => {
      const [one, other] = [left[i]!, right[i]!];
      const differs = one?.[0] !== other?.[0] || one?.[1] !== other?.[1];
      return differs ? [`${target} (${told(one)}, ${told(other)})`] : [];
    });
    return columns.length > 0 ? [`${key} differs in ${columns.join(', ')}`] : [];
  }
}

const told = (value: RowHashes[number] | undefined): string =>
  value ? `${value[0]} bytes ${value[1]}` : 'null';

/** The error that stops a copy. */
export function differ(
  source: TableSide,
  target: TableSide,
  window: Window,
  rows: readonly string[],
): ReconciliationError {
  const most =
    rows.length > MOST_NAMED ? `; more than ${MOST_NAMED} rows, the rest is left out` : '';
  return new ReconciliationError(
    `${source.name} and ${target.name} differ within ${keysOf(window)}: ` +
      `${rows.slice(0, MOST_NAMED).join('; ')}${most}. The first of two values is that of the source. Nothing of this ` +
      'chunk was written, and the chunks before it stay. Find out who wrote the rows and make them equal, then ' +
      'redrive: the chunk is compared again',
  );
}
