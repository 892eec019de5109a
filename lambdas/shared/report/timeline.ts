import type { BatchRecord } from './model';

/** A bar of the timeline, in percent of the whole run. */
export interface Bar {
  readonly left: number;
  readonly width: number;
  readonly batch: BatchRecord;
}

/** One line of the timeline: a step, or a step of one item. */
export interface Lane {
  readonly label: string;
  readonly bars: readonly Bar[];
}

/** Lanes in the order they began. A bar has a width that can be seen, however short its batch was. */
export function lanesOf(batches: readonly BatchRecord[]): Lane[] {
  const starts = batches.map(({ startedAt }) => Date.parse(startedAt));
  const ends = batches.map(({ endedAt }) => Date.parse(endedAt));
  const from = Math.min(...starts);
  const span = Math.max(1, Math.max(...ends) - from);
  const lanes = new Map<string, Bar[]>();
  for (const [i, batch] of batches.entries()) {
    const label = batch.item === undefined ? batch.step : `${batch.item}: ${batch.step}`;
    const left = (100 * (starts[i]! - from)) / span;
    const width = Math.max(0.3, (100 * (ends[i]! - starts[i]!)) / span);
    const bar: Bar = { left: Math.min(left, 99.7), width: Math.min(width, 100 - left), batch };
    lanes.set(label, [...(lanes.get(label) ?? []), bar]);
  }
  return [...lanes].map(([label, bars]) => ({ label, bars }));
}
