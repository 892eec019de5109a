import { ask, distributed, fail, House, inline, type Payload, task, throws } from './house';

const DAY = 86_400;
const entered = (house: House, arn: string, name: string) =>
  house.history(arn).filter(({ stateEnteredEventDetails: d }) => d?.name === name).length;

/** Fails until it is repaired. */
const repairable = (house: House, answer: (payload: Payload) => unknown = (p) => p) => {
  const state = { broken: true };
  house.functions.f = (payload, call) =>
    state.broken ? throws('Broken')() : answer(payload ?? call);
  return state;
};

test('runs the failed task again, and nothing that was done', async () => {
  const house = new House();
  const repair = repairable(house);
  house.functions.first = () => 'one';
  const run = await house.run({
    StartAt: 'A',
    States: {
      A: task('first', { Assign: { kept: 'v' }, Next: 'B' }),
      B: task('f', { Output: "{% $states.input & $kept & '!' %}", End: true }),
    },
  });
  expect(run).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE' });
  await house.pass(60);
  repair.broken = false;
  const again = await house.redrive(run.executionArn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: '"onev!"', redriveCount: 1 });
  expect(again).toMatchObject({ redriveStatus: 'NOT_REDRIVABLE', error: undefined });
  expect(house.calls.first).toHaveLength(1);
  expect(house.calls.f).toEqual(['one', 'one']);
  const types = house.types(run.executionArn);
  const at = types.indexOf('ExecutionRedriven');
  expect(types.slice(at - 1, at + 3)).toEqual([
    'ExecutionFailed',
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
  ]);
  expect(house.published.map(({ detail }) => detail.status)).toEqual([
    'RUNNING',
    'FAILED',
    'RUNNING',
    'SUCCEEDED',
  ]);
});

test('gives retriers and timeouts their full measure again, and says so in the context', async () => {
  const house = new House();
  const contexts: Payload[] = [];
  house.functions.f = (payload) => {
    contexts.push(payload);
    throw fail('Busy');
  };
  const run = await house.run({
    TimeoutSeconds: 100,
    StartAt: 'T',
    States: {
      T: task('f', {
        Arguments: { FunctionName: 'f', Payload: '{% $states.context %}' },
        Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2, IntervalSeconds: 30, BackoffRate: 1 }],
        End: true,
      }),
    },
  });
  expect(run).toMatchObject({ status: 'FAILED', error: 'Busy' });
  const again = await house.redrive(run.executionArn);
  expect(again).toMatchObject({ status: 'FAILED', error: 'Busy', redriveCount: 1 });
  expect(contexts.map(({ State }) => State.RetryCount)).toEqual([0, 1, 2, 0, 1, 2]);
  expect(contexts.map(({ Execution }) => Execution.RedriveCount)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(contexts[0].Execution).not.toHaveProperty('RedriveTime');
  expect(contexts[3].Execution).toMatchObject({
    RedriveTime: '2026-01-05T09:01:00Z',
    StartTime: '2026-01-05T09:00:00Z',
  });
});

test('a Fail state only fails again', async () => {
  const house = new House();
  const run = await house.run({
    StartAt: 'F',
    States: { F: { Type: 'Fail', Error: 'Refused', Cause: "{% 'no ' & 'way' %}" } },
  });
  const again = await house.redrive(run.executionArn);
  expect(again).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'no way' });
  expect(entered(house, run.executionArn, 'F')).toBe(1);
});

test('a Choice is judged again, with the variables of its own entry', async () => {
  const house = new House();
  const run = await house.run({
    StartAt: 'S',
    States: {
      S: { Type: 'Pass', Assign: { n: 1 }, Next: 'Q' },
      Q: {
        Type: 'Choice',
        Choices: [
          {
            Condition: '{% $n = 1 and $states.context.Execution.RedriveCount = 1 %}',
            Next: 'E',
          },
        ],
      },
      E: { Type: 'Succeed', Output: '{% $n %}' },
    },
  });
  expect(run.error).toBe('States.NoChoiceMatched');
  expect(await house.redrive(run.executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '1' });
});

