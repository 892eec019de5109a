// Where a run stands, in lines for people.

import { count, duration, plural } from '../format';
import type { TimedBatch } from '../ledger-view';
import type { OperateOptions } from './kit';
import type { CopySight, LogSight, RunSight, StepSight } from './sight';
import { typed } from './typed';

/** The live line: time, states, and the step that is at work. */
export function liveLine(sight: RunSight): { readonly text: string; readonly key: string } {
  const step = sight.steps.findLast(({ done }) => !done);
  const copies = sight.copies.filter(({ done }) => !done);
  const states = sight.states.join(' > ') || 'starting';
  const parts = [
    duration(sight.seconds),
    states,
    ...sight.maps.slice(-1).map(mapText),
    ...(step ? stepParts(step) : []),
    ...copies.map(copyText),
    ...sight.gates.map(({ name }) => `waits at gate ${name}`),
  ];
  const key = [states, step?.item, ...sight.gates.map(({ name }) => name)].join(' ');
  return { text: `  ${parts.join('  ')}`, key };
}

const mapText = ({ total, succeeded, failed }: RunSight['maps'][number]): string =>
  `${succeeded} of ${total} done${failed > 0 ? `, ${failed} failed` : ''}`;

/** `shop  15 days (3 of 6)  30,000 rows  1,500 rows/s  0:40 left` */
function stepParts(step: StepSight): string[] {
  const { item, window, doneBatches, batches, rows, rowsPerSecond, secondsLeft } = step;
  return [
    ...(item === undefined ? [] : [item]),
    ...(window === undefined ? [] : [`${window} (${doneBatches + 1} of ${batches})`]),
    ...(rows > 0 ? [`${count(rows)} rows`] : []),
    ...rate(rowsPerSecond),
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
  ];
}

function copyText(copy: CopySight): string {
  const { range, rows, rowsPerSecond, secondsLeft, pausedNow } = copy;
  const parts = [
    `${range} ${count(rows)} rows`,
    ...rate(rowsPerSecond),
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
    ...(pausedNow === null ? [] : [`rests: ${pausedNow}`]),
  ];
  return parts.join(' ');
}

const rate = (rowsPerSecond: number | undefined): string[] =>
  rowsPerSecond ? [`${count(rowsPerSecond)} rows/s`] : [];

/** `2026-01-31 10:00:00 info    events of shop: 1,000 moved` */
export const logText = ({ loggedAt, level, message }: LogSight): string =>
  `  log  ${loggedAt}  ${level.padEnd(5)}  ${message.replace(/\s+/g, ' ')}`;

/** A try at a batch that is over. */
export function attemptText(batch: TimedBatch): string {
  const parts = [
    batch.endedAt,
    batch.step,
    ...(batch.item === undefined ? [] : [batch.item]),
    batch.title,
    `attempt ${batch.attempt}`,
    batch.status,
    ...(batch.rows === undefined ? [] : [plural(batch.rows, 'row')]),
    ...(batch.seconds === undefined ? [] : [duration(batch.seconds)]),
    ...(batch.error === undefined ? [] : [batch.error]),
  ];
  return `  done  ${parts.join('  ')}`;
}

/** How to answer a gate from another terminal. */
export function gateLines(
  { execution }: RunSight,
  { name, askedAt, question }: RunSight['gates'][number],
  options: OperateOptions,
): string[] {
  // It answers this question, and not another one that the gate may ask later.
  const line = (said: string) =>
    `  ${typed(options, 'answer', execution, name, said, '--asked', askedAt)} --by 'your name' --reason 'why'`;
  return [
    '',
    `Gate ${name} asks since ${askedAt}:`,
    ...question.split('\n').map((line) => `  ${line}`),
    'Answer it from another terminal:',
    line('approve'),
    line('refuse'),
  ];
}
