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

test('ten thousand turns come to their end', async () => {
  const house = new House();
  house.functions.follow = (_payload, call) => ({ done: call % 2_500 === 0 });
  const stateMachineArn = house.create('machine', loop);
  for (let i = 0; i < 4; i++) {
    const { executionArn } = house.engine.start({ stateMachineArn });
    expect((await house.engine.finished(executionArn)).status).toBe('SUCCEEDED');
  }
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

test.each([
  ['a number that JSON does not have', '{% 1 / 0 %}'],
  ['one inside an object', "{% {'k': [0 / 0]} %}"],
  ['a range without end', '{% $range(1, 1000000000, 1) %}'],
  ['a range that does not move', '{% $range(1, 2, 0) %}'],
  ['an unknown algorithm', "{% $hash('a', 'CRC') %}"],
  ['text that is no JSON', "{% $parse('{') %}"],
])('%s is a QueryEvaluationError', async (_what, Output) => {
  const states = { P: { Type: 'Pass', Output, End: true } };
  const run = await new House().run({ StartAt: 'P', States: states });
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
});

test('an expression may take a second', async () => {
  const slow = '{% $sum($map([1..3000000], function($n) { $n % 7 })) %}';
  const run = await new House().run({
    StartAt: 'P',
    States: { P: { Type: 'Pass', Output: slow, End: true } },
  });
  expect(run.cause).toContain('Expression evaluation timeout');
});

test.each([
  ['Seconds', '{% -1 %}', 'an integer from 0 to 99999999'],
  ['Seconds', '{% 1.5 %}', 'an integer from 0 to 99999999'],
  ['Seconds', '{% "5" %}', 'an integer from 0 to 99999999'],
  ['Timestamp', '{% "2026-01-05 09:00:00Z" %}', 'an RFC 3339 timestamp'],
  ['Timestamp', '{% "2026-13-05T09:00:00Z" %}', 'an RFC 3339 timestamp'],
])('a Wait whose %s becomes %s fails', async (field, value, wanted) => {
  const states = { W: { Type: 'Wait', [field]: value, End: true } };
  const run = await new House().run({ StartAt: 'W', States: states });
  expect(run).toMatchObject({
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
    cause: `The field '${field}' of the state 'W' must be ${wanted}.`,
  });
});

test.each([
  ['MaxConcurrency', '{% -1 %}', 'an integer from 0 to 99999999'],
  ['Items', '{% {"a": 1} %}', 'an array'],
])('an inline Map whose %s becomes %s fails', async (field, value, wanted) => {
  const map = inline({ I: { Type: 'Pass', End: true } }, { [field]: value, End: true });
  const run = await new House().run({ StartAt: 'M', States: { M: map } }, [1]);
  expect(run).toMatchObject({ error: 'States.QueryEvaluationError' });
  expect(run.cause).toContain(`must be ${wanted}`);
});

test('a Condition must be a boolean, and a Choice cannot catch that', async () => {
  const run = await new House().run({
    StartAt: 'Q',
    States: {
      Q: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'E' }], Default: 'E' },
      E: { Type: 'Succeed' },
    },
  });
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  expect(run.cause).toContain("'Choices[0]/Condition' of the state 'Q' must be a boolean");
});

test('a Fail whose Cause becomes too long is an error of its evaluation', async () => {
  const Cause = "{% $pad('', 32769, 'x') %}";
  const states = { F: { Type: 'Fail', Error: 'Refused', Cause } };
  const run = await new House().run({ StartAt: 'F', States: states });
  expect(run).toMatchObject({ error: 'States.QueryEvaluationError' });
  expect(run.cause).toContain('at most 32768 characters');
});

