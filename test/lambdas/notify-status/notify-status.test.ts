import { notifyStatus } from '../../../lambdas/notify-status/core';
import { rememberExecution } from '../../../lambdas/shared/execution-index';
import { gateKey } from '../../../lambdas/shared/gates';
import { runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { FakeClock } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import {
  executionArn,
  FakeStepFunctions,
  FakeStore,
  FakeTopic,
  openedRun,
} from '../../support/runs';

const MACHINE =
  'arn:aws:states:us-east-1:000000000000:stateMachine:example-clickstream-data-migration';
const STOPPED_AT = Date.parse('2026-01-02T03:04:05.678Z');

let db: Awaited<ReturnType<typeof startLedger>>;
let sfn: FakeStepFunctions;
let topic: FakeTopic;
let files: FakeStore;
let run: RunItem;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
beforeEach(async () => {
  sfn = new FakeStepFunctions();
  topic = new FakeTopic();
  files = new FakeStore();
  run = await openedRun(db.ledger);
  await rememberExecution(db.ledger, run.executionArn, run.runId);
  sfn.history = [
    { type: 'ExecutionAborted' },
    { type: 'TaskFailed' },
    { type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Settle the applications' } },
    { type: 'MapStateEntered', stateEnteredEventDetails: { name: 'For each application' } },
  ];
});

const notify = (status: string, arn = run.executionArn, stopDate: number | null = STOPPED_AT) =>
  notifyStatus(
    { detail: { executionArn: arn, stateMachineArn: MACHINE, status, stopDate } },
    {
      ledger: db.ledger,
      sfn: sfn.client,
      store: files.store,
      publish: topic.publish,
      clock: new FakeClock(),
      reportUri: (id) => `s3://reports/${id}/report.html`,
    },
  );

/** The end as the history tells it. */
const endedWith = (error: string, cause: string) => {
  sfn.history[0] = { type: 'ExecutionFailed', executionFailedEventDetails: { error, cause } };
};

const failedWith = (error: string, errorMessage: string, redriveStatus = 'REDRIVABLE') => {
  endedWith(error, JSON.stringify({ errorType: error, errorMessage, trace: ['secret path'] }));
  sfn.describes[run.executionArn] = { status: 'FAILED', redriveStatus };
};

it('tells machine, state, message, link, redrive and what to do after a failure', async () => {
  failedWith('ItemsLeftError', '1 of 2 items are not done. shop: disk is full');
  await notify('FAILED');
  const [{ subject, lines }] = topic.notices as [(typeof topic.notices)[0]];
  expect(subject).toBe(`example-clickstream-data-migration FAILED (${run.runId})`);
  expect(lines).toEqual([
    'Machine: example-clickstream-data-migration',
    'Status: FAILED in state "Settle the applications"',
    'Error: ItemsLeftError',
    'Message: 1 of 2 items are not done. shop: disk is full',
    'Redrive: yes, after the repair',
    `Execution: https://console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/${run.executionArn}`,
    `Run: ${run.runId}`,
    `Report: s3://reports/${run.runId}/report.html`,
    '',
    'What to do:',
    '- Repair what the message names, then redrive the execution: what is done stays done.',
    `- To go on with a newer definition, start a new execution with {"continueRun": "${run.runId}"}.`,
    `- To give the run up, start the release machine with {"run": "${run.runId}"}; until then it keeps its leases.`,
  ]);
});

it('keeps the end in the ledger, so that the report tells it; a duplicate event keeps it once', async () => {
  failedWith('ItemsLeftError', 'disk is full');
  await notify('FAILED');
  await notify('FAILED');
  const report = JSON.parse(files.files[`${run.runId}/report.json`]!);
  expect(report.ends).toEqual([
    {
      executionArn: run.executionArn,
      status: 'FAILED',
      at: '2026-01-02T03:04:05.678Z',
      state: 'Settle the applications',
      error: 'ItemsLeftError',
      cause: 'disk is full',
      redrivable: true,
    },
  ]);
  expect(report.next[0]).toMatch(/^Repair what the message names/);
});

it('tells of the failure although a redrive is under way already', async () => {
  failedWith('ItemsLeftError', 'disk is full');
  sfn.describes[run.executionArn] = { status: 'RUNNING', redriveStatus: 'NOT_REDRIVABLE' };
  sfn.history.unshift(
    { type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'A later state' } },
    { type: 'ExecutionRedriven' },
  );
  await notify('FAILED');
  expect(topic.notices[0]!.lines.slice(1, 5)).toEqual([
    'Status: FAILED in state "Settle the applications"',
    'Error: ItemsLeftError',
    'Message: disk is full',
    'Redrive: yes, after the repair',
  ]);
});

it('says that a refused input needs a new execution', async () => {
  const arn = executionArn('refused');
  sfn.describes[arn] = { status: 'FAILED', redriveStatus: 'REDRIVABLE' };
  endedWith('RefusedInputError', 'bad');
  expect(await notify('FAILED', arn)).toEqual({ runId: null, status: 'FAILED' });
  const text = topic.notices[0]!.lines.join('\n');
  expect(text).toContain('Redrive: no');
  expect(text).toContain('start a new execution as the message says');
  expect(text).toContain('Message: bad');
  expect(files.files).toEqual({});
});

it('says that a stopped execution goes on when it is redriven', async () => {
  sfn.describes[run.executionArn] = { status: 'ABORTED', redriveStatus: 'REDRIVABLE' };
  await notify('ABORTED');
  expect(topic.notices[0]!.lines).toContain(
    '- The execution was stopped. To go on, redrive it: what is done stays done.',
  );
});

it('says when an execution cannot be redriven any more', async () => {
  failedWith('X', 'y', 'NOT_REDRIVABLE');
  await notify('FAILED', run.executionArn, null);
  expect(topic.notices[0]!.lines).toContain('- The execution cannot be redriven any more.');
  expect(topic.notices[0]!.lines).toContain('Redrive: no');
});

it('tells of success in a few lines', async () => {
  sfn.describes[run.executionArn] = { status: 'SUCCEEDED', redriveStatus: 'NOT_REDRIVABLE' };
  await notify('SUCCEEDED');
  expect(topic.notices[0]!.lines).toEqual([
    'Machine: example-clickstream-data-migration',
    'Status: SUCCEEDED',
    expect.stringMatching(/^Execution: /),
    `Run: ${run.runId}`,
    `Report: s3://reports/${run.runId}/report.html`,
  ]);
});

it('links to the console of the partition', async () => {
  const arn = run.executionArn
    .replace('arn:aws:', 'arn:aws-cn:')
    .replace('us-east-1', 'cn-north-1');
  sfn.describes[arn] = { status: 'FAILED' };
  await notify('FAILED', arn);
  expect(topic.notices[0]!.lines.join('\n')).toContain(
    'https://console.amazonaws.cn/states/home?region=cn-north-1#',
  );
});

describe('what people prepared at a gate', () => {
  const gate = {
    name: 'maintenance-window',
    undo: ['Take the landing page down.', 'Let the feeds go on.'],
    answer: 'approve',
    answeredAt: '2026-01-02T01:00:00.000Z',
  };
  const text = () => topic.notices[0]!.lines.join('\n');
  beforeEach(() => db.ledger.put(gateKey(run.runId, gate.name), gate));

  it('is named by the notice of success, with the time it lasted', async () => {
    const endedAt = '2026-01-02T03:04:05.678Z';
    await db.ledger.put(runKey(run.runId), { ...run, status: 'succeeded', endedAt });
    await notify('SUCCEEDED');
    expect(text()).toContain(
      'What gate maintenance-window asked for lasted from 2026-01-02T01:00:00.000Z to 2026-01-02T03:04:05.678Z, 124 minutes. Now undo it:\n' +
        '- Take the landing page down.\n- Let the feeds go on.',
    );
  });

  it('is to stay while the run has failed and may be redriven', async () => {
    failedWith('StatementError', 'no');
    await notify('FAILED');
    expect(text()).toContain('leave as it is what was prepared for it');
    expect(text()).not.toContain('Take the landing page down');
  });

  it('is not named when nobody approved it', async () => {
    await db.ledger.put(gateKey(run.runId, gate.name), { ...gate, answer: 'refuse' });
    await db.ledger.put(runKey(run.runId), { ...run, status: 'released', endedAt: 'x' });
    await notify('FAILED');
    expect(text()).not.toContain('Take the landing page down');
  });
});

describe('a Map that tolerates no failure', () => {
  const child = 'arn:aws:states:us-east-1:000000000000:execution:machine/Versions:abc';
  const failed = () => {
    endedWith(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
    sfn.describes[run.executionArn] = { status: 'FAILED', redriveStatus: 'REDRIVABLE' };
    sfn.describes[child] = {
      executionArn: child,
      status: 'FAILED',
      error: 'HostCommandFailedError',
      cause: JSON.stringify({ errorMessage: 'pip shows 1.3.2, not 2.4.0', trace: ['secret path'] }),
    };
    sfn.answers.ListMapRuns = () => ({
      mapRuns: [{ mapRunArn: 'arn:map-run', startDate: new Date(1) }],
    });
    sfn.answers.ListExecutions = ({ statusFilter }) => ({
      executions: statusFilter === 'FAILED' ? [{ executionArn: child }] : [],
    });
  };

  it('is told with the error of the child that failed', async () => {
    failed();
    await notify('FAILED');
    const text = topic.notices[0]!.lines.join('\n');
    expect(text).toContain('Error: States.ExceedToleratedFailureThreshold');
    expect(text).toContain(
      `Message: HostCommandFailedError: pip shows 1.3.2, not 2.4.0 (in ${child})`,
    );
    expect(text).not.toContain('secret path');
    expect(text).toContain('Redrive: yes');
  });

  it('is told, and why nobody knows more, where the child may not be asked', async () => {
    failed();
    sfn.fail.ListMapRuns = [Object.assign(new Error('no'), { name: 'AccessDeniedException' })];
    await notify('FAILED');
    const text = topic.notices[0]!.lines.join('\n');
    expect(text).toContain('Error: States.ExceedToleratedFailureThreshold');
    expect(text).toContain('failed; what with could not be asked: no');
  });
});
