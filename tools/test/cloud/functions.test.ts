import type { Clock, LambdaFunctionError } from '../../rehearsal/types';
import { bundle, caller, type House, house, RealClock, standIn } from './house';

/** Log lines come through a stream of their own. */
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('functions', () => {
  const simple = bundle(`
    let calls = 0;
    export const handler = async (event, context) => {
      calls++;
      if (event.fail) throw Object.assign(new Error('no rows'), { name: 'NoRowsError' });
      if (event.exit) process.exit(3);
      if (event.uncaught) setImmediate(() => { throw new Error('nobody catches this'); });
      if (event.uncaught) await new Promise(() => {});
      if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
      if (event.call) await fetch(process.env.AWS_ENDPOINT_URL, {
        method: 'POST', body: '{}', headers: {
          'x-amz-target': 'Standin.Call',
          authorization: \`Credential=\${process.env.AWS_ACCESS_KEY_ID}/1/r/standin/aws4_request\`,
        },
      });
      if (event.large) return 'x'.repeat(7 * 1024 * 1024);
      console.log(JSON.stringify({ calls }));
      return {
        calls, event, name: context.functionName, greeting: process.env.GREETING, home: process.env.HOME,
        region: process.env.AWS_REGION, remaining: context.getRemainingTimeInMillis(), now: Date.now(),
        date: new Date().getTime(), arn: context.invokedFunctionArn,
      };
    };`);
  afterAll(() => simple.remove());

  let started: House | undefined;
  const start = async (options: Parameters<typeof house>[1] = {}) => {
    started = await house(simple.folder, options);
    return started;
  };
  afterEach(async () => {
    await started?.stop();
    started = undefined;
  });

  test('get their environment, context and event, and stay warm', async () => {
    const { invoke, clock, lines } = await start();
    await invoke();
    const answer = await invoke({ a: 1 });
    expect(answer).toMatchObject({
      calls: 2,
      event: { a: 1 },
      name: 'task',
      greeting: 'hello',
      region: 'us-east-1',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:task',
      remaining: 900_000,
      now: clock.now(),
      date: clock.now(),
    });
    expect(answer).not.toHaveProperty('home');
    await until(() => lines.length === 2);
    expect(lines).toEqual(['{"calls":1}', '{"calls":2}']);
  });

  test('sleep for hours of virtual time at once', async () => {
    const { invoke, clock } = await start();
    const before = clock.now();
    expect(await invoke({ sleep: 600_000 })).toMatchObject({ now: before + 600_000 });
    expect(clock.now()).toBe(before + 600_000);
  });

  test('sleep for a whole millisecond where a part of one is left', async () => {
    const { invoke, clock } = await start();
    const before = clock.now();
    expect(await invoke({ sleep: 0.25 })).toMatchObject({ now: before + 1 });
  });

  test('one at a time in a worker, more workers when needed', async () => {
    const { invoke } = await start();
    const answers = await Promise.all([invoke({ sleep: 10 }), invoke({ sleep: 10 })]);
    expect(answers).toMatchObject([{ calls: 1 }, { calls: 1 }]);
  });

  test('fail with the name of the thrown error and the payload as cause', async () => {
    const { invoke } = await start();
    const error = (await invoke({ fail: true }).catch((thrown) => thrown)) as LambdaFunctionError;
    expect(error).toMatchObject({ error: 'NoRowsError' });
    expect(JSON.parse(error.cause_)).toMatchObject({
      errorType: 'NoRowsError',
      errorMessage: 'no rows',
      trace: expect.arrayContaining([expect.stringContaining('NoRowsError: no rows')]),
    });
  });

  test('time out by the clock', async () => {
    const { invoke, clock } = await start({ spec: { timeoutSeconds: 60 } });
    const before = clock.now();
    await expect(invoke({ sleep: 61_000 })).rejects.toMatchObject({
      error: 'Sandbox.Timedout',
      cause_: expect.stringContaining('Task timed out after 60.00 seconds'),
    });
    expect(clock.now()).toBe(before + 60_000);
    expect(await invoke()).toMatchObject({ calls: 1 });
  });

  test('that throw where nobody catches it fail with Runtime.ExitError, which says why', async () => {
    const { invoke } = await start();
    await expect(invoke({ uncaught: true })).rejects.toMatchObject({
      error: 'Runtime.ExitError',
      message: expect.stringContaining('nobody catches this'),
    });
    expect(await invoke()).toMatchObject({ calls: 1 });
  });

  test('that exit fail with Runtime.ExitError and start cold again', async () => {
    const { invoke } = await start();
    await expect(invoke({ exit: true })).rejects.toMatchObject({ error: 'Runtime.ExitError' });
    expect(await invoke()).toMatchObject({ calls: 1 });
  });

  test('refuse answers and events above 6 MB', async () => {
    const { invoke } = await start();
    await expect(invoke({ large: true })).rejects.toMatchObject({
      error: 'Function.ResponseSizeTooLarge',
    });
    await expect(invoke({ text: 'x'.repeat(7 * 1024 * 1024) })).rejects.toMatchObject({
      error: 'Lambda.RequestEntityTooLargeException',
    });
  });

  test('are not invoked by somebody without the right', async () => {
    const { functions } = await start();
    const principal = { kind: 'service', arn: 'events.amazonaws.com', account: '0' } as const;
    const call = functions.invoke('task', {}, principal, new AbortController().signal);
    await expect(call).rejects.toMatchObject({
      error: 'Lambda.AWSLambdaException',
      cause_: expect.stringContaining('is not authorized to perform: lambda:InvokeFunction'),
    });
  });

  test('run on when the caller gives up', async () => {
    const { invoke, functions } = await start();
    const abort = new AbortController();
    const call = invoke({ sleep: 1000 }, abort.signal);
    abort.abort(new Error('stopped'));
    await expect(call).rejects.toThrow('stopped');
    expect(functions.invocations.get('Task')).toBe(1);
    expect(await invoke()).toMatchObject({ calls: 1 });
  });

  test('with a reserved concurrency are throttled above it', async () => {
    const { invoke } = await start({ spec: { reservedConcurrency: 1 } });
    const [first, second] = await Promise.allSettled([invoke({ sleep: 5 }), invoke()]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { error: 'Lambda.TooManyRequestsException' } });
  });

  test('make their calls for the state that invokes them, warm or not', async () => {
    const { functions, server } = await start();
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:task';
    const { signal } = new AbortController();
    server.add(standIn('Standin', async () => ({})));
    for (const state of ['First', 'Second', undefined]) {
      await functions.invoke(arn, { call: true }, caller, signal, { state });
    }
    const states = server.calls.map(({ state }) => state);
    expect(states).toEqual(['First', 'Second', undefined]);
  });

  test.each([
    ['kind=kill,nth=1', 'Runtime.ExitError', 0],
    ['kind=kill,nth=1,when=after', 'Runtime.ExitError', 1],
    ['kind=timeout,nth=1', 'Sandbox.Timedout', 0],
    ['kind=throttle,nth=1', 'Lambda.TooManyRequestsException', 0],
    ['kind=error,nth=1,error=Lambda.SdkClientException', 'Lambda.SdkClientException', 0],
  ])('under fault %s fail once with %s, having run %i times', async (fault, error, runs) => {
    const { invoke, functions } = await start({ faults: [fault] });
    await expect(invoke()).rejects.toMatchObject({ error });
    expect(functions.invocations.get('Task') ?? 0).toBe(runs);
    await expect(invoke()).resolves.toBeDefined();
  });

  test('under a duplicate run twice with the same input', async () => {
    const { invoke } = await start({ faults: ['kind=duplicate,nth=1'] });
    expect(await invoke({ a: 1 })).toMatchObject({ calls: 2, event: { a: 1 } });
  });

  test('under a duplicate with seconds run beside each other', async () => {
    const { invoke, clock, functions } = await start({ faults: ['kind=duplicate,seconds=5'] });
    const before = clock.now();
    expect(await invoke({ sleep: 60_000 })).toMatchObject({ calls: 1, now: before + 65_000 });
    expect(functions.invocations.get('Task')).toBe(2);
  });

  test('are not started again by a fault once all were ended', async () => {
    const { invoke, functions } = await start({ faults: ['kind=duplicate'] });
    const ended = expect(invoke()).rejects.toMatchObject({ error: 'Runtime.ExitError' });
    await functions.stop();
    await ended;
    expect(functions.invocations.get('Task')).toBe(1);
  });

  test('run in real time on a real clock', async () => {
    const { invoke } = await start({ clock: new RealClock() as never });
    const before = Date.now();
    await invoke({ sleep: 50 });
    expect(Date.now() - before).toBeGreaterThanOrEqual(49);
  });
});