test('a Wait of seconds starts anew, one for an instant that has passed ends at once', async () => {
  const house = new House();
  const wait = (fields: object) => ({
    StartAt: 'W',
    States: { W: { Type: 'Wait', ...fields, End: true } },
  });
  const fresh = house.create('fresh', wait({ Seconds: 100 }));
  const appointed = house.create('appointed', wait({ Timestamp: '2026-01-05T09:01:40Z' }));
  const runs = [fresh, appointed].map((arn) => house.engine.start({ stateMachineArn: arn }));
  await house.pass(60);
  for (const { executionArn } of runs) house.engine.stop(executionArn, 'Stop', 'lunch');
  await house.pass(60);
  const [first, second] = await Promise.all(runs.map((run) => house.redrive(run.executionArn)));
  expect(first!.stopDate! - first!.redriveDate!).toBe(100_000);
  expect(second!.stopDate! - second!.redriveDate!).toBe(0);
});

test('a Pass that was interrupted is left without running, one that failed runs again', async () => {
  const house = new House();
  const pass = (Output: string) => ({
    StartAt: 'P',
    States: { P: { Type: 'Pass', Output, End: true } },
  });
  const stopped = house.create('stopped', pass("{% 'ran' %}"));
  const { executionArn } = house.engine.start({ stateMachineArn: stopped, input: '1' });
  house.engine.stop(executionArn);
  expect(house.types(executionArn)).toContain('PassStateEntered');
  expect((await house.redrive(executionArn)).output).toBe('1');
  const counting = '{% $states.context.Execution.RedriveCount > 0 ? 2 : $states.input.no %}';
  const failed = await house.run(pass(counting));
  expect(failed.status).toBe('FAILED');
  expect((await house.redrive(failed.executionArn)).output).toBe('2');
});

test('what was being evaluated at the stop is not recorded any more', async () => {
  const house = new House();
  const arn = house.start({
    StartAt: 'P',
    States: { P: { Type: 'Pass', End: true, Output: '{% 1 %}' } },
  });
  house.engine.stop(arn);
  await house.pass(1);
  expect(house.types(arn)).toEqual(['ExecutionStarted', 'PassStateEntered', 'ExecutionAborted']);
});

test('a state that was left is not entered again, though the end of its execution was not seen', async () => {
  const house = new House();
  const arn = house.start({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }, 7);
  while (!house.types(arn).includes('PassStateExited')) await Promise.resolve();
  house.engine.stop(arn);
  expect(house.engine.describeExecution(arn).status).toBe('ABORTED');
  expect(await house.redrive(arn)).toMatchObject({ status: 'SUCCEEDED', output: '7' });
  expect(entered(house, arn, 'P')).toBe(1);
});

test('a stop leaves the function running, and what it returns later is nobody’s', async () => {
  const house = new House();
  const ended: number[] = [];
  house.functions.f = async (_payload, call) => {
    await house.clock.sleep(call === 1 ? 60_000 : 10_000);
    ended.push(call);
    return call;
  };
  const arn = house.start({ StartAt: 'T', States: { T: task('f', { End: true }) } });
  await house.pass(5);
  house.engine.stop(arn);
  expect(house.engine.describeExecution(arn).status).toBe('ABORTED');
  await house.pass(2);
  const again = await house.redrive(arn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: '2' });
  const events = house.engine.eventCount(arn);
  await house.pass(100);
  expect(ended).toEqual([2, 1]);
  expect(house.engine.eventCount(arn)).toBe(events);
});

test('the old function that ends while the new one runs changes nothing', async () => {
  const house = new House();
  house.functions.f = async (_payload, call) => {
    await house.clock.sleep(call === 1 ? 10_000 : 60_000);
    return call === 1 ? throws('Late')() : call;
  };
  const arn = house.start({ StartAt: 'T', States: { T: task('f', { End: true }) } });
  await house.pass(5);
  house.engine.stop(arn);
  await house.pass(2);
  expect(await house.redrive(arn)).toMatchObject({ status: 'SUCCEEDED', output: '2' });
  expect(house.types(arn)).not.toContain('TaskFailed');
});

test('a stop during the delay of a retry does not spend the retrier after the redrive', async () => {
  const house = new House();
  house.functions.f = (_payload, call) => (call < 3 ? throws('Busy')() : call);
  const arn = house.start({
    StartAt: 'T',
    States: {
      T: task('f', {
        Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1, IntervalSeconds: 60 }],
        End: true,
      }),
    },
  });
  await house.pass(30);
  house.engine.stop(arn);
  expect(await house.redrive(arn)).toMatchObject({ status: 'SUCCEEDED', output: '3' });
});

