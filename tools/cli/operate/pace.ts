// How fast a step goes and how long it will take, from what the ledger says of its batches: the same for
// whoever looks, and whenever they began to.

import type { StepProgress, TimedBatch } from '../ledger-view';

/** Rate and time left; absent while no batch is done, time left also when none is left. */
export interface Pace {
  readonly rowsPerSecond?: number;
  readonly secondsLeft?: number;
}

/** @param now epoch milliseconds */
export function paceOf(step: StepProgress, all: readonly TimedBatch[], now: number): Pace {
  const done = all.filter(
    (one) => one.step === step.step && one.item === step.item && one.status === 'done',
  );
  const seconds = done.reduce((sum, one) => sum + lengthOf(one), 0);
  if (done.length === 0 || seconds <= 0) return {};
  const rows = done.reduce((sum, { rows = 0 }) => sum + rows, 0);
  const rowsPerSecond = rows > 0 ? rows / seconds : undefined;
  const left = step.batches - step.doneBatches;
  if (step.done || left <= 0 || step.doneBatches === 0) return { rowsPerSecond };
  // A batch may take several calls: each is a record, and all are its time.
  const each = seconds / step.doneBatches;
  const gone = step.since === undefined ? 0 : Math.max(0, (now - step.since) / 1000);
  // The batch at work may take longer than others did: those behind it are still ahead.
  const secondsLeft = (left - 1) * each + Math.max(0, each - gone);
  return { rowsPerSecond, secondsLeft };
}

const lengthOf = ({ startedAt, endedAt }: TimedBatch): number =>
  Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
