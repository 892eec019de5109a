import { AwsFault } from '../../support/fake-cloudformation';
import { startLedger } from '../../support/ledger';
import { NEW, OLD, RISKY, StackHarness, templates } from '../../support/stack-update';

let db: Awaited<ReturnType<typeof startLedger>>;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
const harness = (catalogue = templates()) => new StackHarness(db.ledger, catalogue).open();

describe('prepare-change-set', () => {
  test('makes a change set that keeps values, works as the role and can be executed', async () => {
    const h = await harness();
    await expect(h.prepare()).resolves.toEqual({ status: 'ready', attempt: 1, risky: 0 });
    const name = (await h.latest())!.name;
    expect(name).toMatch(/^[a-zA-Z][-a-zA-Z0-9]*$/);
    expect(h.cloud.created).toEqual([
      expect.objectContaining({
        ChangeSetName: name,
        ClientToken: name,
        ChangeSetType: 'UPDATE',
        TemplateURL: NEW,
        RoleARN: h.plan.roleArn,
        Parameters: [{ ParameterKey: 'Email', UsePreviousValue: true }],
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      }),
    ]);
  });

  test('adopts its change set when it is called again, and after a lost answer of the call that made it', async () => {
    const h = await harness();
    h.cloud.after = (call) => {
      if (call === 'CreateChangeSet') {
        h.cloud.after = () => undefined;
        throw new AwsFault('TimeoutError');
      }
    };
    await expect(h.prepare()).rejects.toThrow('TimeoutError');
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 1 });
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 1 });
    expect(h.cloud.created).toHaveLength(1);
  });

  test('adopts a change set of its name that appears between the look and the call', async () => {
    const h = await harness();
    const send = h.cloud.client.send;
    h.cloud.client.send = async (command) => {
      if (command.constructor.name === 'CreateChangeSetCommand') await send(command);
      return send(command);
    };
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 1 });
  });

  test('returns running when its time is over, and goes on in the next turn', async () => {
    const h = await harness();
    await h.prepare();
    const set = [...h.cloud.changeSets.values()][0]!;
    h.cloud.changeSets.set(set.name, { ...set, readyAt: h.clock.now() + 1_000_000 });
    const before = h.clock.now();
    await expect(h.prepare()).resolves.toMatchObject({ status: 'running' });
    expect(h.clock.now() - before).toBeLessThanOrEqual(780_000);
    expect(h.clock.now() - before).toBeGreaterThan(740_000);
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 1 });
  });

  test.each([
    "The submitted information didn't contain changes. Submit different information to create a change set.",
    'No updates are to be performed.',
  ])(
    'recognises an empty change set by "%s", deletes it and asks twice without harm',
    async (reason) => {
      const h = await harness();
      h.cloud.failNext = reason;
      await expect(h.prepare()).resolves.toMatchObject({ status: 'empty' });
      await expect(h.prepare()).resolves.toMatchObject({ status: 'empty' });
      expect(h.cloud.changeSets.size).toBe(0);
      expect(h.cloud.created).toHaveLength(1);
    },
  );

  test('deletes an empty change set although it died before that', async () => {
    const h = await harness();
    h.cloud.failNext = 'No updates are to be performed.';
    h.cloud.before = (call) => {
      if (call === 'DeleteChangeSet') throw new AwsFault('InternalFailure');
    };
    await expect(h.prepare()).rejects.toThrow('InternalFailure');
    h.cloud.before = () => undefined;
    await expect(h.prepare()).resolves.toMatchObject({ status: 'empty' });
    expect(h.cloud.changeSets.size).toBe(0);
  });

  test('takes no other failed change set for an empty one', async () => {
    const h = await harness();
    h.cloud.failNext = 'Transform failed: it says No updates are to be performed.';
    await expect(h.prepare()).rejects.toThrow(/^change set runbook-.* failed: Transform failed/);
  });

  test('throws the same to a duplicate of the failed invocation, and starts attempt 2 on redrive', async () => {
    const h = await harness();
    h.cloud.failNext = 'Parameter Email is invalid';
    await expect(h.prepare()).rejects.toMatchObject({ name: 'ChangeSetFailedError' });
    await expect(h.prepare()).rejects.toMatchObject({ name: 'ChangeSetFailedError' });
    expect(h.cloud.created).toHaveLength(1);
    h.redriveCount = 1;
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
    expect([...h.cloud.changeSets.keys()]).toEqual([(await h.latest())!.name]);
  });

  test('throws when CloudFormation refuses the call, and starts attempt 2 on redrive', async () => {
    const h = await harness();
    await expect(h.prepare({ ...h.plan, parameters: [] })).rejects.toThrow(
      /refused change set .*: Parameters: \[Email\] must have values/,
    );
    h.redriveCount = 1;
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
  });

  test('leaves access denied to the operator in its own words, and makes the same attempt on redrive', async () => {
    const h = await harness();
    h.cloud.before = (call) => {
      if (call === 'CreateChangeSet')
        throw new AwsFault('AccessDenied', 'not authorized: iam:PassRole');
    };
    await expect(h.prepare()).rejects.toMatchObject({ name: 'AccessDenied' });
    h.cloud.before = () => undefined;
    h.redriveCount = 1;
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 1 });
  });

  test('makes a new change set as the next attempt when the stack was changed meanwhile', async () => {
    const h = await harness();
    await h.prepare();
    h.cloud.updateByOthers(OLD, 1);
    h.clock.pass(60_000);
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
    expect(h.cloud.changeSets.size).toBe(1);
  });

  test('makes a new change set when somebody deleted it', async () => {
    const h = await harness();
    await h.prepare();
    h.cloud.changeSets.clear();
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
  });

  test('makes a new change set when a new execution wants something else', async () => {
    const h = await harness();
    await h.prepare();
    await h.open(`${h.root}-continued`);
    const plan = { ...h.plan, parameters: [{ key: 'Email', value: 'new@example.com' }] };
    await expect(h.prepare(plan)).resolves.toMatchObject({ status: 'ready', attempt: 2 });
    expect(h.cloud.created[1]).toMatchObject({
      Parameters: [{ ParameterKey: 'Email', ParameterValue: 'new@example.com' }],
    });
  });

  test('refuses while somebody else updates the stack, and goes on when that has ended', async () => {
    const h = await harness();
    h.cloud.updateByOthers(OLD, 600);
    await expect(h.prepare()).rejects.toMatchObject({ name: 'StackBusyError' });
    h.clock.pass(700_000);
    h.redriveCount = 1;
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 1 });
  });

  test('says what to do when the stack is in UPDATE_ROLLBACK_FAILED', async () => {
    const h = await harness();
    h.cloud.status = 'UPDATE_ROLLBACK_FAILED';
    await expect(h.prepare()).rejects.toThrow(/continue the update rollback/);
  });

  test('adopts an update of this run that is in progress, and one that has finished', async () => {
    const h = await (await harness()).started();
    await expect(h.prepare()).resolves.toMatchObject({ status: 'executing', attempt: 1 });
    h.clock.pass(600_000);
    await expect(h.prepare()).resolves.toMatchObject({ status: 'executing', attempt: 1 });
    await expect(h.follow()).resolves.toMatchObject({ status: 'updated' });
    await expect(h.prepare()).resolves.toMatchObject({ status: 'executing', attempt: 1 });
    expect(h.cloud.updates).toBe(1);
  });

  test('counts what holds data and would be replaced', async () => {
    const { [NEW]: template, ...others } = templates();
    const h = await harness({ ...others, [NEW]: { ...template!, changes: [RISKY] } });
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', risky: 1 });
  });

  test('removes the change set it was waiting for when the execution is stopped', async () => {
    const h = await harness();
    h.executionStatus = 'ABORTED';
    await h.prepare();
    expect(h.cloud.changeSets.size).toBe(0);
    h.executionStatus = 'RUNNING';
    h.redriveCount = 1;
    await expect(h.prepare()).resolves.toMatchObject({ status: 'ready', attempt: 2 });
  });

  test('leaves without touching anything when another worker has taken the token', async () => {
    const h = await harness();
    const sleep = h.clock.sleep;
    h.clock.sleep = async (ms) => {
      h.clock.sleep = sleep;
      await sleep(60_000 + ms);
      await h.prepare();
    };
    await expect(h.prepare()).resolves.toMatchObject({ status: 'running' });
    expect((await h.latest())!.state).toBe('ready');
    expect(h.cloud.created).toHaveLength(1);
  });
});
