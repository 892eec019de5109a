// A run as Step Functions and ledger tell of it, for the page: a gate, a Map with a child, windows, checks.

import { Aws } from '../../../cli/operate/aws';
import type { Kit } from '../../../cli/operate/kit';
import { subjectOf } from '../../../cli/operate/subject';
import { Terminal } from '../../../cli/terminal';
import { serve } from '../../../cli/web/server';
import { executionArn, REGION, StandIn, seconds } from '../operate/stand-in';

export const ARN = executionArn('one');
export const RUN = 'run-20260131-0a1b2c3d4e';
const MAP_RUN = `arn:aws:states:${REGION}:123456789012:mapRun:prod-demo-run/x:1`;
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

const BEGUN = [
  ['ExecutionStarted', '', 0],
  ['TaskStateEntered', 'Check the input', 0],
  ['TaskStateExited', 'Check the input', 1],
  ['TaskStateEntered', 'May it begin?', 1],
] as const;
const PASSED = [
  ...BEGUN,
  ['TaskStateExited', 'May it begin?', 30],
  ['MapStateEntered', 'For each application', 30],
  ['MapRunStarted', '', 30],
] as const;
const AT_WORK = [
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
const progressOf = (done: number) => ({
  ...{ pk: `run#${RUN}`, sk: 'progress#events#shop', batch: done, done: false },
  ...{ rows: 100 * done + (done * (done - 1)) / 2, renewedAt: START },
  attempt: { intentAt: Date.parse(time(31 + 4 * done)) },
  payload: {
    ...{ step: 'events', item: { key: 'shop' }, statement: { file: 'f', parameters: {} } },
    plan: { kind: 'count', batches: done + 2 },
  },
});

/** Stand-in, kit and server of a run at a stage. */
export async function scene(
  stage: Stage,
  batches: readonly object[] = [batch(0), batch(1)],
  definition: object = DEFINITION,
) {
  const aws = new StandIn();
  let now: Stage = stage;
  const status = () => (now === 'failed' ? 'FAILED' : 'RUNNING');
  const ended = () =>
    now === 'failed'
      ? {
          stopDate: seconds(time(60)),
          error: 'ItemsLeftError',
          cause: '{"errorMessage":"shop: no disk"}',
        }
      : {};
  aws.answers['states.DescribeExecution'] = ({ executionArn: arn }) => ({
    ...{ executionArn: arn, stateMachineArn: 'm', status: status(), redriveCount: 0 },
    ...{
      startDate: seconds(time(0)),
      redriveStatus: now === 'failed' ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    },
    ...ended(),
  });
  aws.answers['states.DescribeStateMachineForExecution'] = () => ({
    ...{ stateMachineArn: 'm', name: 'm', roleArn: 'r', updateDate: 0 },
    definition: JSON.stringify(definition),
  });
  const end = [['ExecutionFailed', '', 60]] as const;
  const closing = () => (now === 'failed' ? end : []);
  aws.answers['states.GetExecutionHistory'] = ({ executionArn: arn, reverseOrder }) => {
    const root = now === 'gate' ? BEGUN : PASSED;
    const all = events(...(arn === ARN ? root : AT_WORK), ...closing());
    return { events: reverseOrder ? all.reverse() : all };
  };
  aws.answers['states.ListMapRuns'] = () => ({
    mapRuns: now === 'gate' ? [] : [{ mapRunArn: MAP_RUN, startDate: seconds(time(30)) }],
  });
  aws.answers['states.DescribeMapRun'] = () => ({
    mapRunArn: MAP_RUN,
    itemCounts: { total: 1, succeeded: 0, running: now === 'running' ? 1 : 0, failed: 0 },
  });
  aws.answers['states.ListExecutions'] = () => ({
    executions: [
      { executionArn: CHILD, status: status(), startDate: seconds(time(31)), ...ended() },
    ],
  });
  const records = () => [
    { pk: `execution#${ARN}`, sk: 'run', runId: RUN },
    { pk: `run#${RUN}`, sk: 'run', runId: RUN, status: 'open', executionArn: ARN },
    progressOf(batches.length),
    { ...GATE, ...(now === 'gate' ? {} : { answer: 'approve', by: 'Ada', answeredAt: time(30) }) },
    { pk: `run#${RUN}`, sk: 'check#rows', name: 'rows', expected: '10', actual: '9', ok: false },
    { pk: `run#${RUN}`, sk: 'item#applications#shop', status: 'failed', error: 'NoDisk' },
    ...batches,
  ];
  const refresh = () => {
    aws.ledger = records() as never;
  };
  refresh();
  await aws.start();
  const interrupt = new AbortController();
  const printed: string[] = [];
  const kit: Kit = {
    aws: new Aws({ region: REGION, endpointUrl: aws.url }, interrupt.signal),
    terminal: new Terminal({ write: (text) => printed.push(text) }),
    ...{ signal: interrupt.signal, options: {}, sending: () => undefined },
  };
  const subject = await subjectOf(kit, ARN);
  const served = await serve(kit, subject, { every: 1, port: 0 });
  return {
    ...{ aws, kit, subject, printed, url: served.url },
    go(next: Stage, more: readonly object[] = batches) {
      now = next;
      batches = more;
      refresh();
    },
    async stop() {
      await served.close();
      kit.aws.close();
      await aws.stop();
    },
  };
}
