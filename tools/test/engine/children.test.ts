// Children that succeeded are kept in a file: everything about them must still be there to ask for.
import fs from 'node:fs';
import { distributed, House, type Payload, task, throws } from './house';

const each = (states: object, fields: object = {}) => ({
  StartAt: 'Each',
  States: { Each: distributed('L', states, { End: true, ...fields }) },
});
const leaf = { Work: task('work', { End: true }) };
const runOf = (house: House, arn: string): Payload => house.engine.listMapRuns(arn).items[0];
const childrenOf = (house: House, arn: string, filter: object = {}) =>
  house.engine.listExecutions({ mapRunArn: runOf(house, arn).mapRunArn, ...filter }).items;

/** The counters that tell where each item is. */
const sum = ({ itemCounts: counts }: Payload): number =>
  ['pending', 'running', 'succeeded', 'failed', 'timedOut', 'aborted', 'pendingRedrive']
    .map((name) => counts[name])
    .reduce((a, b) => a + b, 0);

async function half(house: House) {
  const broken = new Set([2]);
  house.functions.work = async (n) => {
    await house.clock.sleep(n * 1000);
    return broken.has(n) ? throws('Broken')() : `é${n}`;
  };
  const run = await house.run(each(leaf, { ToleratedFailureCount: 1 }), [1, 2, 3]);
  expect(run).toMatchObject({ status: 'SUCCEEDED', output: '["é1","é3"]' });
  return run.executionArn;
}

test('a child that succeeded is described and has its history, in pages and in reverse', async () => {
  const house = new House();
  const arn = await half(house);
  const [third, second, first] = childrenOf(house, arn);
  expect(second!.status).toBe('FAILED');
  expect(first).toEqual(house.engine.describeExecution(first!.executionArn));
  expect(third).toMatchObject({
    status: 'SUCCEEDED',
    input: '3',
    output: '"é3"',
    mapRunArn: runOf(house, arn).mapRunArn,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven.',
  });
  expect(house.types(third!.executionArn)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  const page = house.engine.history(third!.executionArn, { maxResults: 2, reverseOrder: true });
  expect(page.items.map(({ type }) => type)).toEqual(['ExecutionSucceeded', 'TaskStateExited']);
  expect(house.engine.eventCount(third!.executionArn)).toBe(7);
  expect(await house.engine.finished(first!.executionArn)).toEqual(first);
});

test('a child that succeeded can be neither redriven nor stopped', async () => {
  const house = new House();
  const [third] = childrenOf(house, await half(house));
  const { executionArn, stopDate } = third!;
  expect(() => house.engine.redrive(executionArn)).toThrow(
    expect.objectContaining({ code: 'ValidationException' }),
  );
  expect(house.engine.stop(executionArn)).toEqual({ stopDate });
  expect(house.engine.describeExecution(executionArn).status).toBe('SUCCEEDED');
});

test.each([
  ['another number', /2$/, 'f'],
  ['a number written in another way', /0+2$/, '2'],
  ['another label', '/L:', '/M:'],
  ['another machine', ':machine/', ':machines/'],
])('an ARN with %s is no child', async (_what, part, other) => {
  const house = new House();
  const [third] = childrenOf(house, await half(house));
  const arn = third!.executionArn.replace(part, other);
  expect(arn).not.toBe(third!.executionArn);
  expect(() => house.engine.describeExecution(arn)).toThrow(
    expect.objectContaining({ code: 'ExecutionDoesNotExist' }),
  );
});

test('lists keep to filters and pages across those in the file and those in memory', async () => {
  const house = new House();
  const arn = await half(house);
  const statuses = (filter: object) => childrenOf(house, arn, filter).map(({ status }) => status);
  expect(statuses({ statusFilter: 'SUCCEEDED' })).toHaveLength(2);
  expect(statuses({ statusFilter: 'FAILED' })).toHaveLength(1);
  expect(statuses({ redriveFilter: 'REDRIVEN' })).toHaveLength(0);
  const { mapRunArn } = runOf(house, arn);
  const first = house.engine.listExecutions({ mapRunArn, maxResults: 2 });
  const rest = house.engine.listExecutions({ mapRunArn, nextToken: first.nextToken });
  expect([...first.items, ...rest.items].map(({ input }) => input)).toEqual(['3', '2', '1']);
});

test('a child that succeeded after a redrive is listed as redriven', async () => {
  const house = new House();
  house.functions.work = (_payload, call) => (call === 1 ? throws('Broken')() : 1);
  const { executionArn } = await house.run(each(leaf), [1]);
  await house.redrive(executionArn);
  const redriven = childrenOf(house, executionArn, { redriveFilter: 'REDRIVEN' });
  expect(redriven).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 1 }]);
  expect(house.types(redriven[0]!.executionArn)).toContain('ExecutionRedriven');
});

