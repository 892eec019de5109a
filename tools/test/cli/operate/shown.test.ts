// What a watch prints of a look.

import { Shown } from '../../../cli/operate/shown';
import type { RunSight } from '../../../cli/operate/sight';
import { Terminal } from '../../../cli/terminal';

const SIGHT: RunSight = {
  ...{ execution: 'arn:one', machine: 'prod-clickstream-upgrade', stack: 'prod-clickstream' },
  ...{
    run: 'run-20260131-0a1b2c3d4e',
    status: 'RUNNING',
    runStatus: 'open',
    redriveCount: 0,
    redrivable: false,
  },
  ...{
    startedAt: '2026-01-31T10:00:00.000Z',
    stoppedAt: null,
    seconds: 75,
    error: null,
    cause: null,
  },
  states: ['Migrate the applications', 'Run event batches'],
  maps: [{ state: 'Migrate the applications', total: 3, succeeded: 1, running: 1, failed: 1 }],
  steps: [
    {
      ...{ step: 'events', item: 'shop', window: '15 days', done: false, batches: 6 },
      ...{ doneBatches: 2, rows: 30_000, rowsPerSecond: 1_500.4, secondsLeft: 40 },
    },
  ],
  ...{ copies: [], gates: [], log: [], attempts: [] },
};

function shown() {
  const written: string[] = [];
  const shown = new Shown(new Terminal({ write: (text) => written.push(text) }, () => 0), {});
  return { shown, written };
}

it('shows states, window, rows, rate and time left in one line', () => {
  const { shown: one, written } = shown();
  one.sight(SIGHT);
  expect(written).toEqual([
    '  1:15  Migrate the applications > Run event batches  1 of 3 done, 1 failed  shop  15 days (3 of 6)  ' +
      '30,000 rows  1,500 rows/s  0:40 left\n',
  ]);
});

it('shows lines of the log, tries that ended and gates once each', () => {
  const { shown: one, written } = shown();
  const sight: RunSight = {
    ...SIGHT,
    log: [{ step: 'events', level: 'info', message: 'moved  10', loggedAt: '2026-01-31 10:00:01' }],
    attempts: [
      {
        ...{
          step: 'events',
          item: 'shop',
          title: '5 days',
          attempt: 2,
          status: 'failed',
          error: 'no disk',
        },
        ...{
          startedAt: '2026-01-31T10:00:00Z',
          endedAt: '2026-01-31T10:00:01Z',
          rows: 1,
          seconds: 61,
        },
      },
    ],
    gates: [{ name: 'cleanup', question: 'Drop\nall?', askedAt: '2026-01-31T10:00:02Z' }],
  };
  one.sight(sight);
  one.sight(sight);
  const text = written.join('');
  expect(text.match(/log {2}2026-01-31 10:00:01 {2}info {3}moved 10/g)).toHaveLength(1);
  expect(
    text.match(/events {2}shop {2}5 days {2}attempt 2 {2}failed {2}1 row {2}1:01 {2}no disk/g),
  ).toHaveLength(1);
  expect(
    text.match(/Gate cleanup asks since 2026-01-31T10:00:02Z:\n {2}Drop\n {2}all\?/g),
  ).toHaveLength(1);
  expect(text).toContain(
    'runbooks answer arn:one cleanup approve --asked 2026-01-31T10:00:02Z --by',
  );
});

it('shows the ranges of a copy and why they rest', () => {
  const { shown: one, written } = shown();
  const copy = {
    range: 'r1',
    phase: 'copy',
    done: false,
    rows: 1_000,
    rowsPerSecond: 250,
    secondsLeft: 90,
    pausedNow: 'lag',
  };
  one.sight({
    ...SIGHT,
    maps: [],
    steps: [],
    copies: [copy, { ...copy, range: 'r2', done: true }],
  });
  expect(written.join('')).toMatch(/r1 1,000 rows 250 rows\/s 1:30 left rests: lag\n$/);
});
