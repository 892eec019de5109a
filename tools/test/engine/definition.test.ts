import { distributed, House, inline, parallel, task } from './house';

const one = (state: object, more: object = {}) => ({ StartAt: 'S', States: { S: state }, ...more });
const pass = { Type: 'Pass', End: true };
const invoke = (more: object) => task('f', { End: true, ...more });
const callback = 'arn:aws:states:::lambda:invoke.waitForTaskToken';

test.each([
  ['a JSONPath field', one({ ...pass, ResultPath: '$.a' }), "state 'S', field ResultPath"],
  ['JSONPath', one(pass, { QueryLanguage: 'JSONPath' }), 'field QueryLanguage: must be JSONata'],
  ['an unknown top field', one(pass, { Foo: 1 }), 'the state machine, field Foo'],
  ['another integration', one(invoke({ Resource: 'arn:aws:states:::sns:publish' })), 'sns:publish'],
  ['a missing StartAt', { StartAt: 'X', States: { S: pass } }, 'field StartAt: names no state: X'],
  ['a missing Next', one({ Type: 'Pass' }), 'exactly one of Next and End'],
  ['an unknown Next', one({ Type: 'Pass', Next: 'X' }), "field Next: no state 'X'"],
  ['an unknown Default', one({ Type: 'Choice', Choices: [], Default: 'X' }), 'Default: no state'],
  ['a Choice without rules', one({ Type: 'Choice', Choices: [] }), 'needs at least one rule'],
  ['a half open expression', one({ ...pass, Output: '{% 1 %} ' }), 'half of {% and %} is missing'],
  ['broken JSONata', one({ ...pass, Output: { a: '{% 1 + %}' } }), "state 'S', field Output: {% 1"],
  ['the result in a Pass', one({ ...pass, Output: '{% $states.result %}' }), '$states.result'],
  [
    'the result in Arguments',
    one(invoke({ Arguments: { FunctionName: 'f', Payload: '{% $states.result %}' } })),
    'field Arguments: $states.result is not available here',
  ],
  [
    'the error output in an Output',
    one(invoke({ Output: '{% $states.errorOutput %}' })),
    '$states.errorOutput is not available here',
  ],
  [
    'States.ALL beside another name',
    one(invoke({ Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] })),
    'States.ALL must stand alone and last',
  ],
  [
    'an unknown field of a retrier',
    one(invoke({ Retry: [{ ErrorEquals: ['A'], Interval: 1 }] })),
    'field Interval: is not supported',
  ],
  ['a Catch to nowhere', one(invoke({ Catch: [{ ErrorEquals: ['A'], Next: 'X' }] })), 'Catch/Next'],
  ['no token in a callback', one(invoke({ Resource: callback })), '$states.context.Task.Token'],
  ['a heartbeat without callback', one(invoke({ HeartbeatSeconds: 1 })), 'field HeartbeatSeconds'],
  [
    'unknown Arguments',
    one(invoke({ Arguments: { FunctionName: 'f', LogType: 'Tail' } })),
    'field LogType',
  ],
  [
    'a version of a function',
    one(invoke({ Arguments: { FunctionName: 'f', Qualifier: '1' } })),
    'field Qualifier',
  ],
  ['both ways to wait', one({ Type: 'Wait', Seconds: 1, Timestamp: 'x', End: true }), 'either'],
  ['a reserved variable', one({ ...pass, Assign: { states: 1 } }), 'states is no variable name'],
  ['a partial assignment', one({ ...pass, Assign: { 'a.b': 1 } }), 'a.b is no variable name'],
  ['a Parallel without branches', one({ Type: 'Parallel', End: true }), 'at least one branch'],
  [
    'an unknown field of a branch',
    one({ Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: pass }, Foo: 1 }], End: true }),
    "state 'S', field Foo",
  ],
  [
    'a Next that leaves its branch',
    {
      StartAt: 'S',
      States: {
        S: parallel([{ B: { Type: 'Pass', Next: 'E' } }], { Next: 'E' }),
        E: pass,
      },
    },
    "state 'B', field Next: no state 'E'",
  ],
  [
    'a variable of the Parallel around',
    {
      StartAt: 'S',
      States: {
        S: parallel([{ B: { ...pass, Assign: { v: 2 } } }], { End: true, Assign: { v: 1 } }),
      },
    },
    "state 'B', field Assign: v belongs to an outer scope",
  ],
  ['an unknown type', one({ Type: 'toString', End: true }), 'field Type: toString'],
  ['another version', one(pass, { Version: '2.0' }), 'field Version'],
  ['a timeout of 0', one(pass, { TimeoutSeconds: 0 }), 'an integer from 1 to 99999999'],
  ['a timeout that is no number', one(pass, { TimeoutSeconds: '{% 1 %}' }), 'must be a number'],
  ['half a second', one({ Type: 'Wait', Seconds: 0.5, End: true }), 'field Seconds: must be an'],
  ['seconds in text', one({ Type: 'Wait', Seconds: '5', End: true }), 'field Seconds: must be an'],
  ['a day in words', one({ Type: 'Wait', Timestamp: 'noon', End: true }), 'RFC 3339'],
  [
    'a small t in an instant',
    one({ Type: 'Wait', Timestamp: '2026-01-05t09:00:00Z', End: true }),
    'RFC 3339',
  ],
  [
    'a Condition that is no boolean',
    one({ Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'S' }] }),
    'field Condition: must be a boolean',
  ],
  [
    'a rule that leads nowhere',
    one({ Type: 'Choice', Choices: [{ Condition: true }] }),
    'field Choices/Next: is missing',
  ],
  [
    'Items that are none',
    one(inline({ I: pass }, { Items: 'abc', End: true })),
    'must be an array',
  ],
  [
    'a percentage above 100',
    one(distributed('L', { I: pass }, { ToleratedFailurePercentage: 101, End: true })),
    'a number from 0 to 100',
  ],
  ['a Label with a space', one(distributed('a b', { I: pass }, { End: true })), 'field Label'],
  [
    'a Label of 41 characters',
    one(distributed('x'.repeat(41), { I: pass }, { End: true })),
    'Label',
  ],
  ['an Error of 257', one({ Type: 'Fail', Error: 'x'.repeat(257) }), 'at most 256 characters'],
  ['a Cause of 32,769', one({ Type: 'Fail', Cause: 'x'.repeat(32_769) }), 'at most 32768'],
  ['an Output of Fail', one({ Type: 'Fail', Output: 1 }), "state 'S', field Output"],
  ['an Assign of Succeed', one({ Type: 'Succeed', Assign: { a: 1 } }), "state 'S', field Assign"],
  ['an Assign that is an expression', one({ ...pass, Assign: '{% {} %}' }), 'must be an object'],
  [
    'a retrier that waits no time',
    one(invoke({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 0 }] })),
    'field IntervalSeconds',
  ],
  [
    'a retrier that speeds up',
    one(invoke({ Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5 }] })),
    'field BackoffRate: must be a number of at least 1',
  ],
  [
    'a delay of more than a year',
    one(invoke({ Retry: [{ ErrorEquals: ['A'], MaxDelaySeconds: 31_622_401 }] })),
    'field MaxDelaySeconds',
  ],
  [
    'an expression in a retrier',
    one(invoke({ Retry: [{ ErrorEquals: ['A'], MaxAttempts: '{% 1 %}' }] })),
    'field MaxAttempts',
  ],
  [
    'half a jitter',
    one(invoke({ Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'HALF' }] })),
    'NONE or FULL',
  ],
  [
    'a heartbeat as long as the timeout',
    one(invoke({ Resource: callback, TimeoutSeconds: 9, HeartbeatSeconds: 9 })),
    'must be smaller than TimeoutSeconds',
  ],
  ['tolerance inline', one(inline({ I: pass }, { Label: 'x', End: true })), 'field Label'],
  [
    'an EXPRESS child',
    one({
      ...inline({ I: pass }, { End: true }),
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'I',
        States: { I: pass },
      },
    }),
    'STANDARD children',
  ],
  [
    'an ItemReader',
    one(distributed('L', { I: pass }, { ItemReader: {}, End: true })),
    'ItemReader',
  ],
  ['a name used twice', one(inline({ S: pass }, { End: true })), 'is used twice'],
  [
    'a variable of the scope around',
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { v: 1 }, Next: 'M' },
        M: inline({ I: { ...pass, Assign: { v: 2 } } }, { End: true }),
      },
    },
    "state 'I', field Assign: v belongs to an outer scope",
  ],
])('refuses %s, naming state and field', (_what, definition, message) => {
  const create = () => new House().create('machine', definition);
  expect(create).toThrow(message);
  expect(create).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }));
});

test('refuses a definition of more than a megabyte', () => {
  const definition = one({ ...pass, Comment: 'x'.repeat(1_048_576) });
  expect(() => new House().create('machine', definition)).toThrow('1048576 bytes');
});

test('names all problems at once', () => {
  const definition = one({ Type: 'Pass', Next: 'X', Parameters: {} });
  const create = () => new House().create('machine', definition);
  expect(create).toThrow(/field Parameters: is not supported\n.*field Next: no state 'X'/);
});

test('a distributed Map may assign what its parent assigns, and does not see it', async () => {
  const house = new House();
  const run = await house.run(
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { v: 1, w: 1 }, Next: 'M' },
        M: distributed(
          'L',
          {
            I: { Type: 'Pass', Assign: { v: 2 }, Next: 'J' },
            J: { Type: 'Pass', Output: '{% [$v, $exists($w)] %}', End: true },
          },
          { End: true },
        ),
      },
    },
    [0],
  );
  expect(run.output).toBe('[[2,false]]');
});
