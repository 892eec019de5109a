import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type ExecutionHistory, states, transitions, visits } from '../../cli/history';

type Brief = [type: string, previous: number, state?: string];

/** A history with an event a second. */
function history(status: string, brief: readonly Brief[], arn = 'root'): ExecutionHistory {
  const events = brief.map(([type, previousEventId, name], i) => ({
    id: i + 1,
    type,
    previousEventId,
    timestamp: new Date(i * 1000),
    ...(type.endsWith('Entered') && { stateEnteredEventDetails: { name } }),
    ...(type.endsWith('Exited') && { stateExitedEventDetails: { name } }),
  })) as HistoryEvent[];
  return { arn, status, events };
}

const FAILED: Brief[] = [
  ['ExecutionStarted', 0],
  ['TaskStateEntered', 0, 'Work'],
  ['TaskScheduled', 2],
  ['TaskFailed', 3],
  ['TaskScheduled', 4],
  ['TaskFailed', 5],
  ['ExecutionFailed', 6],
];
const REDRIVEN: Brief[] = [...FAILED, ['ExecutionRedriven', 7]];

it('names a state failed when it never ended', () => {
  expect(states([history('FAILED', FAILED)])).toEqual([
    { name: 'Work', status: 'failed', attempts: 2, seconds: 5 },
  ]);
});

test.each<[string, Brief[]]>([
  [
    'without a second entry',
    [
      ['TaskScheduled', 8],
      ['TaskSucceeded', 9],
      ['TaskStateExited', 10, 'Work'],
    ],
  ],
  [
    'with a second entry',
    [
      ['TaskStateEntered', 8, 'Work'],
      ['TaskScheduled', 9],
      ['TaskStateExited', 10, 'Work'],
    ],
  ],
])('names a redriven state succeeded, %s in the history', (_, rest) => {
  const all = [history('SUCCEEDED', [...REDRIVEN, ...rest])];
  expect(states(all)[0]).toMatchObject({ status: 'succeeded', attempts: 3, seconds: 8 });
  expect(visits(all[0]!).map(({ ended }) => ended)).toEqual([false, true]);
});

it('adds up what children did in states of the same name', () => {
  const child = history(
    'SUCCEEDED',
    [
      ['ExecutionStarted', 0],
      ['PassStateEntered', 0, 'Work'],
      ['PassStateExited', 2, 'Work'],
    ],
    'child',
  );
  expect(states([child, child])).toEqual([
    { name: 'Work', status: 'succeeded', attempts: 2, seconds: 2 },
  ]);
});

it('does not blame a run that succeeded for a child that a redrive replaced', () => {
  const root = history('SUCCEEDED', []);
  expect(states([root, history('FAILED', FAILED, 'child')])[0]!.status).toBe('succeeded');
  expect(states([{ ...root, status: 'FAILED' }, history('FAILED', FAILED)])[0]!.status).toBe(
    'failed',
  );
});

it('counts each entry and each further try as a transition', () => {
  expect(transitions([history('FAILED', FAILED)])).toBe(2);
});
