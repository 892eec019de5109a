import { AwsFault } from '../../support/fake-cloudformation';
import { startLedger } from '../../support/ledger';
import { NEW, OLD, RISKY, StackHarness, templates } from '../../support/stack-update';

let db: Awaited<ReturnType<typeof startLedger>>;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
const prepared = async (catalogue = templates()) => {
  const h = await new StackHarness(db.ledger, catalogue).open();
  await h.prepare();
  return h;
};

describe('execute-change-set', () => {
  test('executes what was approved, once, however often it is asked', async () => {
    const h = await prepared();
    await h.approve();
    await expect(h.execute()).resolves.toEqual({ status: 'executing', attempt: 1 });
    await expect(h.execute()).resolves.toEqual({ status: 'executing', attempt: 1 });
    h.clock.pass(600_000);
    await expect(h.execute()).resolves.toEqual({ status: 'executing', attempt: 1 });
    expect(h.cloud.updates).toBe(1);
    expect(h.cloud.events[0]!.ClientRequestToken).toBe((await h.latest())!.name);
  });

  test('returns changed when nothing was approved, and when something else was', async () => {
    const h = await prepared();
    await expect(h.execute()).resolves.toMatchObject({ status: 'changed' });
    await h.approve();
    h.cloud.templates[NEW] = { ...h.cloud.templates[NEW]!, changes: [RISKY] };
    await expect(h.execute()).resolves.toMatchObject({ status: 'changed' });
    expect(h.cloud.updates).toBe(0);
  });

  test('needs no approval where the gate is off and no data are touched', async () => {
    const h = await prepared();
    await expect(h.execute(false)).resolves.toMatchObject({ status: 'executing' });
  });

  test('needs an approval of what touches data although the gate is off', async () => {
    const { [NEW]: template, ...others } = templates();
    const h = await prepared({ ...others, [NEW]: { ...template!, changes: [RISKY] } });
    await expect(h.execute(false)).resolves.toMatchObject({ status: 'changed' });
    await h.approve();
    await expect(h.execute(false)).resolves.toMatchObject({ status: 'executing' });
  });

  test('writes the intent before the call and adopts the update after a lost answer', async () => {
    const h = await prepared();
    await h.approve();
    let intent: string | undefined;
    h.cloud.before = (call) => {
      if (call === 'ExecuteChangeSet') h.latest().then((item) => (intent = item!.state));
    };
    h.cloud.after = (call) => {
      if (call === 'ExecuteChangeSet') throw new AwsFault('TimeoutError');
    };
    await expect(h.execute()).rejects.toThrow('TimeoutError');
    await expect(h.execute()).resolves.toMatchObject({ status: 'executing' });
    expect(intent).toBe('executing');
    expect(h.cloud.updates).toBe(1);
  });

  test('executes after all when it died between the intent and the call', async () => {
    const h = await prepared();
    await h.approve();
    h.cloud.before = (call) => {
      if (call === 'ExecuteChangeSet') throw new AwsFault('TimeoutError');
    };
    await expect(h.execute()).rejects.toThrow('TimeoutError');
    h.cloud.before = () => undefined;
    await expect(h.execute()).resolves.toMatchObject({ status: 'executing' });
    expect(h.cloud.updates).toBe(1);
  });

  test('adopts by its events an update whose change set is gone since', async () => {
    const h = await prepared();
    await h.approve();
    await h.execute();
    h.cloud.changeSets.clear();
    await expect(h.execute()).resolves.toEqual({ status: 'executing', attempt: 1 });
  });

  test('adopts an update whose token CloudFormation has seen', async () => {
    const h = await prepared();
    await h.approve();
    h.cloud.before = (call) => {
      if (call === 'ExecuteChangeSet') throw new AwsFault('TokenAlreadyExistsException');
    };
    await expect(h.execute()).resolves.toMatchObject({ status: 'executing' });
  });

  test.each([
    ['obsolete', (h: StackHarness) => h.cloud.updateByOthers(OLD, 1)],
    ['deleted', (h: StackHarness) => h.cloud.changeSets.clear()],
  ])('returns changed for a change set that is %s', async (_, spoil) => {
    const h = await prepared();
    await h.approve();
    spoil(h);
    h.clock.pass(60_000);
    await expect(h.execute()).resolves.toMatchObject({ status: 'changed' });
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
    // The same content was approved: the rebuilt change set needs no second answer.
    await expect(h.execute()).resolves.toMatchObject({ status: 'executing' });
  });

  test('refuses while somebody else changes the stack, and executes on redrive', async () => {
    const h = await prepared();
    await h.approve();
    h.cloud.status = 'UPDATE_IN_PROGRESS';
    await expect(h.execute()).rejects.toMatchObject({ name: 'StackBusyError' });
    h.cloud.status = 'UPDATE_COMPLETE';
    h.redriveCount = 1;
    await expect(h.execute()).resolves.toMatchObject({ status: 'executing', attempt: 1 });
  });

  test('passes on why CloudFormation does not execute', async () => {
    const h = await prepared();
    await h.approve();
    h.cloud.before = (call) => {
      if (call === 'ExecuteChangeSet')
        throw new AwsFault('InsufficientCapabilitiesException', 'no');
    };
    await expect(h.execute()).rejects.toMatchObject({ name: 'ChangeSetFailedError' });
    expect((await h.latest())!.state).toBe('ready');
  });

  test('asks for a change set where there is none', async () => {
    const h = await new StackHarness(db.ledger).open();
    await expect(h.execute()).resolves.toEqual({ status: 'changed', attempt: 0 });
  });
});
