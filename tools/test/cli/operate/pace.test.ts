import type { StepProgress, TimedBatch } from '../../../cli/ledger-view';
import { paceOf } from '../../../cli/operate/pace';
import { stepSight } from '../../../cli/operate/sight';

const T0 = Date.parse('2026-01-31T10:00:00Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

const batch = (from: number, to: number, more: Partial<TimedBatch> = {}): TimedBatch => ({
  ...{ step: 'events', item: 'shop', title: '5 days', attempt: 1, status: 'done', rows: 1_000 },
  ...{ startedAt: at(from), endedAt: at(to), ...more },
});
const step: StepProgress = {
  ...{ step: 'events', item: 'shop', title: '15 days', done: false, batches: 6, doneBatches: 2 },
  ...{ rows: 2_000, renewedAt: T0, since: T0 + 100_000 },
};

it('knows nothing before a batch is done', () => {
  expect(paceOf({ ...step, doneBatches: 0 }, [], T0)).toEqual({});
  expect(paceOf(step, [batch(0, 50, { status: 'failed' })], T0)).toEqual({});
});

it('takes the mean of the batches that are done, and what the one at work has left of it', () => {
  const done = [batch(0, 40), batch(40, 100)];
  // 50 s each; the third has run for 20 s: 30 + 3 more.
  expect(paceOf(step, done, T0 + 120_000)).toEqual({ rowsPerSecond: 20, secondsLeft: 180 });
});

it('time left never falls below what the batches behind this one take', () => {
  const done = [batch(0, 40), batch(40, 100)];
  expect(paceOf(step, done, T0 + 900_000).secondsLeft).toBe(150);
});

it('counts all calls of a batch, and leaves out tries that failed, other steps and other items', () => {
  const own = [batch(0, 30), batch(30, 60), batch(60, 100)];
  const others = [
    batch(0, 500, { item: 'order' }),
    batch(0, 500, { step: 'users' }),
    batch(0, 500, { status: 'stopped' }),
  ];
  expect(paceOf(step, [...own, ...others], T0 + 100_000)).toEqual({
    rowsPerSecond: 30,
    secondsLeft: 200,
  });
});

it('has no time left when all is done, and no rate where no rows are told', () => {
  const done = [batch(0, 40), batch(40, 100)];
  expect(paceOf({ ...step, done: true, doneBatches: 6 }, done, T0).secondsLeft).toBeUndefined();
  const silent = done.map((one) => ({ ...one, rows: undefined }));
  expect(paceOf(step, silent, T0 + 100_000)).toEqual({
    rowsPerSecond: undefined,
    secondsLeft: 200,
  });
});

it('a step that is done shows no window', () => {
  expect(stepSight({ ...step, done: true }, [], T0)).toEqual({
    ...{ step: 'events', item: 'shop', done: true, batches: 6, doneBatches: 2, rows: 2_000 },
  });
});