test('a waiting task gets a new token; the old one is dead from the stop on', async () => {
  const house = new House();
  house.functions.f = () => null;
  const arn = house.start({ StartAt: 'G', States: { G: ask('f', { End: true }) } });
  await house.pass(1);
  const old = house.calls.f![0].token;
  house.engine.stop(arn);
  const dead = expect.objectContaining({ code: 'TaskTimedOut' });
  expect(() => house.engine.sendTaskSuccess(old, '1')).toThrow(dead);
  house.engine.redrive(arn);
  await house.pass(1);
  expect(() => house.engine.sendTaskSuccess(old, '1')).toThrow(dead);
  house.engine.sendTaskSuccess(house.calls.f![1].token, '2');
  expect((await house.engine.finished(arn)).output).toBe('2');
});

test('an inline Map runs its unfinished iterations only, each from its open state', async () => {
  const house = new House();
  const broken = new Set([2]);
  house.functions.first = (n) => n;
  house.functions.second = async (n) => {
    await house.clock.sleep(n * 1000);
    return broken.has(n) ? throws('Broken')() : n * 10;
  };
  const run = await house.run({
    StartAt: 'M',
    States: {
      M: inline(
        { A: task('first', { Next: 'B' }), B: task('second', { End: true }) },
        { Items: [1, 2, 3], End: true },
      ),
    },
  });
  expect(run).toMatchObject({ status: 'FAILED', error: 'Broken' });
  broken.clear();
  const again = await house.redrive(run.executionArn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: '[10,20,30]' });
  expect(house.calls.first).toEqual([1, 2, 3]);
  expect(house.calls.second).toEqual([1, 2, 3, 2, 3]);
});

test('a stop reaches the iterations of an inline Map: their old answers and tokens are dead', async () => {
  const house = new House();
  house.functions.f = async (_payload, call) => {
    await house.clock.sleep(call <= 2 ? 10_000 : 60_000);
    return call;
  };
  house.functions.gate = () => null;
  const arn = house.start({
    StartAt: 'M',
    States: {
      M: inline(
        { A: task('f', { Next: 'G' }), G: ask('gate', { End: true, TimeoutSeconds: 3600 }) },
        { Items: [1, 2], End: true },
      ),
    },
  });
  await house.pass(5);
  house.engine.stop(arn);
  await house.pass(2);
  house.engine.redrive(arn);
  await house.pass(30);
  expect(house.calls.gate).toBeUndefined();
  await house.pass(40);
  const tokens = house.calls.gate!.map(({ token }) => token);
  house.engine.stop(arn);
  for (const token of tokens) {
    expect(() => house.engine.sendTaskSuccess(token, '1')).toThrow('does not exist anymore');
  }
});

test('inside an inline Map too, retriers count from nothing, and states go on from their entry', async () => {
  const house = new House();
  house.functions.f = (_payload, call) => (call < 4 ? throws('Busy')() : call);
  const run = await house.run({
    StartAt: 'M',
    States: {
      M: inline(
        { A: task('f', { Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }], End: true }) },
        { Items: [1], End: true },
      ),
    },
  });
  expect(run.error).toBe('Busy');
  expect(await house.redrive(run.executionArn)).toMatchObject({ output: '[4]' });
  expect(entered(house, run.executionArn, 'A')).toBe(1);
});

test('a retry of an inline Map runs all its iterations again', async () => {
  const house = new House();
  house.functions.f = (n, call) => (call === 2 ? throws('Busy')() : n);
  const run = await house.run({
    StartAt: 'M',
    States: {
      M: inline(
        { A: task('f', { End: true }) },
        { Items: [1, 2], MaxConcurrency: 1, Retry: [{ ErrorEquals: ['Busy'] }], End: true },
      ),
    },
  });
  expect(run.output).toBe('[1,2]');
  expect(house.calls.f).toEqual([1, 2, 1, 2]);
});

