import { distributed, House, inline, task } from './house';

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
  ['both ways to wait', one({ Type: 'Wait', Seconds: 1, Timestamp: 'x', End: true }), 'either'],
  ['a reserved variable', one({ ...pass, Assign: { states: 1 } }), 'states is no variable name'],
  ['a partial assignment', one({ ...pass, Assign: { 'a.b': 1 } }), 'a.b is no variable name'],
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
