import { House, inline, task, throws } from './house';

const loop = {
  StartAt: 'Follow',
  States: {
    Follow: task('follow', { Next: 'Done?' }),
    'Done?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.done %}', Next: 'End' }],
      Default: 'Follow',
    },
    End: { Type: 'Succeed' },
  },
};

test('a turn of a Task and a Choice writes seven events', async () => {
  const house = new House();
  house.functions.follow = (_payload, call) => ({ done: call === 3 });
  const { executionArn, status } = await house.run(loop);
  expect(status).toBe('SUCCEEDED');
  expect(house.engine.eventCount(executionArn)).toBe(3 * 7 + 4);
  expect(house.types(executionArn).slice(1, 8)).toEqual([
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ChoiceStateEntered',
    'ChoiceStateExited',
  ]);
});

test('ten thousand turns cost well under a millisecond each', async () => {
  const house = new House();
  house.functions.follow = (_payload, call) => ({ done: call % 2_500 === 0 });
  const stateMachineArn = house.create('machine', loop);
  const began = performance.now();
  for (let i = 0; i < 4; i++) {
    const { executionArn } = house.engine.start({ stateMachineArn });
    expect((await house.engine.finished(executionArn)).status).toBe('SUCCEEDED');
  }
  expect((performance.now() - began) / 10_000).toBeLessThan(1);
});

test('the last event of a full history is the failure', async () => {
  const house = new House();
  house.functions.follow = () => ({ done: false });
  const { executionArn, ...run } = await house.run(loop);
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(house.engine.eventCount(executionArn)).toBe(25_000);
  expect(run.redriveStatusReason).toBe('Execution history event limit exceeded.');
});

test('the result of a function comes with what the invocation says about itself', async () => {
  const house = new House();
  house.functions.f = () => ({ a: 1 });
  const run = await house.run({
    StartAt: 'T',
    States: { T: task('f', { Output: '{% $states.result %}', End: true }) },
  });
  expect(JSON.parse(run.output!)).toMatchObject({
    ExecutedVersion: '$LATEST',
    Payload: { a: 1 },
    StatusCode: 200,
    SdkHttpMetadata: { HttpStatusCode: 200 },
  });
});

test('variables are those of the entry: assignments are seen by the next state', async () => {
  const house = new House();
  const run = await house.run({
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $x + 1 %}', y: '{% $x %}' }, Next: 'C' },
      C: { Type: 'Pass', Output: { x: '{% $x %}', y: '{% $y %}' }, End: true },
    },
  });
  expect(JSON.parse(run.output!)).toEqual({ x: 2, y: 1 });
  const exited = house
    .history(run.executionArn)
    .find((event) => event.stateExitedEventDetails?.name === 'B');
  expect(exited.stateExitedEventDetails.assignedVariables).toEqual({ x: '2', y: '1' });
});

test('a matched rule uses its own Assign and Output, the default path those of the state', async () => {
  const house = new House();
  const choose = {
    StartAt: 'Q',
    States: {
      Q: {
        Type: 'Choice',
        Choices: [
          {
            Condition: '{% $states.input.n > 1 %}',
            Next: 'E',
            Output: 'rule',
            Assign: { v: 'rule' },
          },
        ],
        Default: 'E',
        Output: 'default',
        Assign: { v: 'default' },
      },
      E: { Type: 'Pass', Output: '{% $states.input & "/" & $v %}', End: true },
    },
  };
  const stateMachineArn = house.create('machine', choose);
  const run = async (input: string) =>
    (await house.engine.finished(house.engine.start({ stateMachineArn, input }).executionArn))
      .output;
  expect(await run('{"n":2}')).toBe('"rule/rule"');
  expect(await run('{"n":1}')).toBe('"default/default"');
});

test('a Choice without a match fails the execution', async () => {
  const run = await new House().run({
    StartAt: 'Q',
    States: {
      Q: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'E' }] },
      E: { Type: 'Succeed' },
    },
  });
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
});

test.each([
  ['a missing member', '{% $states.input.missing %}'],
  ['a comparison with a missing member', '{% $states.input.missing > 1 %}'],
  ['$eval', "{% $eval('1') %}"],
  ['a function as result', '{% function($x) { $x } %}'],
  ['an endless computation', '{% ($f := function($n) { $f($n + 1) }; $f(0)) %}'],
  ['a type error', "{% 1 + 'a' %}"],
])('%s is a QueryEvaluationError, with an event that names the field', async (_what, source) => {
  const house = new House();
  const run = await house.run({
    StartAt: 'P',
    States: { P: { Type: 'Pass', Output: { k: source }, End: true } },
  });
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  expect(house.types(run.executionArn)).toEqual([
    'ExecutionStarted',
    'PassStateEntered',
    'EvaluationFailed',
    'ExecutionFailed',
  ]);
  const { evaluationFailedEventDetails: details } = house.history(run.executionArn)[2];
  expect(details).toMatchObject({ state: 'P', location: 'Output/k' });
});

