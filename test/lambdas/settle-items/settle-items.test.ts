import { markItem } from '../../../lambdas/mark-item/core';
import { settleItems } from '../../../lambdas/settle-items/core';
import { noteItemFailure } from '../../../lambdas/shared/items';
import { type Ledger, runKey } from '../../../lambdas/shared/ledger';
import { startLedger } from '../../support/ledger';

let ledger: Ledger;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ ledger, stop } = await startLedger());
});
afterAll(() => stop());

const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:m:one';
const caller = (runId: string, redriveCount = 0) => ({
  version: 1,
  runId,
  rootArn: ROOT,
  selfArn: ROOT,
  redriveCount,
});
const noChildren = { send: async () => ({ mapRuns: [] }) } as never;

async function openRun(runId: string) {
  await ledger.put(runKey(runId), { runId, executionArn: ROOT, status: 'open', leases: [] });
  const item = (key: string) => ({ map: 'applications', key });
  return {
    done: (key: string) => markItem({ ...caller(runId), item: item(key) }, ledger, 0),
    failed: (key: string, error: Error) =>
      noteItemFailure(ledger, { runId, item: item(key) }, error, 0),
    settle: (redriveCount: number, redrivesAtEnd = 0, sfn = noChildren) =>
      settleItems(
        {
          ...caller(runId, redriveCount),
          map: 'applications',
          keys: ['a', 'b', 'c'],
          redrivesAtEnd,
        },
        { ledger, sfn },
      ),
  };
}

it('returns at once when every item has its mark', async () => {
  const run = await openRun('all-done');
  for (const key of ['a', 'b', 'c']) await run.done(key);
  await expect(run.settle(0)).resolves.toEqual({ left: [] });
});

it('throws one error that names each item and its cause, however often it is retried', async () => {
  const run = await openRun('two-left');
  await run.done('a');
  await run.failed('b', Object.assign(new Error('disk full'), { name: 'StatementStoppedError' }));
  for (const _ of [1, 2]) {
    await expect(run.settle(0)).rejects.toMatchObject({
      name: 'ItemsLeftError',
      message: expect.stringMatching(
        /2 of 3 items.*b: StatementStoppedError: disk full \| c: its execution left no cause/,
      ),
    });
  }
});

it('hands the items back on the redrive, and only then', async () => {
  const run = await openRun('redriven');
  await run.done('a');
  await expect(run.settle(1, 0)).resolves.toEqual({ left: ['b', 'c'] });
  await expect(run.settle(1, 1)).rejects.toMatchObject({ name: 'ItemsLeftError' });
});

/** Step Functions with Map Runs by execution and children by Map Run. */
function mapRuns(
  runs: Record<string, string[]>,
  children: Record<string, { status: string; executionArn: string; [member: string]: string }[]>,
) {
  const asked: string[] = [];
  const answer: Record<string, (input: Record<string, string>) => object> = {
    ListMapRunsCommand: ({ executionArn }) => ({
      mapRuns: (runs[executionArn!] ?? []).map((mapRunArn, i) => ({
        mapRunArn,
        startDate: new Date(i),
      })),
    }),
    ListExecutionsCommand: ({ mapRunArn, statusFilter }) => ({
      executions: (children[mapRunArn!] ?? []).filter(({ status }) => status === statusFilter),
    }),
    DescribeExecutionCommand: ({ executionArn }) => {
      asked.push(executionArn!);
      return Object.values(children)
        .flat()
        .find((one) => one.executionArn === executionArn)!;
    },
  };
  const send = async (command: { constructor: { name: string }; input: Record<string, string> }) =>
    answer[command.constructor.name]!(command.input);
  return { sfn: { send } as never, asked };
}

const inputOf = (key: string) => JSON.stringify({ item: { key } });

it('asks the newest Map Run for the cause of a child that could not write one', async () => {
  const run = await openRun('silent');
  await run.done('a');
  await run.done('b');
  const { sfn } = mapRuns(
    { [ROOT]: ['old', 'new'] },
    {
      old: [{ executionArn: 'w', status: 'FAILED', input: inputOf('c'), error: 'Old' }],
      new: [
        { executionArn: 'x', status: 'TIMED_OUT', input: inputOf('c'), error: 'States.Timeout' },
      ],
    },
  );
  await expect(run.settle(0, 0, sfn)).rejects.toThrow('c: States.Timeout: no cause');
});

it('follows a child whose own Map failed one Map Run down, and only for items without a mark', async () => {
  const run = await openRun('nested');
  await run.failed('a', new Error('disk full'));
  await run.done('b');
  const { sfn, asked } = mapRuns(
    { [ROOT]: ['top'], 'child-a': ['below-a'], 'child-c': ['below-c'] },
    {
      top: ['a', 'c'].map((key) => ({
        executionArn: `child-${key}`,
        status: 'FAILED',
        input: inputOf(key),
        error: 'States.ExceedToleratedFailureThreshold',
      })),
      'below-a': [{ executionArn: 'grandchild-a', status: 'FAILED', error: 'No' }],
      'below-c': [
        { executionArn: 'grandchild-c', status: 'FAILED', error: 'Disk', cause: 'is full' },
      ],
    },
  );
  await expect(run.settle(0, 0, sfn)).rejects.toThrow(/a: Error: disk full \| c: Disk: is full$/);
  expect(asked).not.toContain('grandchild-a');
});

it('keeps a done item done when a late failure comes in', async () => {
  const run = await openRun('late');
  for (const key of ['a', 'b', 'c']) await run.done(key);
  await run.failed('b', new Error('late'));
  await expect(run.settle(0)).resolves.toEqual({ left: [] });
});

it('refuses when another execution has taken the run over, and names it', async () => {
  const run = await openRun('taken');
  await ledger.put(runKey('taken'), {
    runId: 'taken',
    executionArn: 'arn:B',
    status: 'open',
    leases: [],
  });
  await expect(run.settle(1)).rejects.toMatchObject({
    name: 'RunTakenOverError',
    message: expect.stringContaining('arn:B'),
  });
});

it('an execution that lost the run leaves no cause in the ledger of its successor', async () => {
  const run = await openRun('foreign');
  const lost = Object.assign(new Error('taken over'), { name: 'RunTakenOverError' });
  await run.failed('b', lost);
  await expect(run.settle(0)).rejects.toThrow('b: its execution left no cause');
});
