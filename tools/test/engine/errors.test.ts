import { matchesError } from '../../rehearsal/engine/errors';
import { ask, fail, House, task, throws } from './house';

const one = (state: object, more: object = {}) => ({ StartAt: 'T', States: { T: state, ...more } });

test.each([
  ['States.Timeout', true, false],
  ['States.HeartbeatTimeout', true, false],
  ['States.Permissions', true, true],
  ['States.QueryEvaluationError', true, true],
  ['States.DataLimitExceeded', false, false],
  ['States.Runtime', false, false],
  ['States.NoChoiceMatched', true, false],
  ['States.ExceedToleratedFailureThreshold', true, false],
  ['Sandbox.Timedout', true, true],
  ['MyError', true, true],
])('%s is caught by States.ALL: %s, by States.TaskFailed: %s', (error, byAll, byTaskFailed) => {
  expect(matchesError(['States.ALL'], error)).toBe(byAll);
  expect(matchesError(['States.TaskFailed'], error)).toBe(byTaskFailed);
});

test('States.Timeout also names a missing heartbeat; States.Runtime cannot be named', () => {
  expect(matchesError(['States.Timeout'], 'States.HeartbeatTimeout')).toBe(true);
  expect(matchesError(['States.Runtime'], 'States.Runtime')).toBe(false);
  expect(matchesError(['myerror'], 'MyError')).toBe(false);
});

test('each retrier counts for itself, by the name of the error, with its own delays', async () => {
  const house = new House();
  const plan = ['Busy', 'Busy', 'Odd', 'Busy'];
  const at: number[] = [];
  house.functions.f = (_payload, call) => {
    at.push(house.clock.now());
    const error = plan[call - 1];
    return error === undefined ? 'ok' : throws(error)();
  };
  const run = await house.run(
    one(
      task('f', {
        Retry: [
          { ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10 },
          { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 },
        ],
        End: true,
      }),
    ),
  );
  expect(run.status).toBe('SUCCEEDED');
  expect(at.map((instant) => (instant - at[0]!) / 1000)).toEqual([0, 2, 8, 9, 19]);
  expect(house.engine.eventCount(run.executionArn)).toBe(7 + 4 * 3);
});

test('a retrier that says nothing tries three times more, after 1, 2 and 4 seconds', async () => {
  const house = new House();
  const at: number[] = [];
  house.functions.f = () => {
    at.push((house.clock.now() - Date.UTC(2026, 0, 5, 9)) / 1000);
    throw fail('Busy');
  };
  const run = await house.run(
    one(task('f', { Retry: [{ ErrorEquals: ['States.ALL'] }], End: true })),
  );
  expect(run.error).toBe('Busy');
  expect(at).toEqual([0, 1, 3, 7]);
});

test('full jitter takes any part of the delay', async () => {
  const house = new House();
  house.functions.f = (_payload, call) => (call < 3 ? throws('Busy')() : call);
  const Retry = [
    { ErrorEquals: ['Busy'], IntervalSeconds: 40, MaxDelaySeconds: 60, JitterStrategy: 'FULL' },
  ];
  const random = jest.spyOn(Math, 'random').mockReturnValue(0.25);
  const run = await house.run(one(task('f', { Retry, End: true })));
  random.mockRestore();
  expect(run.stopDate! - run.startDate).toBe(10_000 + 15_000);
});

