import { latestPipelineAttempt } from '../../../lambdas/shared/clickstream/pipeline-attempts';
import { startPipelineUpgrade } from '../../../lambdas/start-pipeline-upgrade/core';
import type { StartPipelineUpgradePayload } from '../../../lambdas/start-pipeline-upgrade/payload';
import { FakeConsole, invocationOf, NEW, pipelinePayload } from '../../support/fake-console';
import { MemoryLedger } from '../../support/memory-ledger';

const memory = new MemoryLedger();
const { ledger } = memory;
let console: FakeConsole;
let payload: StartPipelineUpgradePayload;
beforeEach(async () => {
  console = await new FakeConsole().start();
  console.zones.set('shop', 'Europe/Berlin').set('order', 'Europe/Berlin');
  payload = await pipelinePayload(ledger);
});
afterEach(async () => {
  memory.before = memory.after = () => undefined;
  await console.stop();
});

const start = (change: Partial<StartPipelineUpgradePayload> = {}) =>
  startPipelineUpgrade({ ...payload, ...change }, console.deps(ledger), invocationOf(console));
const byHand = () => ({ console: { ...payload.console, tokenSecretArn: null } });
const latest = () => latestPipelineAttempt(ledger, payload.runId);
const UPGRADE = /\/upgrade\?/;
const RETRY = /\/retry\?/;

it('asks the console once, with token and an id made of run and attempt, and says from what to what', async () => {
  await expect(start()).resolves.toMatchObject({
    status: 'begun',
    attempt: 1,
    from: 'v1.1.5-202403071513',
    to: NEW,
  });
  expect(console.posts(UPGRADE)).toMatchObject([{ id: `${payload.runId}-pipeline-1`, body: '{}' }]);
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 1 });
  expect(console.begun).toBe(1);
});

it('starts nothing when every root stack has the version of the console', async () => {
  for (const root of console.roots) root.version = NEW;
  await expect(start()).resolves.toMatchObject({ status: 'done', attempt: 0 });
  expect(console.posts(/./)).toEqual([]);
});

it('trap 21: retrying the upgrade POST after a gateway timeout: the pipeline is looked at first, and one upgrade begins', async () => {
  console.after = ({ path }) => {
    if (UPGRADE.test(path)) throw new Error('lost');
  };
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 1 });
  expect(console.posts(UPGRADE)).toHaveLength(1);
  expect(console.begun).toBe(1);
});

it('trap 21: retrying the upgrade POST after a gateway timeout: a request that never arrived is made again under a new id, but not before the server must be through with it', async () => {
  const asked: number[] = [];
  console.before = ({ path }) => {
    if (!UPGRADE.test(path)) return;
    asked.push(console.clock.now());
    if (asked.length === 1) throw new Error('never arrived');
  };
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 2 });
  expect(console.posts(UPGRADE).map(({ id }) => id)).toEqual([
    `${payload.runId}-pipeline-1`,
    `${payload.runId}-pipeline-2`,
  ]);
  expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(75_000);
  expect(console.begun).toBe(1);
});

it('trap 21: retrying the upgrade POST after a gateway timeout: a slow server that starts the upgrade after the connection broke is not asked twice', async () => {
  console.before = ({ path }) => {
    if (!UPGRADE.test(path)) return;
    console.before = () => undefined;
    // The gateway has given up; the server goes on and begins 20 seconds later.
    const at = console.clock.now() + 20_000;
    const status = Object.getOwnPropertyDescriptor(FakeConsole.prototype, 'status')!.get!;
    Object.defineProperty(console, 'status', {
      configurable: true,
      get() {
        if (console.begun === 0 && console.clock.now() >= at) console.begin();
        return status.call(console);
      },
    });
    throw new Error('gateway timeout');
  };
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 1 });
  expect(console.posts(UPGRADE)).toHaveLength(1);
  expect(console.begun).toBe(1);
});

it.each([502, 504, 429])(
  'trap 21: retrying the upgrade POST: an answer %i says nothing: the pipeline decides',
  async (status) => {
    console.answerWith = ({ path }) => {
      if (!UPGRADE.test(path) || console.begun > 0) return undefined;
      console.begin();
      return { status, body: 'gateway' };
    };
    await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 1 });
    expect(console.begun).toBe(1);
  },
);

it('trap 21: treating the second 400 as failure: "does not allow upgrade" while it is Updating is an upgrade that works', async () => {
  console.before = ({ path }) => {
    // Somebody presses Upgrade between our look and our request.
    if (UPGRADE.test(path)) console.begin();
  };
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 1 });
  expect(console.begun).toBe(1);
});

it('trap 21: retrying the upgrade POST with the same id: "Not Modified." is no failure, the pipeline decides', async () => {
  const error = [{ msg: 'Not Modified.' }];
  console.answerWith = ({ path }) => {
    if (!UPGRADE.test(path)) return undefined;
    // A copy of this very request came before it, and has begun the upgrade.
    console.begin();
    return {
      status: 400,
      body: JSON.stringify({ message: 'Parameter verification failed.', error }),
    };
  };
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 1 });
  expect(console.posts(UPGRADE)).toHaveLength(1);
  expect(console.begun).toBe(1);
});

it('trap 21: treating the second 400 as failure: an upgrade somebody else has begun is adopted', async () => {
  console.begin();
  console.clock.pass(30_000);
  await expect(start()).resolves.toMatchObject({ status: 'begun' });
  expect(console.posts(UPGRADE)).toEqual([]);
});