test('the Map Runs of a child that succeeded are still found', async () => {
  const house = new House();
  house.functions.work = (n) => n;
  const nested = distributed('Inner', leaf, { Items: '{% [$states.input, 9] %}', End: true });
  const { executionArn } = await house.run(each({ Nested: nested }), [1, 2]);
  const [second] = childrenOf(house, executionArn);
  const inner = runOf(house, second!.executionArn);
  expect(inner).toMatchObject({ executionArn: second!.executionArn, itemCounts: { total: 2 } });
  expect(childrenOf(house, second!.executionArn).map(({ output }) => output)).toEqual(['9', '2']);
});

test('the counters of a Map Run add up at any time', async () => {
  const house = new House();
  const broken = new Set([3, 5]);
  house.functions.work = async (n) => {
    await house.clock.sleep(n * 1000);
    return broken.has(n) ? throws('Broken')() : n;
  };
  const items = [1, 2, 3, 4, 5, 6, 7];
  const arn = house.start(each(leaf, { MaxConcurrency: 2, ToleratedFailureCount: 1 }), items);
  const seen: Payload[] = [];
  const watch = async (seconds: number) => {
    for (let i = 0; i < seconds * 2; i++) {
      await house.pass(0.5);
      seen.push(runOf(house, arn));
    }
  };
  await watch(12);
  expect(house.engine.describeExecution(arn).status).toBe('FAILED');
  broken.clear();
  house.engine.redrive(arn);
  await watch(20);
  expect(house.engine.describeExecution(arn).output).toBe('[1,2,3,4,5,6,7]');
  expect(new Set(seen.map(sum))).toEqual(new Set([items.length]));
  expect(seen.some(({ itemCounts }) => itemCounts.pendingRedrive > 0)).toBe(true);
  expect(seen.some(({ itemCounts }) => itemCounts.pending > 0)).toBe(true);
  expect(runOf(house, arn).executionCounts).toMatchObject({ succeeded: 7, total: 7 });
});

test('an aborted child too old to be redriven counts as one that cannot be', async () => {
  const house = new House();
  house.functions.work = (n) => house.clock.sleep(n * 1000);
  const arn = house.start(each(leaf, { MaxConcurrency: 2 }), [10, 20 * 86_400]);
  await house.pass(1);
  const [old] = childrenOf(house, arn, { statusFilter: 'RUNNING' }).slice(-1);
  house.engine.stop(old!.executionArn);
  await house.pass(15 * 86_400);
  expect(runOf(house, arn).itemCounts).toMatchObject({ aborted: 1, failuresNotRedrivable: 1 });
});

