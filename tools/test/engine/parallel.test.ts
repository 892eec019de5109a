import { distributed, House, inline, type Payload, parallel, task, throws } from './house';

const both = (branches: object[], fields: object = {}, rest: object = {}) => ({
  StartAt: 'P',
  States: { P: parallel(branches, { End: true, ...fields }), ...rest },
});
const work = (name: string, fields: object = {}) => ({
  [name]: task(name.toLowerCase(), { End: true, ...fields }),
});
/** Answers after so many seconds with its own name; those named in `broken` fail then. */
const timed = (house: House, seconds: Record<string, number>, broken = new Set<string>()) => {
  for (const [name, time] of Object.entries(seconds)) {
    house.functions[name] = async () => {
      await house.clock.sleep(time * 1000);
      return broken.has(name) ? throws('Broken')() : name;
    };
  }
  return broken;
};
const previous = (events: Payload[], type: string) =>
  events.filter((event) => event.type === type).map((event) => event.previousEventId);

test('gives every branch the same input and makes an array of their outputs, in their order', async () => {
  const house = new House();
  timed(house, { a: 3, b: 1 });
  const run = await house.run(both([work('A'), work('B')]), { n: 1 });
  expect(run).toMatchObject({ status: 'SUCCEEDED', output: '["a","b"]' });
  expect(run.stopDate! - run.startDate).toBe(3000);
  expect([house.calls.a, house.calls.b]).toEqual([[{ n: 1 }], [{ n: 1 }]]);
  const inner = ['TaskStateEntered', 'TaskScheduled', 'TaskStarted'];
  const types = house.types(run.executionArn);
  expect(types.slice(0, 3)).toEqual([
    'ExecutionStarted',
    'ParallelStateEntered',
    'ParallelStateStarted',
  ]);
  expect(types.filter((type) => inner.includes(type))).toHaveLength(6);
  expect(types.slice(-5)).toEqual([
    'TaskSucceeded',
    'TaskStateExited',
    'ParallelStateSucceeded',
    'ParallelStateExited',
    'ExecutionSucceeded',
  ]);
  expect(types).toHaveLength(2 + 4 + 2 * 5);
});

test('its events follow each other as in recorded histories', async () => {
  const house = new House();
  timed(house, { a: 1, b: 2 });
  const { executionArn } = await house.run(both([work('A'), work('B')]));
  const events = house.history(executionArn);
  expect(previous(events, 'ParallelStateEntered')).toEqual([0]);
  expect(previous(events, 'ParallelStateStarted')).toEqual([2]);
  expect(previous(events, 'TaskStateEntered')).toEqual([3, 3]);
  expect(previous(events, 'ParallelStateSucceeded')).toEqual([13]);
  expect(previous(events, 'ParallelStateExited')).toEqual([13]);
});

test('Arguments are the input of the branches; Output and Assign see the result', async () => {
  const house = new House();
  house.functions.a = (payload) => payload;
  const run = await house.run(
    both(
      [work('A'), { Skip: { Type: 'Succeed', Output: '{% $states.input.x + 1 %}' } }],
      {
        Arguments: { x: '{% $states.input.n %}' },
        Output: '{% $states.result[1] %}',
        Assign: { first: '{% $states.result[0].x %}' },
        Next: 'Q',
        End: undefined,
      },
      { Q: { Type: 'Pass', Output: '{% [$states.input, $first] %}', End: true } },
    ),
    { n: 4 },
  );
  expect(run.output).toBe('[5,4]');
});

test('a branch reads the variables around it, and its own end with it', async () => {
  const house = new House();
  const inner = (name: string) => ({
    [`Set ${name}`]: { Type: 'Pass', Assign: { own: name }, Next: `Get ${name}` },
    [`Get ${name}`]: { Type: 'Pass', Output: '{% $outer & $own %}', End: true },
  });
  const run = await house.run({
    StartAt: 'S',
    States: {
      S: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'P' },
      P: parallel([inner('1'), inner('2')], { Next: 'E' }),
      E: { Type: 'Pass', Output: '{% [$states.input, $exists($own)] %}', End: true },
    },
  });
  expect(JSON.parse(run.output!)).toEqual(['o1', 'o2', false]);
});

test('a branch that fails stops the others; their functions go on', async () => {
  const house = new House();
  timed(house, { a: 1, b: 60 }, new Set(['a']));
  const run = await house.run(
    both([work('A'), work('B'), { W: { Type: 'Wait', Seconds: 90, End: true } }]),
  );
  expect(run).toMatchObject({ status: 'FAILED', error: 'Broken' });
  expect(run.stopDate! - run.startDate).toBe(1000);
  expect(house.types(run.executionArn).slice(-5)).toEqual([
    'TaskStateAborted',
    'TaskStateAborted',
    'WaitStateAborted',
    'ParallelStateFailed',
    'ExecutionFailed',
  ]);
  await house.pass(100);
  expect(house.types(run.executionArn).at(-1)).toBe('ExecutionFailed');
});

