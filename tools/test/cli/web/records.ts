// What Step Functions and a ledger tell of a run: a gate, a Map with a child, windows.

import { executionArn, REGION } from '../operate/stand-in';

export const ARN = executionArn('one');
export const RUN = 'run-20260131-0a1b2c3d4e';
export const MAP_RUN = `arn:aws:states:${REGION}:123456789012:mapRun:prod-demo-run/x:1`;
export const CHILD = executionArn('child', 'prod-demo-run/Each');
export const START = Date.parse('2026-01-01T10:00:00Z');
export const time = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };
export const DEFINITION = {
  StartAt: 'Check the input',
  States: {
    'Check the input': { ...task, Comment: 'refuses what cannot be done', Next: 'May it begin?' },
    'May it begin?': {
      ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' },
      Next: 'For each application',
    },
    'For each application': {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'Run event batches',
        States: {
          'Run event batches': { ...task, Next: 'More batches?' },
          'More batches?': {
            Type: 'Choice',
            Choices: [
              { Condition: "{% $states.input.status = 'running' %}", Next: 'Run event batches' },
            ],
            Default: 'Mark it done',
          },
          'Mark it done': { ...task, End: true },
        },
      },
      Next: 'Compare',
    },
    Compare: { ...task, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
};

/** Events of an execution from `[type, state, minutes]`. */
export const events = (
  ...all: readonly (readonly [type: string, state: string, minutes: number])[]
) =>
  all.map(([type, name, minutes], i) => ({
    ...{ id: i + 1, previousEventId: i, type, timestamp: (START + minutes * 60_000) / 1000 },
    ...(type.endsWith('Entered') ? { stateEnteredEventDetails: { name } } : {}),
    ...(type.endsWith('Exited') ? { stateExitedEventDetails: { name } } : {}),
    ...(type === 'MapRunStarted' ? { mapRunStartedEventDetails: { mapRunArn: MAP_RUN } } : {}),
  }));

export const BEGUN = [
  ['ExecutionStarted', '', 0],
  ['TaskStateEntered', 'Check the input', 0],
  ['TaskStateExited', 'Check the input', 1],
  ['TaskStateEntered', 'May it begin?', 1],
] as const;
export const PASSED = [
  ...BEGUN,
  ['TaskStateExited', 'May it begin?', 30],
  ['MapStateEntered', 'For each application', 30],
  ['MapRunStarted', '', 30],
] as const;
export const AT_WORK = [
  ['ExecutionStarted', '', 31],
  ['TaskStateEntered', 'Run event batches', 31],
] as const;

/** Where the run is. */
export type Stage = 'gate' | 'running' | 'failed';

export const batch = (n: number, more: object = {}) => ({
  ...{ pk: `run#${RUN}`, sk: `batch#events#shop#${String(n).padStart(6, '0')}#1` },
  ...{ step: 'events', item: 'shop', title: `window ${n}`, attempt: 1, status: 'done' },
  ...{ startedAt: time(31 + 4 * n), endedAt: time(34 + 4 * n), rows: 100 + n, seconds: 180 },
  ...more,
});

export const GATE = {
  ...{
    pk: `run#${RUN}`,
    sk: 'gate#begin',
    name: 'begin',
    question: 'Begin?\n<b>All</b> loads rest.',
  },
  ...{ hash: 'h', token: 'SECRET-TOKEN', askedAt: time(1) },
};

/** The step whose batches these are: two more are planned. */
export const progressOf = (done: number) => ({
  ...{ pk: `run#${RUN}`, sk: 'progress#events#shop', batch: done, done: false },
  ...{ rows: 100 * done + (done * (done - 1)) / 2, renewedAt: START },
  attempt: { intentAt: Date.parse(time(31 + 4 * done)) },
  payload: {
    ...{ step: 'events', item: { key: 'shop' }, statement: { file: 'f', parameters: {} } },
    plan: { kind: 'count', batches: done + 2 },
  },
});
