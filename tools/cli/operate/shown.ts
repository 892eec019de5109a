// What a watch prints of look after look: each thing once.

import type { TimedBatch } from '../ledger-view';
import type { Terminal } from '../terminal';
import type { OperateOptions } from './kit';
import { attemptText, gateLines, liveLine, logText } from './show';
import type { RunSight } from './sight';
import { Tries } from './tries';

/** Prints what is new. */
export class Shown {
  private readonly gates = new Set<string>();
  private readonly lines = new Set<string>();
  private readonly tries = new Tries();
  private first = true;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: OperateOptions,
  ) {}

  /** @param batches all tries that have ended; of those from before the first look the last ones are printed */
  sight(sight: RunSight, batches: readonly TimedBatch[] = sight.attempts): void {
    const ended = this.tries.lines(batches);
    for (const text of this.first ? sight.attempts.map(attemptText) : ended) {
      this.terminal.line(text);
    }
    this.first = false;
    for (const text of sight.log.map(logText)) {
      if (this.lines.has(text)) continue;
      this.lines.add(text);
      this.terminal.line(text);
    }
    for (const gate of sight.gates) {
      const id = `${gate.name} ${gate.askedAt}`;
      if (this.gates.has(id)) continue;
      this.gates.add(id);
      for (const line of gateLines(sight, gate, this.options)) this.terminal.line(line);
    }
    if (sight.status !== 'RUNNING') return;
    const { text, key } = liveLine(sight);
    this.terminal.live(text, key);
  }
}
