import { openConsole } from '../../../lambdas/shared/clickstream/console-access';
import { ConsoleApi } from '../../../lambdas/shared/clickstream/console-api';
import { inTime } from '../../../lambdas/shared/clickstream/network-path';
import { FakeConsole, PID, PROJECT, TOKEN_REF } from '../../support/fake-console';
import { MemoryLedger } from '../../support/memory-ledger';

let console: FakeConsole;
beforeEach(async () => {
  console = await new FakeConsole().start();
});
afterEach(() => console.stop());

const api = () => new ConsoleApi(console.url, 'fresh-token');
const upgrade = () => api().upgrade(PID, PROJECT, 'id-1');
const answering = (status: number, body: string) => {
  console.answerWith = () => ({ status, body });
};

it('sends token, request id and an empty JSON body', async () => {
  await expect(upgrade()).resolves.toMatchObject({ ok: true });
  expect(console.requests).toMatchObject([
    {
      method: 'POST',
      path: `/api/pipeline/${PID}/upgrade?pid=${PROJECT}`,
      id: 'id-1',
      body: '{}',
      token: 'Bearer fresh-token',
    },
  ]);
});

it('goes by the status code: a refusal that says "success": true is one', async () => {
  answering(400, '{"success":true,"message":"Timezone not allowed to be modified."}');
  await expect(api().setTimeZone('shop', PROJECT, 'Europe/Berlin', 'id-1')).resolves.toEqual({
    ok: false,
    status: 400,
    message: 'Timezone not allowed to be modified.',
  });
});

it('names the reasons behind a failed verification', async () => {
  answering(
    400,
    '{"message":"Parameter verification failed.","error":[{"msg":"Not Modified."},"x"]}',
  );
  await expect(upgrade()).resolves.toMatchObject({
    message: 'Parameter verification failed. Not Modified. "x"',
  });
});

it.each([500, 502, 503, 504, 429, 408])('an answer %i proves nothing', async (status) => {
  answering(status, '<html>');
  await expect(upgrade()).rejects.toMatchObject({ name: 'TryAgainError' });
});

it('a connection that breaks proves nothing', async () => {
  console.before = () => {
    throw new Error('broken');
  };
  await expect(upgrade()).rejects.toMatchObject({ name: 'TryAgainError' });
});

it('gives up waiting after 30 s, and that proves nothing', async () => {
  let signal: AbortSignal | undefined;
  const slow = new ConsoleApi(console.url, 't', async (_, init) => {
    signal = init?.signal ?? undefined;
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  });
  const wait = jest.spyOn(AbortSignal, 'timeout');
  await expect(slow.upgrade(PID, PROJECT, 'id-1')).rejects.toMatchObject({ name: 'TryAgainError' });
  expect(wait).toHaveBeenCalledWith(30_000);
  expect(signal).toBeDefined();
});

it.each([401, 403])('an answer %i asks for a fresh token in the secret', async (status) => {
  answering(status, '{"message":"Insufficient permissions to access the API."}');
  await expect(upgrade()).rejects.toMatchObject({
    name: 'ConsoleTokenError',
    message: expect.stringMatching(
      /Insufficient permissions.*fresh id token.*Admin or Operator.*redrive/,
    ),
  });
});

it('a page instead of JSON is not taken for success', async () => {
  answering(200, '<!doctype html>');
  await expect(upgrade()).rejects.toThrow(/no JSON: output ControlPlaneURL/);
});

it('does not follow a redirect, which would turn a POST into a GET', async () => {
  answering(302, '');
  await expect(upgrade()).resolves.toMatchObject({ ok: false, status: 302 });
  expect(console.requests).toHaveLength(1);
});

describe('the way to the console', () => {
  const failing = (code: string, name = 'TypeError') =>
    new ConsoleApi('https://console.example', 't', async () => {
      throw Object.assign(new TypeError('fetch failed'), { name, cause: { code, message: 'x' } });
    });

  it.each([
    [
      '',
      'TimeoutError',
      false,
      /nothing answers within 3 s; if the console has private addresses only, name VPC/,
    ],
    [
      '',
      'TimeoutError',
      true,
      /nothing answers within 3 s; look at console\.vpc .* security group must let/,
    ],
    ['ENOTFOUND', 'TypeError', true, /its name has no address here.*the VPC needs a hosted zone/],
    ['ENOTFOUND', 'TypeError', false, /its name has no address here/],
    ['EHOSTUNREACH', 'TypeError', true, /there is no route to it/],
    ['ECONNREFUSED', 'TypeError', false, /takes no connection/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TypeError', false, /certificate is not accepted/],
    ['UND_ERR_CONNECT_TIMEOUT', 'TypeError', false, /nothing answers within 3 s/],
  ])('names what is missing at %s %s (in a VPC: %s)', async (code, name, inVpc, message) => {
    await expect(failing(code, name).prove(inVpc)).rejects.toMatchObject({
      name: 'NetworkPathError',
      message: expect.stringMatching(message),
    });
  });

  it('a connection that breaks is no missing path', async () => {
    await expect(failing('ECONNRESET').prove(false)).rejects.toMatchObject({
      name: 'TryAgainError',
    });
  });

  it('any answer proves the path', async () => {
    answering(503, '');
    await expect(api().prove(true)).resolves.toBeUndefined();
  });

  it('a service of AWS that does not answer from the VPC is named after 3 s', async () => {
    jest.useFakeTimers();
    const never = inTime(true, 'Secrets Manager', new Promise(() => undefined));
    const seen = expect(never).rejects.toMatchObject({
      name: 'NetworkPathError',
      message: expect.stringMatching(
        /Secrets Manager does not answer within 3 s .*NAT gateway.*endpoint/,
      ),
    });
    jest.advanceTimersByTime(3_000);
    await seen;
    jest.useRealTimers();
    await expect(inTime(true, 'x', Promise.resolve(1))).resolves.toBe(1);
  });
});

describe('the token', () => {
  const open = (token: string | undefined) => {
    console.token = token;
    const deps = console.deps(new MemoryLedger().ledger);
    return openConsole(deps, TOKEN_REF, { url: console.url, version: 'v1.1.15' });
  };

  it.each(['fresh-token', ' fresh-token\n', '{"token":"fresh-token"}'])(
    'is read from %j',
    async (value) => {
      await expect((await open(value)).pipeline(PID, PROJECT)).resolves.toMatchObject({ ok: true });
    },
  );

  it.each([undefined, '', '{"other":"x"}', '{broken', 'two words', '{"token":7}'])(
    'is not there in %j, and the value is not shown',
    async (value) => {
      await expect(open(value)).rejects.toMatchObject({
        name: 'ConsoleTokenError',
        message: expect.not.stringMatching(/two words|broken/),
      });
    },
  );
});