it('waits with a request when the intent is all a dead worker left, and sends one when nothing came of it', async () => {
  let writes = 0;
  memory.after = () => {
    writes += 1;
    // Token, its renewal, the intent: then the worker dies before the request.
    if (writes === 3) throw new Error('killed');
  };
  await expect(start()).rejects.toThrow('killed');
  memory.after = () => undefined;
  expect(await latest()).toMatchObject({ state: 'intent', number: 1 });
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 2 });
  expect(console.begun).toBe(1);
});

it('adopts the upgrade when a worker dies behind its request', async () => {
  console.after = ({ path }) => {
    if (UPGRADE.test(path)) {
      memory.before = () => {
        throw new Error('killed');
      };
    }
  };
  await expect(start()).rejects.toThrow('killed');
  memory.before = () => undefined;
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 1 });
  expect(console.posts(UPGRADE)).toHaveLength(1);
});

it('asks for a retry after a failed upgrade, and not for an upgrade the console would refuse', async () => {
  console.templateVersion = NEW;
  console.root('Ingestion').status = 'UPDATE_ROLLBACK_COMPLETE';
  await expect(start()).resolves.toMatchObject({ status: 'begun', action: 'retry' });
  expect(console.posts(RETRY)).toHaveLength(1);
  expect(await latest()).toMatchObject({
    failedBefore: { [console.root('Ingestion').name]: '1970-01-01T00:00:00.000Z' },
  });
});

it('trap 22: upgrading without app time zones: the refusal names the applications and what to do, and a redrive asks anew', async () => {
  const message =
    'To upgrade the pipeline, please specify a reporting time zone for the app(s): shop registered in this pipeline.';
  console.answerWith = ({ path }) =>
    UPGRADE.test(path)
      ? { status: 400, body: JSON.stringify({ success: false, message }) }
      : undefined;
  await expect(start()).rejects.toMatchObject({
    name: 'PipelineRefusedError',
    message: expect.stringMatching(/app\(s\): shop .*Nothing began.*Set the zones.*redrive/),
  });
  console.answerWith = () => undefined;
  await expect(start({ redriveCount: 1 })).resolves.toMatchObject({ status: 'begun', attempt: 2 });
});

describe('refuses, with what to do', () => {
  it.each([
    ['a pipeline that somebody changes', 'Updating', /it is not the upgrade/],
    [
      'a pipeline that is Failed since before',
      'Failed',
      /press Retry in the console until it is Active/,
    ],
    ['a pipeline that is being made', 'Creating', /is Creating and cannot be upgraded/],
    ['a pipeline that is deleted', 'Deleted', /is Deleted and cannot be upgraded/],
  ])('%s', async (_, status, message) => {
    console.statusOverride = status;
    await expect(start()).rejects.toMatchObject({
      name: 'PipelineRefusedError',
      message: expect.stringMatching(message),
    });
    expect(console.posts(/./)).toEqual([]);
  });

  it('a project that has no stacks here', async () => {
    await expect(start({ region: 'eu-west-3' })).rejects.toThrow(
      /no stack in eu-west-3 .* pipeline\.region/,
    );
  });

  it('a pipeline the console does not know', async () => {
    console.answerWith = ({ path }) =>
      path.startsWith('/api/pipeline')
        ? { status: 404, body: '{"message":"Pipeline resource does not exist."}' }
        : undefined;
    await expect(start()).rejects.toThrow(/does not show pipeline .* does not exist/);
  });

  it('one server at the least and one at the most', async () => {
    console.answerWith = ({ path }) =>
      UPGRADE.test(path)
        ? {
            status: 400,
            body: '{"message":"Validation error: this pipeline not allow to update with the server size minimum and maximum are 1."}',
          }
        : undefined;
    await expect(start()).rejects.toThrow(/Raise the maximum of the ingestion servers/);
  });

  it('a token that has expired, and takes a fresh one on redrive', async () => {
    console.accepted = 'newer-token';
    await expect(start()).rejects.toMatchObject({
      name: 'ConsoleTokenError',
      message: expect.stringMatching(/fresh id token/),
    });
    console.token = JSON.stringify({ token: 'newer-token' });
    await expect(start({ redriveCount: 1 })).resolves.toMatchObject({ status: 'begun' });
  });
});

it('trap 26: assuming stack names start with Clickstream-: stacks are found by tag, and the region of the pipeline is its own', async () => {
  for (const root of console.roots) Object.assign(root, { name: `Acme-${root.name}` });
  console.region = 'ap-southeast-1';
  await expect(start({ region: 'ap-southeast-1' })).resolves.toMatchObject({ status: 'begun' });
  expect(new Set(console.regions)).toEqual(new Set(['eu-west-1', 'ap-southeast-1']));
});

describe('without a token', () => {
  it('changes nothing and asks for a person, about the same attempt until it is over', async () => {
    await expect(start(byHand())).resolves.toMatchObject({
      status: 'ask',
      attempt: 1,
      action: 'upgrade',
    });
    await expect(start(byHand())).resolves.toMatchObject({ status: 'ask', attempt: 1 });
    expect(console.requests).toEqual([]);
  });

  it('asks for Retry where a stack stands failed', async () => {
    console.root('Ingestion').status = 'UPDATE_ROLLBACK_COMPLETE';
    await expect(start(byHand())).resolves.toMatchObject({ status: 'ask', action: 'retry' });
  });

  it('asks nobody when something moves already', async () => {
    console.begin();
    console.clock.pass(30_000);
    await expect(start(byHand())).resolves.toMatchObject({ status: 'begun' });
  });
});

it('leaves when its execution is stopped, before it asks the console for anything', async () => {
  console.sfn.statuses[payload.rootArn] = 'ABORTED';
  await expect(start()).resolves.toMatchObject({ status: 'running' });
  expect(console.posts(/./)).toEqual([]);
});
