import { runKey } from '../../../lambdas/shared/ledger';
import { startLedger } from '../../support/ledger';
import { NEW, OLD, StackHarness } from '../../support/stack-update';

let db: Awaited<ReturnType<typeof startLedger>>;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
const harness = () => new StackHarness(db.ledger).open();
const FAULT = { id: 'Users', type: 'AWS::DynamoDB::Table', reason: 'Throughput exceeds the limit' };

describe('follow-stack', () => {
  test('waits out UPDATE_COMPLETE_CLEANUP_IN_PROGRESS and ends at UPDATE_COMPLETE', async () => {
    const h = await (await harness()).started();
    const before = h.clock.now();
    await expect(h.follow()).resolves.toEqual({ status: 'updated', attempt: 1 });
    expect(h.cloud.status).toBe('UPDATE_COMPLETE');
    expect(h.clock.now() - before).toBe(120_000);
  });

  test('records that the deployed description is the approved one', async () => {
    const h = await (await harness()).started();
    await h.follow();
    const check = await db.ledger.get(runKey(h.runId, 'check#console#description'));
    expect(check).toMatchObject({
      expected: h.plan.description,
      actual: h.plan.description,
      ok: true,
    });
  });

  test('does not take the COMPLETE of an earlier update for its own', async () => {
    const h = await harness();
    h.cloud.updateByOthers(OLD, 1);
    h.clock.pass(60_000);
    await h.started();
    const before = h.clock.now();
    await h.follow();
    expect(h.clock.now() - before).toBe(120_000);
  });

  test('trap 24: accepting UPDATE_ROLLBACK_COMPLETE because it ends in COMPLETE: on the console it is a failure, too', async () => {
    const h = await harness();
    h.cloud.rollBackNext = FAULT;
    await h.started();
    await expect(h.follow()).rejects.toThrow(/ended UPDATE_ROLLBACK_COMPLETE/);
    expect(h.cloud.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('names the resource that failed first by itself, not one that was cancelled', async () => {
    const h = await harness();
    h.cloud.rollBackNext = FAULT;
    await h.started();
    await expect(h.follow()).rejects.toMatchObject({
      name: 'StackRolledBackError',
      message: expect.stringContaining(
        'Users (AWS::DynamoDB::Table) UPDATE_FAILED: Throughput exceeds the limit',
      ),
    });
  });

  test('throws the same to a duplicate, returns again on redrive, and the next attempt goes through', async () => {
    const h = await harness();
    h.cloud.rollBackNext = FAULT;
    await h.started();
    await expect(h.follow()).rejects.toMatchObject({ name: 'StackRolledBackError' });
    await expect(h.follow()).rejects.toMatchObject({ name: 'StackRolledBackError' });
    h.redriveCount = 1;
    await expect(h.follow()).resolves.toEqual({ status: 'again', attempt: 1 });
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
    await expect(h.execute()).resolves.toMatchObject({ status: 'executing', attempt: 2 });
    await expect(h.follow()).resolves.toEqual({ status: 'updated', attempt: 2 });
    expect(h.cloud.updates).toBe(2);
  });

  test('says how to leave UPDATE_ROLLBACK_FAILED', async () => {
    const h = await harness();
    h.cloud.rollBackNext = { ...FAULT, stuck: true };
    await h.started();
    await expect(h.follow()).rejects.toThrow(
      /UPDATE_ROLLBACK_FAILED.*continue the update rollback/,
    );
  });

  test('returns running when its time is over and finds the end in a later turn', async () => {
    const h = await (await harness()).started();
    const before = h.clock.now();
    await expect(h.follow(h.plan, 126_000)).resolves.toMatchObject({ status: 'running' });
    expect(h.clock.now() - before).toBe(5_000);
    await expect(h.follow()).resolves.toMatchObject({ status: 'updated' });
  });

  test('leaves the update to CloudFormation when the execution is stopped, and adopts it on redrive', async () => {
    const h = await (await harness()).started();
    const before = h.clock.now();
    h.executionStatus = 'ABORTED';
    await expect(h.follow()).resolves.toEqual({ status: 'running', attempt: 1 });
    expect(h.clock.now()).toBe(before);
    h.executionStatus = 'RUNNING';
    h.redriveCount = 1;
    await expect(h.follow()).resolves.toMatchObject({ status: 'updated' });
    expect(h.cloud.updates).toBe(1);
  });

  const executeByHand = async (h: StackHarness, ClientRequestToken?: string) => {
    const { name } = (await h.latest())!;
    await h.cloud.client.send({
      constructor: { name: 'ExecuteChangeSetCommand' },
      input: { ChangeSetName: name, ClientRequestToken },
    });
  };

  test.each([
    ['with a token of the console', 'Console-ExecuteChangeSet-1'],
    ['without any token', undefined],
  ])('follows an update that a person started by hand %s', async (_, token) => {
    const h = await harness();
    h.cloud.updateByOthers(OLD, 1, {});
    h.clock.pass(60_000);
    await h.prepare();
    const before = h.clock.now();
    await executeByHand(h, token);
    await expect(h.execute()).resolves.toMatchObject({ status: 'executing' });
    await expect(h.follow()).resolves.toMatchObject({ status: 'updated' });
    expect(h.clock.now() - before).toBe(120_000);
    expect(h.cloud.updates).toBe(2);
  });

  test('throws when an update by hand without a token is rolled back', async () => {
    const h = await harness();
    await h.prepare();
    h.cloud.rollBackNext = FAULT;
    await executeByHand(h);
    await h.execute();
    await expect(h.follow()).rejects.toMatchObject({
      name: 'StackRolledBackError',
      message: expect.stringContaining('Users (AWS::DynamoDB::Table) UPDATE_FAILED'),
    });
  });

  test('throws when somebody has put another version there since, and updates again on redrive', async () => {
    const h = await (await harness()).started();
    h.clock.pass(600_000);
    h.cloud.updateByOthers(OLD, 1);
    h.clock.pass(600_000);
    await expect(h.follow()).rejects.toMatchObject({ name: 'ReconciliationError' });
    await expect(h.follow()).rejects.toMatchObject({ name: 'ReconciliationError' });
    expect(await db.ledger.get(runKey(h.runId, 'check#console#description'))).toMatchObject({
      ok: false,
    });
    h.redriveCount = 1;
    await expect(h.follow()).resolves.toMatchObject({ status: 'again' });
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
  });

  test('asks for another attempt when a new execution wants something else of the stack', async () => {
    const h = await (await harness()).started();
    const plan = { ...h.plan, parameters: [{ key: 'Email', value: 'new@example.com' }] };
    await h.open(`${h.root}-continued`);
    await expect(h.follow(plan)).resolves.toEqual({ status: 'again', attempt: 1 });
    await expect(h.prepare(plan)).resolves.toMatchObject({ status: 'ready', attempt: 2 });
  });

  test('asks for another attempt when the change set vanished without being executed', async () => {
    const h = await (await harness()).started();
    h.cloud.events.length = 0;
    h.cloud.changeSets.clear();
    await expect(h.follow()).resolves.toMatchObject({ status: 'again' });
    expect((await h.latest())!.state).toBe('stale');
  });

  test('run, fail half way, redrive, finish, run again and change nothing', async () => {
    const h = await harness();
    h.cloud.rollBackNext = FAULT;
    await h.read();
    await h.started();
    await expect(h.follow()).rejects.toMatchObject({ name: 'StackRolledBackError' });
    h.redriveCount = 1;
    await h.follow();
    await h.prepare();
    await h.execute();
    await h.follow();
    expect(h.cloud.description).toBe(h.cloud.templates[NEW]!.description);
    const updates = h.cloud.updates;
    await h.open(`${h.root}-again`);
    await expect(h.read()).resolves.toMatchObject({ action: 'none' });
    const { plan } = await h.read();
    await expect(h.prepare(plan)).resolves.toMatchObject({ status: 'empty' });
    expect(h.cloud.updates).toBe(updates);
  });
});
