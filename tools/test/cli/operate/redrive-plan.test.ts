// What a redrive would run again, from histories as Step Functions writes them.

import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ExecutionHistory } from '../../../cli/history';
import { planLines, redrivePlan } from '../../../cli/operate/redrive-plan';

const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:prod-demo:one';
const CHILD = 'arn:aws:states:us-east-1:000000000000:execution:prod-demo/each:';

/** `Task:Check` enters and leaves; `Task:Check!` is where it stopped; a Map has a Map Run, `run-` and its name. */
function history(arn: string, status: string, ...states: readonly string[]): ExecutionHistory {
  const timestamp = new Date(0);
  const events = states.flatMap((text) => {
    const [kind, name = ''] = text.replace('!', '').split(':');
    const entered = { type: `${kind}StateEntered`, stateEnteredEventDetails: { name } };
    const mapRunStartedEventDetails = { mapRunArn: `run-${name}` };
    const run = kind === 'Map' ? [{ type: 'MapRunStarted', mapRunStartedEventDetails }] : [];
    const exited = { type: `${kind}StateExited`, stateExitedEventDetails: { name } };
    return text.endsWith('!') ? [entered, ...run] : [entered, ...run, exited];
  });
  const end = { type: status === 'SUCCEEDED' ? 'ExecutionSucceeded' : 'ExecutionFailed' };
  const all = [...events, end].map((event, i) => ({
    ...event,
    id: i + 1,
    previousEventId: i,
    timestamp,
  }));
  return { arn, status, events: all as HistoryEvent[] };
}

const inMap = (map: string, child: ExecutionHistory) => ({ ...child, mapRun: `run-${map}` });

const nothing = { items: [], batches: [] };

it('runs again the task that failed, and leaves what has ended', () => {
  const plan = redrivePlan([history(ROOT, 'FAILED', 'Task:Check', 'Task:Copy!')], nothing);
  expect(plan).toEqual({
    reruns: [{ state: 'Copy', kind: 'Task' }],
    children: [],
    items: [],
    stays: { states: ['Check'], items: [], children: 0, batches: 0, rows: 0 },
  });
});

it('follows an open Map into the children that are not done', () => {
  const plan = redrivePlan(
    [
      history(ROOT, 'FAILED', 'Task:Check', 'Map:For each!'),
      inMap('For each', history(`${CHILD}a`, 'SUCCEEDED', 'Task:Copy')),
      inMap('For each', history(`${CHILD}b`, 'FAILED', 'Task:Look', 'Task:Copy!')),
    ],
    nothing,
  );
  expect(plan.reruns).toEqual([
    { state: 'For each', kind: 'Map' },
    { state: 'Copy', kind: 'Task', child: 'b' },
  ]);
  expect(plan.children).toEqual(['b']);
  expect(plan.stays.children).toBe(1);
});

it('leaves children alone that failed in a Map passed long ago, and follows those below', () => {
  const plan = redrivePlan(
    [
      history(ROOT, 'FAILED', 'Map:First', 'Map:Second!'),
      inMap('First', history(`${CHILD}tolerated`, 'FAILED', 'Task:Copy!')),
      inMap('Second', history(`${CHILD}b`, 'FAILED', 'Map:Inner!')),
      inMap('Inner', history(`${CHILD}c`, 'FAILED', 'Task:Load!')),
    ],
    nothing,
  );
  expect(plan.children).toEqual(['b', 'c']);
  expect(plan.reruns.map(({ state }) => state)).toEqual(['Second', 'Inner', 'Load']);
});

it('leaves children of a Map that has ended alone: the task behind it starts new ones for items left', () => {
  const plan = redrivePlan(
    [
      history(ROOT, 'FAILED', 'Map:For each', 'Task:Settle!'),
      inMap('For each', history(`${CHILD}b`, 'FAILED', 'Task:Copy!')),
    ],
    {
      items: [
        { name: 'apps#order', status: 'done' },
        { name: 'apps#shop', status: 'failed', error: 'Boom', cause: 'disk full' },
      ],
      batches: [{ status: 'done', rows: 1_000 }, { status: 'failed', rows: 5 }, { status: 'done' }],
    },
  );
  expect(plan.reruns).toEqual([{ state: 'Settle', kind: 'Task' }]);
  expect(plan.items).toEqual([{ name: 'apps#shop', error: 'Boom: disk full' }]);
  expect(plan.stays).toMatchObject({ items: ['apps#order'], batches: 2, rows: 1_000 });
  expect(planLines(plan)).toEqual([
    '  runs again   Settle (Task)',
    '  tries again  apps#shop, which failed: Boom: disk full',
    '  stays done   1 state: For each',
    '  stays done   items that are done: apps#order',
    '  stays done   2 batches with 1,000 rows',
  ]);
});

it('names no more than eight of many', () => {
  const many = Array.from({ length: 12 }, (_, i) => `Task:S${i}`);
  const plan = redrivePlan([history(ROOT, 'FAILED', ...many, 'Task:Last!')], nothing);
  expect(planLines(plan)[1]).toBe(
    '  stays done   12 states: S0, S1, S2, S3, S4, S5, S6, S7 and 4 more',
  );
});
