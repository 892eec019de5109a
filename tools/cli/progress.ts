// Where a run stands, as one line: state, item, window, rows, rate, time left.

import { count, duration } from './format';
import type { StepProgress } from './ledger-view';

/** What is seen at one instant. */
export interface Sight {
  /** Seconds since the execution started. */
  readonly seconds: number;
  readonly state: string | undefined;
  readonly steps: readonly StepProgress[];
}

/** Rows and batches of a step at some instant. */
interface Mark {
  readonly seconds: number;
  readonly rows: number;
  readonly doneBatches: number;
}

/** Remembers how each step began and when it last went on, for rate and time left. */
export class ProgressLine {
  private readonly marks = new Map<string, { first: Mark; last: Mark }>();

  /** The line, and what has to change for a reader of a log to want it at once. */
  text({ seconds, state, steps }: Sight): { text: string; key: string } {
    for (const step of steps) this.mark(step, seconds);
    const parts = [duration(seconds), state ?? 'starting'];
    const current = steps.findLast((step) => !step.done);
    if (current) parts.push(...this.of(current, seconds));
    return { text: `  ${parts.join('  ')}`, key: `${state} ${current?.item}` };
  }

  private of(step: StepProgress, seconds: number): string[] {
    const { item, title, rows, batches, doneBatches } = step;
    const parts = item === undefined ? [] : [item];
    if (title !== undefined) parts.push(`${title} (${doneBatches + 1} of ${batches})`);
    if (rows > 0) parts.push(`${count(rows)} rows`);
    const { first, last } = this.marks.get(idOf(step))!;
    const elapsed = last.seconds - first.seconds;
    if (elapsed <= 0) return parts;
    if (last.rows > first.rows) {
      parts.push(`${count((last.rows - first.rows) / elapsed)} rows/s`);
    }
    const each = elapsed / (last.doneBatches - first.doneBatches);
    if (Number.isFinite(each)) {
      const left = (batches - doneBatches) * each - (seconds - last.seconds);
      parts.push(`${duration(left)} left`);
    }
    return parts;
  }

  private mark(step: StepProgress, seconds: number): void {
    const { rows, doneBatches } = step;
    const mark = { seconds, rows, doneBatches };
    const seen = this.marks.get(idOf(step));
    if (!seen) this.marks.set(idOf(step), { first: mark, last: mark });
    else if (seen.last.rows !== rows || seen.last.doneBatches !== doneBatches) seen.last = mark;
  }
}

const idOf = ({ step, item }: StepProgress): string => `${step} ${item ?? ''}`;
