// Where people read: lines, one live line that is rewritten on a terminal, and tables.

const CLEAR_LINE = '\r\u001b[2K';

/** Time between progress lines when the output is not a terminal: longer while nothing changes. */
const PLAIN_FIRST_MS = 3_000;
const PLAIN_LAST_MS = 60_000;

/** Characters of a table's cell that are shown. */
const WIDEST_CELL = 60;

/** What a terminal needs of a stream. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class Terminal {
  private shown = '';
  private plainAt = 0;
  private plainKey = '';
  private plainEvery = PLAIN_FIRST_MS;

  constructor(
    private readonly output: Output,
    private readonly now: () => number = Date.now,
  ) {}

  line(text = ''): void {
    this.clear();
    this.output.write(`${text}\n`);
  }

  /**
   * Shows where things stand.
   *
   * @param key what a reader of a log wants one line for: a new key is always shown
   */
  live(text: string, key: string): void {
    if (this.output.isTTY) {
      const cut = text.slice(0, (this.output.columns ?? 100) - 1);
      if (cut !== this.shown) this.output.write(`${CLEAR_LINE}${cut}`);
      this.shown = cut;
      return;
    }
    if (key !== this.plainKey) this.plainEvery = PLAIN_FIRST_MS;
    else if (this.now() - this.plainAt < this.plainEvery) return;
    else this.plainEvery = Math.min(this.plainEvery * 1.5, PLAIN_LAST_MS);
    this.plainKey = key;
    this.plainAt = this.now();
    this.output.write(`${text}\n`);
  }

  /** Removes the live line. */
  clear(): void {
    if (this.shown) this.output.write(CLEAR_LINE);
    this.shown = '';
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const short = (cell: string) =>
      cell.length > WIDEST_CELL ? `${cell.slice(0, WIDEST_CELL - 1)}…` : cell;
    const cells = [head, ...rows].map((row) => row.map(short));
    const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
    const rule = widths.map((width) => '-'.repeat(width));
    for (const row of [cells[0]!, rule, ...cells.slice(1)]) {
      this.line(`  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd());
    }
  }
}