test.each([
  ['$states.input.l[b=1].a', 7],
  ['$states.input.l[b=1][].a', [7]],
  ['[$states.input.l[b=1].a]', [7]],
  ['$map([1], function($v) { $v })', 1],
  ["{'k': $states.input.missing}", {}],
  ['[$states.input.missing]', []],
  ["'a' & $states.input.missing", 'a'],
  ['$count($states.input.missing)', 0],
  ['$exists($states.input.missing)', false],
  ['$states.input.nothing = null', true],
  ['$partition([1,2,3,4,5], 2.9)', [[1, 2], [3, 4], [5]]],
  ['$range(1, 9, 3)', [1, 4, 7]],
  ['$range(3, 1, -1)', [3, 2, 1]],
  ["$hash('a', 'MD5')", '0cc175b9c0f1b6a831c399e269772661'],
  ['$random(3) = $random(3)', true],
  ['$random() < 1', true],
  ['$length($uuid())', 36],
  ['$parse(\'{"a":[1]}\')', { a: [1] }],
  ['$now()', '2026-01-05T09:00:00.000Z'],
  ["$now('[Y0001]')", '2026'],
  ['$millis()', Date.UTC(2026, 0, 5, 9)],
])('%s gives what Step Functions gives', async (expression, expected) => {
  const run = await new House().run(
    { StartAt: 'P', States: { P: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } } },
    { l: [{ b: 1, a: 7 }], nothing: null },
  );
  expect(run.cause).toBeUndefined();
  expect(JSON.parse(run.output!)).toEqual(expected);
});

test('an output above 256 KiB is refused, and States.ALL does not catch that', async () => {
  const house = new House();
  house.functions.big = () => 'x'.repeat(262_144);
  const caught = (name: string) => ({
    StartAt: 'T',
    States: {
      T: task('big', { Catch: [{ ErrorEquals: [name], Next: 'E' }], End: true }),
      E: { Type: 'Pass', Output: 'caught', End: true },
    },
  });
  const all = house.create('all', caught('States.ALL'));
  const named = house.create('named', caught('States.DataLimitExceeded'));
  const run = async (stateMachineArn: string) =>
    house.engine.finished(house.engine.start({ stateMachineArn }).executionArn);
  expect(await run(all)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  expect(await run(named)).toMatchObject({ status: 'SUCCEEDED', output: '"caught"' });
});

test('a Wait lasts its seconds, one for the past ends at once', async () => {
  const house = new House();
  const run = await house.run({
    StartAt: 'W',
    States: {
      W: { Type: 'Wait', Seconds: '{% 90 %}', Next: 'T' },
      T: { Type: 'Wait', Timestamp: '2026-01-05T09:02:00.900Z', Next: 'P' },
      P: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
    },
  });
  expect(run.stopDate! - run.startDate).toBe(120_000);
});

test('a machine that takes too long times out, whatever it waits for', async () => {
  const house = new House();
  const run = await house.run({
    TimeoutSeconds: 60,
    StartAt: 'W',
    States: { W: { Type: 'Wait', Seconds: 90, End: true } },
  });
  expect(run).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  expect(run.stopDate! - run.startDate).toBe(60_000);
});

test('an inline Map keeps the order of its items and reads the variables around it', async () => {
  const house = new House();
  house.functions.f = async ({ v }) => {
    await house.clock.sleep(1000 * (5 - v));
    return v * 10;
  };
  const run = await house.run({
    StartAt: 'S',
    States: {
      S: { Type: 'Pass', Assign: { plus: 1 }, Next: 'M' },
      M: inline(
        { T: task('f', { Output: '{% $states.result.Payload + $plus %}', End: true }) },
        {
          Items: '{% [1, 2, 3] %}',
          ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
          End: true,
        },
      ),
    },
  });
  expect(JSON.parse(run.output!)).toEqual([11, 21, 31]);
  const types = house.types(run.executionArn);
  expect(types).toHaveLength(2 + 2 + 4 + 2 * 3 + 5 * 3);
});

test('an inline Map stops its other iterations when one fails', async () => {
  const house = new House();
  house.functions.f = async (v) => {
    await house.clock.sleep(1000);
    return v === 1 ? throws('Broken')() : house.clock.sleep(60_000);
  };
  const run = await house.run({
    StartAt: 'M',
    States: { M: inline({ T: task('f', { End: true }) }, { Items: [1, 2], End: true }) },
  });
  expect(run).toMatchObject({ status: 'FAILED', error: 'Broken' });
  expect(run.stopDate! - run.startDate).toBe(1000);
  expect(house.types(run.executionArn).slice(-6)).toEqual([
    'TaskFailed',
    'MapIterationFailed',
    'TaskStateAborted',
    'MapIterationAborted',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
});

test('the context names the execution, and leaves a fraction of zero out', async () => {
  const house = new House();
  const run = await house.run({
    StartAt: 'P',
    States: { P: { Type: 'Pass', Output: '{% $states.context %}', End: true } },
  });
  expect(JSON.parse(run.output!)).toEqual({
    Execution: {
      Id: run.executionArn,
      Input: {},
      Name: 'run',
      RoleArn: 'arn:aws:iam::000000000000:role/machine',
      StartTime: '2026-01-05T09:00:00Z',
      RedriveCount: 0,
    },
    State: { EnteredTime: '2026-01-05T09:00:00Z', Name: 'P', RetryCount: 0 },
    StateMachine: { Id: run.stateMachineArn, Name: 'machine' },
  });
});