test('what runs inside a stopped branch is stopped from the inside out', async () => {
  const house = new House();
  timed(house, { a: 1, b: 60, c: 60 }, new Set(['a']));
  const maps = {
    M: inline({ Inner: parallel([work('B')], { End: true }) }, { Items: [1], Next: 'N' }),
    N: { Type: 'Succeed' },
  };
  const runs = { D: distributed('D', work('C'), { Items: [1], End: true }) };
  const run = await house.run(both([work('A'), maps, runs]));
  expect(house.types(run.executionArn).slice(-8)).toEqual([
    'MapIterationAborted',
    'TaskStateAborted',
    'ParallelStateAborted',
    'MapStateAborted',
    'MapRunAborted',
    'MapStateAborted',
    'ParallelStateFailed',
    'ExecutionFailed',
  ]);
  const [mapRun] = house.engine.listMapRuns(run.executionArn).items;
  expect(mapRun).toMatchObject({ status: 'ABORTED', itemCounts: { aborted: 1 } });
});

test('a Fail inside is caught by the Parallel, whose catcher assigns outside', async () => {
  const house = new House();
  const Catch = [
    {
      ErrorEquals: ['Refused'],
      Next: 'E',
      Output: '{% $states.errorOutput %}',
      Assign: { seen: true },
    },
  ];
  const run = await house.run(
    both(
      [{ F: { Type: 'Fail', Error: 'Refused', Cause: 'no' } }],
      { Catch },
      {
        E: { Type: 'Pass', Output: '{% [$states.input, $seen] %}', End: true },
      },
    ),
  );
  expect(JSON.parse(run.output!)).toEqual([{ Error: 'Refused', Cause: 'no' }, true]);
});

test('a retry runs all branches again', async () => {
  const house = new House();
  house.functions.a = () => 'a';
  house.functions.b = async (_payload, call) => {
    await house.clock.sleep(1000);
    return call === 1 ? throws('Busy')() : 'b';
  };
  const Retry = [{ ErrorEquals: ['Busy'] }];
  const run = await house.run(both([work('A'), work('B')], { Retry }));
  expect(run.output).toBe('["a","b"]');
  expect([house.calls.a, house.calls.b].map((calls) => calls!.length)).toEqual([2, 2]);
});

describe('a redrive', () => {
  test('goes on with the branches that failed or were stopped, each from its open state', async () => {
    const house = new House();
    const broken = timed(house, { a1: 0, a2: 2, b: 1, c: 60 }, new Set(['a2']));
    const branch = { A1: task('a1', { Next: 'A2' }), ...work('A2') };
    const run = await house.run(both([branch, work('B'), work('C')]));
    expect(run).toMatchObject({ status: 'FAILED', error: 'Broken', redriveStatus: 'REDRIVABLE' });
    broken.clear();
    const again = await house.redrive(run.executionArn);
    expect(again).toMatchObject({ status: 'SUCCEEDED', output: '["a2","b","c"]' });
    const counts = ['a1', 'a2', 'b', 'c'].map((name) => house.calls[name]!.length);
    expect(counts).toEqual([1, 2, 1, 2]);
  });

  test('runs all branches when their results were too large together', async () => {
    const house = new House();
    let size = 200_000;
    house.functions.a = () => 'x'.repeat(size);
    house.functions.b = () => 'x'.repeat(size);
    const run = await house.run(both([work('A'), work('B')]));
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    size = 1;
    expect(await house.redrive(run.executionArn)).toMatchObject({ output: '["x","x"]' });
    expect(house.calls.a).toHaveLength(2);
  });

  test('right after a stop does not stop what it has just started', async () => {
    const house = new House();
    timed(house, { a: 5, b: 5 });
    const arn = house.start(both([work('A'), work('B')]));
    await house.pass(1);
    house.engine.stop(arn);
    house.engine.redrive(arn);
    expect(await house.engine.finished(arn)).toMatchObject({ output: '["a","b"]' });
    expect(house.calls.a).toHaveLength(2);
  });

  test('reaches a child of a Map Run inside a branch of an iteration', async () => {
    const house = new House();
    const broken = timed(house, { a: 1, b: 2 }, new Set(['b']));
    const inner = distributed('D', work('B'), { Items: [1], End: true });
    const definition = {
      StartAt: 'M',
      States: {
        M: inline(
          { P: parallel([work('A'), { Each: inner }], { End: true }) },
          { Items: [1], End: true },
        ),
      },
    };
    const run = await house.run(definition);
    expect(run.error).toBe('States.ExceedToleratedFailureThreshold');
    broken.clear();
    const again = await house.redrive(run.executionArn);
    expect(again.output).toBe('[["a",["b"]]]');
    expect(house.calls.a).toHaveLength(1);
    const [mapRun] = house.engine.listMapRuns(run.executionArn).items;
    expect(mapRun).toMatchObject({ redriveCount: 1, itemCounts: { succeeded: 1, total: 1 } });
  });
});