describe('variables', () => {
  const big = (kib: number) => `{% $pad('', ${kib * 1024}, 'x') %}`;
  const assign = (Assign: object, next: object) => ({ Type: 'Pass', Assign, ...next });

  test('of one Assign may be 256 KiB together, and no more', async () => {
    const house = new House();
    const run = async (a: number, b: number) => {
      const States = { A: assign({ a: big(a), b: big(b) }, { End: true }) };
      const stateMachineArn = house.create(`m${a + b}`, { StartAt: 'A', States });
      return house.engine.finished(house.engine.start({ stateMachineArn }).executionArn);
    };
    expect((await run(128, 127)).status).toBe('SUCCEEDED');
    expect(await run(128, 128)).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  const names = Array.from({ length: 41 }, (_, i) => `v${i}`);
  const chain = (last: object) =>
    Object.fromEntries(
      names.map((name, i) => [
        name,
        assign({ [name]: big(255) }, i === 40 ? last : { Next: names[i + 1] }),
      ]),
    );

  test('of an execution may be 10 MiB together, and no more', async () => {
    const States = chain({ End: true });
    const run = await new House().run({ StartAt: 'v0', States });
    expect(run).toMatchObject({ error: 'States.DataLimitExceeded' });
    expect(run.cause).toContain('All variables');
  });

  test('that are assigned again count once', async () => {
    const { v40: _, ...States } = chain({});
    const Again = assign({ v0: big(255) }, { End: true });
    const v39 = { ...States.v39, Next: 'Again' };
    const run = await new House().run({ StartAt: 'v0', States: { ...States, v39, Again } });
    expect(run).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('of iterations that have ended count no more', async () => {
    const M = inline(
      { I: assign({ own: big(255) }, { Output: 1, End: true }) },
      { Items: '{% [1..45] %}', MaxConcurrency: 5, End: true },
    );
    const run = await new House().run({ StartAt: 'M', States: { M } });
    expect(run).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('of iterations that run beside each other count together', async () => {
    const M = inline(
      {
        I: assign({ one: big(255) }, { Next: 'J' }),
        J: assign({ two: big(255) }, { Output: 1, Next: 'K' }),
        K: { Type: 'Wait', Seconds: 1, End: true },
      },
      { Items: '{% [1..30] %}', End: true },
    );
    const run = await new House().run({ StartAt: 'M', States: { M } });
    expect(run).toMatchObject({ error: 'States.DataLimitExceeded' });
  });
});

test('an execution that is open for a year times out', async () => {
  const house = new House();
  const states = { W: { Type: 'Wait', Seconds: 99_999_999, End: true } };
  const run = await house.run({ StartAt: 'W', States: states });
  expect(run).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  expect(run.stopDate! - run.startDate).toBe(365 * 86_400_000);
  expect(run.redriveStatusReason).toBe('Execution has exceeded the max execution time.');
});

test.each([
  [3, 'SUCCEEDED', 'ExecutionSucceeded'],
  [4, 'FAILED', 'ExecutionFailed'],
])('event 25,000 ends the execution: after %d more states it is %s', async (more, status, type) => {
  const house = new House();
  house.functions.follow = (_payload, call) => ({ done: call === 3_570 });
  // 1 start, 3,570 turns of 7, two for each further state and for End.
  const names = Array.from({ length: more }, (_, i) => `Further ${i}`);
  const further = names.map((name, i) => [
    name,
    { Type: 'Pass', Next: names[i + 1] ?? loop.StartAt },
  ]);
  const States = { ...Object.fromEntries(further), ...loop.States };
  const run = await house.run({ StartAt: names[0], States });
  expect(run.status).toBe(status);
  const [last] = house.engine.history(run.executionArn, { reverseOrder: true }).items;
  expect(last).toMatchObject({ id: 25_000, type });
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

describe('events of an inline Map follow each other as in recorded histories:', () => {
  const chain = async (Items: unknown[], states: object) => {
    const house = new House();
    const map = inline(states, { Items, MaxConcurrency: 1, End: true });
    const { executionArn } = await house.run({ StartAt: 'M', States: { M: map } });
    return house
      .history(executionArn)
      .map(({ type, previousEventId }) => `${type} < ${previousEventId}`);
  };

  test('each iteration after the last state of the one before', async () => {
    expect(await chain([1, 2], { I: { Type: 'Pass', End: true } })).toEqual([
      'ExecutionStarted < 0',
      'MapStateEntered < 0',
      'MapStateStarted < 2',
      'MapIterationStarted < 3',
      'PassStateEntered < 4',
      'PassStateExited < 5',
      'MapIterationSucceeded < 6',
      'MapIterationStarted < 6',
      'PassStateEntered < 8',
      'PassStateExited < 9',
      'MapIterationSucceeded < 10',
      'MapStateSucceeded < 11',
      'MapStateExited < 11',
      'ExecutionSucceeded < 13',
    ]);
  });

  test('the failures of iteration and Map after the state that failed', async () => {
    expect((await chain([1], { I: { Type: 'Fail' } })).slice(3)).toEqual([
      'MapIterationStarted < 3',
      'FailStateEntered < 4',
      'MapIterationFailed < 5',
      'MapStateFailed < 5',
      'ExecutionFailed < 7',
    ]);
  });
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
    'MapIterationFailed',
    'TaskStateAborted',
    'MapIterationAborted',
    'TaskStateAborted',
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
