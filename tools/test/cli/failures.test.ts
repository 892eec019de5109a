// Why a run stopped, from histories as Step Functions writes them: what a redrive has repaired is no reason any more.

import type { HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { failures } from '../../cli/failures';
import type { ExecutionHistory } from '../../cli/history';

/** `Task:Check` enters and leaves; `Task:Check!` is where it stopped; `Map:Each=one` starts Map Run `one` there. */
function history(
  arn: string,
  status: string,
  states: readonly string[],
  mapRun?: string,
): ExecutionHistory {
  const events = states.flatMap((text) => {
    const [, kind, name, run, stopped] = /^(\w+):([^=!]+)(?:=(\w+))?(!?)$/.exec(text)!;
    const details = { name };
    return [
      { type: `${kind}StateEntered`, stateEnteredEventDetails: details },
      ...(run ? [{ type: 'MapRunStarted', mapRunStartedEventDetails: { mapRunArn: run } }] : []),
      ...(stopped ? [] : [{ type: `${kind}StateExited`, stateExitedEventDetails: details }]),
    ];
  });
  const numbered = [...events, { type: 'ExecutionFailed' }].map((event, i) => ({
    ...{ ...event, id: i + 1, previousEventId: i, timestamp: new Date(i) },
  }));
  return { arn, status, events: numbered as HistoryEvent[], mapRun };
}

/** Says of each execution its own error. */
const client = {
  send: async ({ input }: { input: { executionArn: string } }) => {
    return { error: `error of ${input.executionArn}`, cause: '{}' };
  },
} as unknown as SFNClient;

const reasons = async (...all: readonly ExecutionHistory[]) =>
  (await failures(client, all)).map(({ execution, state }) => `${execution}: ${state}`);
const failed = (arn: string, run: string) => history(arn, 'FAILED', ['Task:Copy!'], run);
const done = (arn: string, run: string) => history(arn, 'SUCCEEDED', ['Task:Copy'], run);

it('names the children that failed, not those whose parents only pass it on', async () => {
  const root = history('root', 'FAILED', ['Map:Each=one', 'Task:Settle!']);
  const parent = history('b', 'FAILED', ['Map:Stretch=below', 'Task:Settle!'], 'one');
  expect(
    await reasons(root, done('a', 'one'), parent, failed('b1', 'below'), failed('c', 'one')),
  ).toEqual(['b1: Copy', 'c: Copy']);
  expect(await failures(client, [root, failed('c', 'one')])).toEqual([
    { state: 'Copy', execution: 'c', error: 'error of c', cause: '{}' },
  ]);
});

it('names no child that an earlier Map Run left: the next one has tried it again', async () => {
  const again = ['Map:Each=one', 'Task:Settle', 'Map:Each=two', 'Task:Settle!'];
  const root = history('root', 'FAILED', again);
  expect(
    await reasons(
      root,
      failed('a', 'one'),
      failed('b', 'one'),
      done('a2', 'two'),
      failed('b2', 'two'),
    ),
  ).toEqual(['b2: Copy']);
});

it('names the root when all that had failed below it is repaired, and it stopped elsewhere', async () => {
  const root = history('root', 'FAILED', ['Map:Each=one', 'Map:Each=two', 'Task:Compare!']);
  expect(await reasons(root, failed('a', 'one'), done('a2', 'two'))).toEqual(['root: Compare']);
});

it('names nothing of an earlier Map Run of a child either, nor what is below a child that succeeded', async () => {
  const root = history('root', 'FAILED', ['Map:Each=one!']);
  const child = history('a', 'FAILED', ['Map:Stretch=x', 'Map:Stretch=y!'], 'one');
  const fine = history('b', 'SUCCEEDED', ['Map:Stretch=z'], 'one');
  expect(
    await reasons(root, child, failed('a1', 'x'), failed('a2', 'y'), fine, failed('b1', 'z')),
  ).toEqual(['a2: Copy']);
});

it('takes the Map Runs of two Maps each for itself', async () => {
  const root = history('root', 'FAILED', ['Map:Each=one', 'Map:Both=two', 'Task:Settle!']);
  expect(await reasons(root, failed('a', 'one'), failed('b', 'two'))).toEqual([
    ...['a: Copy', 'b: Copy'],
  ]);
});

it('names nothing of a run that somebody stopped', async () => {
  expect(await reasons(history('root', 'ABORTED', ['Task:Compare!']))).toEqual([]);
});