describe('an ItemSelector that fails', () => {
  const selector = { ItemSelector: '{% $states.context.Map.Item.Value.id %}' };

  test('fails the Map Run where it stands, with an event that names the field', async () => {
    const house = new House();
    house.functions.work = (n) => house.clock.sleep(60_000).then(() => n);
    const run = await house.run(each(leaf, selector), [{ id: 1 }, {}]);
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(house.types(run.executionArn).slice(2)).toEqual([
      'MapStateStarted',
      'MapRunStarted',
      'MapRunFailed',
      'MapStateFailed',
      'EvaluationFailed',
      'ExecutionFailed',
    ]);
    expect(runOf(house, run.executionArn)).toMatchObject({
      status: 'FAILED',
      itemCounts: { aborted: 1, pending: 1, total: 2 },
    });
  });

  test('makes a redrive start a new Map Run, which does every item again', async () => {
    const house = new House();
    house.functions.work = (n) => n;
    const ItemSelector =
      '{% $states.context.Map.Item.Index = 0 or $states.context.Execution.RedriveCount > 0 ? 1 : $states.input.no %}';
    const run = await house.run(each(leaf, { ItemSelector, MaxConcurrency: 1 }), [1, 2]);
    expect(run.error).toBe('States.QueryEvaluationError');
    expect(await house.redrive(run.executionArn)).toMatchObject({ output: '[1,1]' });
    expect(house.calls.work).toHaveLength(3);
    expect(house.engine.listMapRuns(run.executionArn).items).toHaveLength(2);
  });

  test('what was being evaluated at a stop is not started beside its redrive', async () => {
    const house = new House();
    house.functions.work = (n) => house.clock.sleep(1000).then(() => n);
    const arn = house.start(each(leaf, { ItemSelector: { n: '{% $states.input[0] %}' } }), [1]);
    house.engine.stop(arn);
    house.engine.redrive(arn);
    await house.engine.finished(arn);
    expect(house.calls.work).toHaveLength(1);
  });
});

test('a child that never started gets the input of the first attempt at a redrive', async () => {
  const house = new House();
  let broken = true;
  house.functions.work = (n) => (broken ? throws('Broken')() : n);
  const ItemSelector = '{% $states.context.Execution.RedriveCount %}';
  const run = await house.run(each(leaf, { ItemSelector, MaxConcurrency: 1 }), [1, 2]);
  broken = false;
  expect(await house.redrive(run.executionArn)).toMatchObject({ output: '[0,0]' });
});

test('results beyond 256 KiB fail the Map, however many they are', async () => {
  const house = new House();
  house.functions.work = () => 'x'.repeat(2_000);
  const run = await house.run(each(leaf), Array(200).fill(0));
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  expect(house.types(run.executionArn).slice(-3)).toEqual([
    'MapRunFailed',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
});

test('the thousand and first open Map Run waits until another one ends', async () => {
  const house = new House();
  house.functions.work = (n) => house.clock.sleep(n * 1000).then(() => n);
  const inner = { Inner: distributed('Inner', leaf, { Items: '{% [60] %}', End: true }) };
  const arn = house.start(each(inner, { MaxConcurrency: 1000 }), Array(1000).fill(0));
  await house.pass(30);
  // The outer Map Run has one of the thousand places.
  expect(house.calls.work).toHaveLength(999);
  expect((await house.engine.finished(arn)).status).toBe('SUCCEEDED');
  expect(house.calls.work).toHaveLength(1000);
  const { startDate, stopDate } = house.engine.describeExecution(arn);
  expect(stopDate! - startDate).toBe(120_000);
});

test('a disk without room fails the Map, and nobody waits for ever', async () => {
  const house = new House();
  house.functions.work = (n) => n;
  jest.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
    throw new Error('ENOSPC: no space left on device');
  });
  const run = await house.run(each(leaf, { MaxConcurrency: 1 }), [1, 2]);
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(run.cause).toContain('ENOSPC');
});

test('the file of the records has no name that could be left behind', async () => {
  const house = new House();
  const opened = jest.spyOn(fs, 'openSync');
  await half(house);
  const [name] = opened.mock.calls[0]!;
  opened.mockRestore();
  expect(String(name)).toContain('rehearsal-');
  expect(fs.existsSync(String(name))).toBe(false);
});

test('after the end of the engine its records are gone', async () => {
  const house = new House();
  const [third] = childrenOf(house, await half(house));
  house.engine.close();
  expect(() => house.history(third!.executionArn)).toThrow('the engine is closed');
});