test('MaxAttempts 0 is no retry, and the first entry that names the error counts', async () => {
  const house = new House();
  house.functions.f = throws('Busy');
  const Retry = [{ ErrorEquals: ['Busy'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
  await house.run(one(task('f', { Retry, End: true })));
  expect(house.calls.f).toHaveLength(1);
});

test('the retry count is in the context, and a used up retrier gives way to the catcher', async () => {
  const house = new House();
  house.functions.f = throws('Busy');
  const Arguments = { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' };
  const run = await house.run(
    one(
      task('f', {
        Arguments,
        Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2 }],
        Catch: [
          {
            ErrorEquals: ['Busy'],
            Next: 'E',
            Output: '{% $states.errorOutput.Error & $states.errorOutput.Cause %}',
            Assign: { seen: true },
          },
        ],
        Assign: { seen: false },
        End: true,
      }),
      { E: { Type: 'Pass', Output: '{% [$states.input, $seen] %}', End: true } },
    ),
  );
  expect(house.calls.f).toEqual([0, 1, 2]);
  const cause = JSON.stringify({ errorType: 'Busy', errorMessage: '' });
  expect(JSON.parse(run.output!)).toEqual([`Busy${cause}`, true]);
});

test('an Output that fails after a good task is an error of the state: a retry calls again', async () => {
  const house = new House();
  house.functions.f = (_payload, call) => (call === 2 ? { x: 1 } : {});
  const run = await house.run(
    one(
      task('f', {
        Output: '{% $states.result.Payload.x %}',
        Retry: [{ ErrorEquals: ['States.QueryEvaluationError'] }],
        End: true,
      }),
    ),
  );
  expect(run).toMatchObject({ status: 'SUCCEEDED', output: '1' });
  expect(house.calls.f).toHaveLength(2);
});

test('a task that exceeds its time fails though its function goes on', async () => {
  const house = new House();
  let ended = false;
  house.functions.slow = async () => {
    await house.clock.sleep(100_000);
    ended = true;
  };
  const run = await house.run(one(task('slow', { TimeoutSeconds: 30, End: true })));
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(run.stopDate! - run.startDate).toBe(30_000);
  expect(house.types(run.executionArn)).toContain('TaskTimedOut');
  await house.pass(100);
  expect(ended).toBe(true);
});

test('a role without the right fails the task with States.Permissions', async () => {
  const house = new House();
  house.denied.add('lambda:InvokeFunction');
  const run = await house.run(one(task('f', { End: true })));
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Permissions' });
  expect(house.asked).toEqual([
    'lambda:InvokeFunction arn:aws:lambda:us-east-1:000000000000:function:f',
  ]);
  expect(house.calls.f).toBeUndefined();
});

describe('a task that waits for its token', () => {
  const gate = (fields: object = {}) => one(ask('f', { End: true, ...fields }));

  test('ends with the output that is sent, after six events', async () => {
    const house = new House();
    house.functions.f = () => 'asked';
    const arn = house.start(gate());
    await house.pass(3600);
    house.engine.sendTaskSuccess(house.calls.f![0].token, '{"yes":true}');
    const run = await house.engine.finished(arn);
    expect(run.output).toBe('{"yes":true}');
    expect(house.types(arn).slice(1, -1)).toEqual([
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
    ]);
  });

  test('accepts an answer that comes before its function returns', async () => {
    const house = new House();
    house.functions.f = ({ token }) => {
      house.engine.sendTaskSuccess(token, '1');
      return house.clock.sleep(10_000);
    };
    const run = await house.run(
      one(ask('f', { Next: 'W' }), { W: { Type: 'Wait', Seconds: 60, End: true } }),
    );
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: '1' });
    expect(run.stopDate! - run.startDate).toBe(60_000);
    expect(house.types(run.executionArn)).not.toContain('TaskSubmitted');
  });

  test('fails with the error that is sent', async () => {
    const house = new House();
    house.functions.f = ({ token }) => house.engine.sendTaskFailure(token, 'Refused', 'by Ann');
    const run = await house.run(gate());
    expect(run).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'by Ann' });
  });

  test('times out, and then its token is dead', async () => {
    const house = new House();
    house.functions.f = () => null;
    const run = await house.run(gate({ TimeoutSeconds: 60 }));
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const send = () => house.engine.sendTaskSuccess(house.calls.f![0].token, '1');
    expect(send).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  });

  test('wants its heartbeats after the function has returned', async () => {
    const house = new House();
    house.functions.f = () => house.clock.sleep(50_000);
    const arn = house.start(gate({ TimeoutSeconds: 600, HeartbeatSeconds: 20 }));
    await house.pass(65);
    house.engine.sendTaskHeartbeat(house.calls.f![0].token);
    const run = await house.engine.finished(arn);
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(run.stopDate! - run.startDate).toBe(85_000);
  });

  test('refuses a heartbeat that turns out as long as the timeout', async () => {
    const house = new House();
    const fields = { TimeoutSeconds: '{% 20 %}', HeartbeatSeconds: '{% 20 %}' };
    const run = await house.run(gate(fields));
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(house.calls.f).toBeUndefined();
  });

  test('gets a new token with each retry', async () => {
    const house = new House();
    house.functions.f = (_payload, call) => (call === 1 ? throws('Busy')() : null);
    const arn = house.start(gate({ Retry: [{ ErrorEquals: ['Busy'] }] }));
    await house.pass(10);
    const [dead, alive] = house.calls.f!.map(({ token }) => token);
    expect(() => house.engine.sendTaskHeartbeat(dead)).toThrow('does not exist anymore');
    house.engine.sendTaskSuccess(alive, '2');
    expect((await house.engine.finished(arn)).output).toBe('2');
  });

  test('refuses what is no token, and what is no JSON', async () => {
    const house = new House();
    house.functions.f = () => null;
    house.start(gate());
    await house.pass(1);
    const { token } = house.calls.f![0];
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(() => house.engine.sendTaskSuccess('zzz', '1')).toThrow(code('InvalidToken'));
    expect(() => house.engine.sendTaskSuccess(token, '{')).toThrow(code('InvalidOutput'));
  });
});

test('a fault of the rehearsal itself is never taken for an error that can be caught', async () => {
  const house = new House();
  house.functions.f = () => {
    throw new TypeError('a bug');
  };
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'T' }];
  const run = await house.run(one(task('f', { Catch, End: true })));
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(run.cause).toContain('a bug');
});

test('the cause of a function error is its payload', async () => {
  const house = new House();
  house.functions.f = () => {
    throw fail('StatementStoppedError', 'statement 17 was stopped');
  };
  const run = await house.run(one(task('f', { End: true })));
  expect(run.error).toBe('StatementStoppedError');
  expect(JSON.parse(run.cause!)).toMatchObject({ errorMessage: 'statement 17 was stopped' });
});
