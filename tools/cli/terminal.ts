// Where people read: lines, one live line that is rewritten on a terminal, and tables.

const CLEAR_LINE = '\r\u001b[2K';

/** Time between two progress lines when the output is not a terminal. */
const PLAIN_EVERY_MS = 3_000;

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
    if (key === this.plainKey && this.now() - this.plainAt < PLAIN_EVERY_MS) return;
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
    const all = [head, head.map((cell) => '-'.repeat(cell.length)), ...rows];
    const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
    for (const row of all.map((r, i) => (i === 1 ? widths.map((w) => '-'.repeat(w)) : r))) {
      this.line(`  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd());
    }
  }
}
