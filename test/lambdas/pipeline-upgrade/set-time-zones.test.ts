import { setTimeZones } from '../../../lambdas/set-time-zones/core';
import { runKey } from '../../../lambdas/shared/ledger';
import { FakeConsole, pipelinePayload } from '../../support/fake-console';
import { MemoryLedger } from '../../support/memory-ledger';

const memory = new MemoryLedger();
const { ledger } = memory;
let console: FakeConsole;
let payload: Awaited<ReturnType<typeof pipelinePayload>>;
beforeEach(async () => {
  console = await new FakeConsole().start();
  payload = await pipelinePayload(ledger);
});
afterEach(() => console.stop());

const BOTH = { shop: 'Europe/Berlin', order: 'Asia/Tokyo' };
const set = (timezones: Record<string, string> = BOTH) =>
  setTimeZones({ ...payload, timezones }, console.deps(ledger));
const PUT = /\/timezone$/;

it('trap 22: upgrading without app time zones: each is set first, with an id of its own, and what it was stands in the ledger', async () => {
  await expect(set()).resolves.toEqual({ set: 2, had: 0 });
  expect(Object.fromEntries(console.zones)).toEqual(BOTH);
  expect(new Set(console.posts(PUT).map(({ id }) => id)).size).toBe(2);
  await expect(ledger.get(runKey(payload.runId, 'time-zone#shop'))).resolves.toMatchObject({
    timezone: 'Europe/Berlin',
    state: 'set',
  });
});

it('leaves zones alone that are set, and needs none for them in the input', async () => {
  console.zones.set('shop', 'Europe/Berlin').set('order', 'Asia/Tokyo');
  await expect(set({})).resolves.toEqual({ set: 0, had: 2 });
  await expect(set()).resolves.toEqual({ set: 0, had: 2 });
  expect(console.posts(PUT)).toEqual([]);
});

it('trap 42: assuming one app per project: every application of the stacks needs a zone, also one that is not migrated', async () => {
  console.root('DataModelingRedshift').appIds = 'shop,order,backoffice';
  await expect(set()).rejects.toMatchObject({
    name: 'TimeZoneError',
    message: expect.stringMatching(/no time zone for application\(s\) backoffice/),
  });
});

it('finds everything before it sets the first zone, because a zone is final', async () => {
  console.zones.set('shop', 'America/New_York');
  console.root('DataModelingRedshift').appIds = 'shop,order,backoffice,extra';
  await expect(
    set({ shop: 'Europe/Berlin', order: '+02:00', extra: 'Mars/Olympus', other: 'UTC' }),
  ).rejects.toMatchObject({
    message: expect.stringMatching(
      /^5 finding\(s\): \(1\) no time zone for application\(s\) backoffice.*\(2\) pipeline\.timezones names other, .*\(3\) application shop has time zone America\/New_York, which is final; .* says Europe\/Berlin; \(4\) "\+02:00" .*\(5\) "Mars\/Olympus" .*No zone was set now.*redrive.*continueRun/,
    ),
  });
  expect(console.posts(PUT)).toEqual([]);
});

it('sees after a lost answer that the zone is set, and asks no second time', async () => {
  console.after = ({ path }) => {
    if (PUT.test(path)) throw new Error('lost');
  };
  await expect(set()).rejects.toMatchObject({ name: 'TryAgainError' });
  console.after = () => undefined;
  await expect(set()).resolves.toEqual({ set: 1, had: 1 });
  expect(console.posts(PUT).map(({ path }) => path)).toEqual([
    '/api/app/order/timezone',
    '/api/app/shop/timezone',
  ]);
});

it('asks again under a new id after a request that never arrived', async () => {
  console.before = ({ path }) => {
    if (PUT.test(path)) throw new Error('never arrived');
  };
  await expect(set()).rejects.toMatchObject({ name: 'TryAgainError' });
  console.before = () => undefined;
  await expect(set()).resolves.toEqual({ set: 2, had: 0 });
  const ids = console.posts(/order/).map(({ id }) => id);
  expect(ids).toEqual([`${payload.runId}-time-zone-order-1`, `${payload.runId}-time-zone-order-2`]);
});

it('goes on when it was killed between the intent and the request', async () => {
  memory.after = () => {
    throw new Error('killed');
  };
  await expect(set()).rejects.toThrow('killed');
  memory.after = () => undefined;
  await expect(set()).resolves.toEqual({ set: 2, had: 0 });
});

it('is content when somebody has set the same zone meanwhile, and refuses when it is another one', async () => {
  console.before = ({ path }) => {
    if (PUT.test(path)) console.zones.set('order', 'Asia/Tokyo').set('shop', 'UTC');
  };
  await expect(set()).rejects.toMatchObject({
    name: 'TimeZoneError',
    message: expect.stringMatching(
      /did not set time zone Europe\/Berlin of application shop \(400\).*It has UTC now/,
    ),
  });
  await expect(ledger.get(runKey(payload.runId, 'time-zone#order'))).resolves.toMatchObject({
    state: 'set',
  });
});

it('says when the console does not know the pipeline', async () => {
  console.answerWith = ({ path }) =>
    path.startsWith('/api/pipeline')
      ? { status: 404, body: '{"message":"Pipeline not found"}' }
      : undefined;
  await expect(set()).rejects.toMatchObject({
    name: 'PipelineRefusedError',
    message: expect.stringMatching(/Pipeline not found/),
  });
});

it('an output without an address or a stack that is none is named with the configuration to repair', async () => {
  console.consoleDescription = 'something else';
  await expect(set()).rejects.toThrow(
    /clickstream-console in eu-west-1 has no output .* console\.stackName/,
  );
});
