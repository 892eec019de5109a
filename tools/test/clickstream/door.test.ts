// The console's door: a task function that calls it with fetch is known by its key, time waits for what it
// computes and passes while it waits, faults strike its calls, and they are on the record.

import type { IncomingHttpHeaders } from 'node:http';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults, faultOf } from '../../rehearsal/faults/faults';
import { Callers } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { Functions } from '../../rehearsal/lambda/functions';
import type { HttpInput, RestService } from '../../rehearsal/services/protocols';
import { Server } from '../../rehearsal/services/server';
import { account, bundle, caller, region, trustIn } from '../cloud/house';

const MINUTE = 60_000;
const arn = `arn:aws:lambda:${region}:${account}:function:task`;
const roleArn = `arn:aws:iam::${account}:role/Task`;

let made: ReturnType<typeof bundle>;
let clock: VirtualClock;
let server: Server;
let web: Server;
let functions: Functions;
let asked: string[];

/** Answers after a minute on the clock. */
const console_: RestService = {
  target: 'clickstream-console',
  protocol: 'rest-json',
  operationOf: ({ method, path }: HttpInput) => `${method} ${path.slice(1)}`,
  call: async ({ operation }) => {
    asked.push(operation);
    await clock.sleep(MINUTE);
    return { status: 201, body: '{"started":true}' };
  },
};

beforeAll(() => {
  made = bundle(`export const handler = async ({ url, times = 1 }) => {
    const begun = Date.now();
    const statuses = [];
    for (let i = 0; i < times; i++) {
      const response = await fetch(url, { method: 'POST' }).catch((error) => ({ status: error.name }));
      statuses.push(response.status);
      await response.text?.();
    }
    return { statuses, took: Date.now() - begun };
  };`);
});
afterAll(() => made.remove());
afterEach(async () => {
  clock.stop();
  await functions.stop();
  await Promise.all([server.stop(), web.stop()]);
});

async function call(faults: readonly string[], event: object = {}): Promise<unknown> {
  clock = new VirtualClock();
  asked = [];
  const iam = new Iam(account);
  const callers = new Callers(clock);
  const options = { clock, iam, callers, faults: new Faults(faults.map(faultOf)), problems: [] };
  server = new Server(options);
  const entrance = (headers: IncomingHttpHeaders) => ({
    accessKeyId: String(headers['x-rehearsal-key']),
    region,
    service: console_.target,
  });
  web = new Server({ ...options, entrance, beside: server });
  web.add(console_);
  const endpointUrl = await server.start();
  const url = `${await web.start()}/upgrade`;
  functions = new Functions({ ...options, account, region, endpointUrl, onLog: () => {} });
  functions.add({
    task: 'StartPipelineUpgrade',
    name: 'task',
    arn,
    roleArn,
    handler: 'index.handler',
    bundle: `${made.folder}/index.mjs`,
    exportName: 'handler',
    runtime: 'nodejs22.x',
    environment: {},
    timeoutSeconds: 900,
    memoryMb: 256,
  });
  iam.attach(caller.arn, {
    Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn },
  });
  iam.protect(roleArn, trustIn('lambda.amazonaws.com'));
  const { signal } = new AbortController();
  return functions.invoke(arn, { url, ...event }, caller, signal);
}

it('answers, and the time it takes passes for the function', async () => {
  expect(await call([], { times: 3 })).toEqual({ statuses: [201, 201, 201], took: 3 * MINUTE });
  expect(server.calls).toEqual(
    Array(3).fill(
      expect.objectContaining({
        task: 'StartPipelineUpgrade',
        service: 'clickstream-console',
        operation: 'POST upgrade',
        by: roleArn,
      }),
    ),
  );
});

const WHERE = 'service=clickstream-console,operation=POST upgrade,nth=1';

it('fails a call, without effect', async () => {
  expect(await call([`kind=error,${WHERE}`])).toMatchObject({ statuses: [500] });
  expect(asked).toEqual([]);
});

it('loses an answer, after the effect', async () => {
  expect(await call([`kind=lost-answer,${WHERE}`])).toMatchObject({ statuses: ['TypeError'] });
  expect(asked).toEqual(['POST upgrade']);
});

it('delays a call', async () => {
  const took = 4 * MINUTE;
  expect(await call([`kind=delay,seconds=180,${WHERE}`])).toEqual({ statuses: [201], took });
});

it.each([
  ['before', []],
  ['after', ['POST upgrade']],
])('kills the function %s the call takes effect', async (when, effect) => {
  await expect(call([`kind=kill,when=${when},${WHERE}`])).rejects.toThrow('signal: killed');
  expect(asked).toEqual(effect);
});
