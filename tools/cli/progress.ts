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

/** Remembers when each step was first seen, for rate and time left. */
export class ProgressLine {
  private readonly seen = new Map<string, { seconds: number; rows: number; doneBatches: number }>();

  text({ seconds, state, steps }: Sight): { text: string; key: string } {
    for (const step of steps) {
      const id = `${step.step} ${step.item ?? ''}`;
      const { rows, doneBatches } = step;
      if (!this.seen.has(id)) this.seen.set(id, { seconds, rows, doneBatches });
    }
    const current = steps.findLast((step) => !step.done);
    const parts = [duration(seconds), state ?? 'starting'];
    if (!current) return { text: `  ${parts.join('  ')}`, key: parts[1]! };
    const { item, title, rows, batches, doneBatches } = current;
    const first = this.seen.get(`${current.step} ${item ?? ''}`)!;
    const elapsed = seconds - first.seconds;
    if (item !== undefined) parts.push(item);
    if (title !== undefined) parts.push(`${title} (${doneBatches + 1} of ${batches})`);
    if (rows > 0) parts.push(`${count(rows)} rows`);
    if (rows > first.rows && elapsed > 0) {
      parts.push(`${count((rows - first.rows) / elapsed)} rows/s`);
    }
    const did = doneBatches - first.doneBatches;
    if (did > 0 && elapsed > 0) {
      parts.push(`${duration(((batches - doneBatches) * elapsed) / did)} left`);
    }
    return { text: `  ${parts.join('  ')}`, key: `${state} ${current.step} ${item} ${title}` };
  }
}
