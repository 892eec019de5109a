import { checkQuietRun } from '../../../lambdas/check-quiet-run/core';
import { rememberExecution } from '../../../lambdas/shared/execution-index';
import { runKey } from '../../../lambdas/shared/ledger';
import { freeLeases, type RunItem } from '../../../lambdas/shared/runs';
import { startLedger } from '../../support/ledger';
import { executionArn, FakeStepFunctions, openedRun } from '../../support/runs';

const STOPPED_AT = Date.parse('2026-01-02T03:04:05.678Z');

let db: Awaited<ReturnType<typeof startLedger>>;
let sfn: FakeStepFunctions;
let run: RunItem;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
beforeEach(async () => {
  sfn = new FakeStepFunctions();
  run = await openedRun(db.ledger);
  await rememberExecution(db.ledger, run.executionArn, run.runId);
  sfn.describes[run.executionArn] = { status: 'FAILED', stopDate: new Date(STOPPED_AT) };
});

const look = (arn = run.executionArn) =>
  checkQuietRun(
    { version: 1, executionArn: arn, stopDate: STOPPED_AT },
    { ledger: db.ledger, sfn: sfn.client },
  );

it('throws for a run that is still failed, which is what the alarm sees', async () => {
  await expect(look()).rejects.toMatchObject({ name: 'RunLeftFailedError' });
  await expect(look()).rejects.toThrow(
    /is FAILED and nobody has redriven, continued or released it/,
  );
});

it.each([
  ['was released', { status: 'released' }],
  ['has succeeded', { status: 'succeeded' }],
  ['was taken over', { executionArn: executionArn('other') }],
] as const)('is content when the run %s', async (_, change) => {
  await db.ledger.put(runKey(run.runId), { ...run, ...change });
  await freeLeases(db.ledger, run);
  await expect(look()).resolves.toEqual({ runId: run.runId, owned: true });
});

it('throws for a run that was given up by a release that did not get to its end', async () => {
  await db.ledger.put(runKey(run.runId), { ...run, status: 'released' });
  await expect(look()).rejects.toThrow(/its release did not get to its end.*Redrive the release/);
});

it.each(['RUNNING', 'PENDING_REDRIVE'])(
  'is content while the execution is %s again',
  async (status) => {
    sfn.describes[run.executionArn] = { status };
    await expect(look()).resolves.toMatchObject({ owned: true });
  },
);

it('leaves a failure after a redrive to the watch that began with it', async () => {
  const later = new Date(STOPPED_AT + 60_000);
  sfn.describes[run.executionArn] = { status: 'FAILED', stopDate: later };
  await expect(look()).resolves.toMatchObject({ owned: true });
});

it('is content with an execution that opened no run', async () => {
  await expect(look(executionArn('refused'))).resolves.toEqual({ runId: null, owned: true });
});