describe('who may be redriven', () => {
  const failing = { StartAt: 'T', States: { T: task('f', { End: true }) } };
  const refused = (message: string) =>
    expect.objectContaining({ code: 'ExecutionNotRedrivable', message });

  test('not a running one', async () => {
    const house = new House();
    house.functions.f = () => house.clock.sleep(1000);
    const arn = house.start(failing);
    const message = 'Execution is RUNNING and cannot be redriven.';
    expect(() => house.engine.redrive(arn)).toThrow(refused(message));
    expect(house.engine.describeExecution(arn).redriveStatusReason).toBe(message);
  });

  test('not one that succeeded', async () => {
    const house = new House();
    house.functions.f = () => 1;
    const { executionArn } = await house.run(failing);
    expect(() => house.engine.redrive(executionArn)).toThrow(
      refused('Execution is SUCCEEDED and cannot be redriven.'),
    );
  });

  test('not after fourteen days', async () => {
    const house = new House();
    house.functions.f = throws('Broken');
    const { executionArn } = await house.run(failing);
    await house.pass(14 * DAY);
    expect(house.engine.describeExecution(executionArn).redriveStatus).toBe('REDRIVABLE');
    await house.pass(1);
    expect(() => house.engine.redrive(executionArn)).toThrow(
      refused('Execution redrivable period exceeded.'),
    );
  });

  test('not when it was open for a year', async () => {
    const house = new House();
    house.functions.f = () => house.clock.sleep(365 * DAY * 1000);
    const arn = house.start(failing);
    await house.pass(365 * DAY - 1);
    house.engine.stop(arn);
    house.engine.redrive(arn);
    await house.pass(1);
    house.engine.stop(arn);
    expect(() => house.engine.redrive(arn)).toThrow(
      refused('Execution has exceeded the max execution time.'),
    );
  });

  test('twice with one client token is once', async () => {
    const house = new House();
    house.functions.f = throws('Broken');
    const { executionArn } = await house.run(failing);
    const first = house.engine.redrive(executionArn, 'token');
    await house.engine.finished(executionArn);
    expect(house.engine.redrive(executionArn, 'token')).toEqual(first);
    expect(house.engine.describeExecution(executionArn).redriveCount).toBe(1);
  });

  test('a client token is remembered for fifteen minutes, and the last ten of them', async () => {
    const house = new House();
    house.functions.f = throws('Broken');
    const { executionArn } = await house.run(failing);
    const redrive = async (token: string) => {
      house.engine.redrive(executionArn, token);
      return (await house.engine.finished(executionArn)).redriveCount;
    };
    expect(await redrive('first')).toBe(1);
    await house.pass(15 * 60);
    expect(await redrive('first')).toBe(1);
    await house.pass(1);
    expect(await redrive('first')).toBe(2);
    for (let i = 0; i < 9; i++) expect(await redrive(`next ${i}`)).toBe(3 + i);
    expect(await redrive('first')).toBe(11);
    expect(await redrive('one more')).toBe(12);
    expect(await redrive('first')).toBe(13);
  });

  test('a Map Run a thousand times, and then it is an error nobody can catch', async () => {
    const house = new House();
    house.functions.f = throws('Broken');
    const Catch = [{ ErrorEquals: ['States.Runtime'], Next: 'M' }];
    const states = {
      M: distributed('Each', { T: task('f', { End: true }) }, { Catch, End: true }),
    };
    const { executionArn } = await house.run({ StartAt: 'M', States: states }, [1]);
    for (let i = 0; i < 1000; i++) await house.redrive(executionArn);
    const [mapRun] = house.engine.listMapRuns(executionArn).items;
    expect(mapRun).toMatchObject({ redriveCount: 1000 });
    expect(house.calls.f).toHaveLength(1001);
    expect(await house.redrive(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      redriveCount: 1001,
    });
    expect(house.calls.f).toHaveLength(1001);
  });

  test('not a child of a Map Run by its own ARN', async () => {
    const house = new House();
    house.functions.f = throws('Broken');
    const states = { M: distributed('Each', { T: task('f', { End: true }) }, { End: true }) };
    await house.run({ StartAt: 'M', States: states }, [1]);
    const arn = house.engine.stateMachines()[0]!.arn.replace('stateMachine', 'execution') + ':run';
    const [{ mapRunArn }] = house.engine.listMapRuns(arn).items as [{ mapRunArn: string }];
    const [child] = house.engine.listExecutions({ mapRunArn }).items;
    expect(child!.redriveStatus).toBe('REDRIVABLE_BY_MAP_RUN');
    expect(() => house.engine.redrive(child!.executionArn)).toThrow(
      expect.objectContaining({ code: 'ValidationException' }),
    );
  });
});