describe('a function that polls', () => {
  const poller = bundle(`
    import { RedshiftDataClient, DescribeStatementCommand } from '@aws-sdk/client-redshift-data';
    const client = new RedshiftDataClient({ maxAttempts: 3 });
    export const handler = async ({ rounds, ids = ['a'] }) => {
      let seen = 0;
      const Id = '00000000-0000-4000-8000-000000000000';
      await Promise.all(ids.map(async () => {
        for (let i = 0; i < rounds; i++) {
          const { Status } = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 20 }));
          if (Status === 'STARTED') seen++;
        }
      }));
      return { seen, now: Date.now() };
    };`);
  afterAll(() => poller.remove());

  const longPoll = (clock: Clock) =>
    standIn('RedshiftData', async ({ input, signal }) => {
      await clock.sleep(Number(input.WaitTimeSeconds) * 1000, signal);
      return { Id: input.Id, Status: 'STARTED' };
    });

  let started: House;
  afterEach(() => started.stop());

  test('waits in virtual time, five hundred polls of twenty seconds', async () => {
    started = await house(poller.folder, { spec: { timeoutSeconds: 9_000_000 } });
    const { clock, server, invoke } = started;
    server.add(longPoll(clock));
    await invoke({ rounds: 1 });
    const before = clock.now();
    expect(await invoke({ rounds: 500 })).toEqual({ seen: 500, now: before + 500 * 20_000 });
    expect(clock.now()).toBe(before + 500 * 20_000);
  });

  test('several at once wait side by side', async () => {
    started = await house(poller.folder);
    const { clock, server, invoke } = started;
    server.add(longPoll(clock));
    const before = clock.now();
    await Promise.all([1, 2, 3].map(() => invoke({ rounds: 5, ids: ['a', 'b'] })));
    expect(clock.now()).toBe(before + 5 * 20_000);
  });

  test('is killed in the middle of a call by a fault, before or after it takes effect', async () => {
    started = await house(poller.folder, {
      faults: ['kind=kill,operation=DescribeStatement,nth=2,when=after'],
    });
    const { clock, server, invoke } = started;
    server.add(longPoll(clock));
    await expect(invoke({ rounds: 3 })).rejects.toMatchObject({ error: 'Runtime.ExitError' });
    expect(server.calls).toHaveLength(2);
    expect(await invoke({ rounds: 3 })).toMatchObject({ seen: 3 });
  });

  test('asks again after a lost answer, as the SDK does', async () => {
    started = await house(poller.folder, {
      faults: ['kind=lost-answer,operation=DescribeStatement,nth=1'],
    });
    const { clock, server, invoke } = started;
    server.add(longPoll(clock));
    expect(await invoke({ rounds: 1 })).toMatchObject({ seen: 1 });
    expect(server.calls).toHaveLength(2);
  });
});
