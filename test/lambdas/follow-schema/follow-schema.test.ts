import { executionName } from '../../../lambdas/shared/foreign-attempts';
import { FOLDER, PYTHON, SchemaHarness, SQLS, STAMP, upgraded } from '../../support/schema';

const harness = (script?: ConstructorParameters<typeof SchemaHarness>[0]) =>
  new SchemaHarness(script).open();
const fails = (reason: string, more = {}) => ({ ends: 'FAILED' as const, reason, ...more });

describe('follow-schema', () => {
  test('trap 13: waiting for the stack and then migrating: waits for the SQL execution of the application', async () => {
    const h = await harness(() => ({ seconds: 3_000 }));
    h.theirs();
    await expect(h.follow()).resolves.toMatchObject({ status: 'running' });
    await expect(h.drive()).resolves.toEqual({ status: 'done', executions: 1, started: 0 });
    expect(h.clock.now()).toBeGreaterThanOrEqual(Date.parse('2026-01-01T00:51:00Z'));
    expect(h.machine.changes).toEqual([]);
  });

  test('trap 13: takes the newest execution of this application, and none of another or of an earlier upgrade', async () => {
    const h = await harness((_, name) => (name.startsWith('Shop') ? {} : fails('not ours')));
    h.machine.put('Shop-20250101T000100000Z-1', { sqls: SQLS }, h.clock.now() - 86_400_000);
    const first = h.theirs();
    const second = h.theirs(`Shop-20260101T000200000Z-1`);
    for (let n = 0; n < 7; n += 1) h.theirs(`Order-20260101T00030${n}000Z-2`);
    h.clock.pass(120_000);
    await h.drive();
    const [attempt] = await h.items<{ arn: string }>('foreign#');
    expect(attempt!.arn).toBe(second.arn);
    expect(attempt!.arn).not.toBe(first.arn);
  });

  test('knows an execution of another name by the folder of its first file', async () => {
    const h = await harness();
    h.theirs('started-by-hand', ['create schema x', `${FOLDER}/1.sql`]);
    await expect(h.drive()).resolves.toMatchObject({ status: 'done', executions: 1 });
  });

  test('waits for an execution that has not begun yet', async () => {
    const h = await harness();
    h.catalog.procedures.shift();
    h.machine.put(`Shop-${STAMP}-1`, { sqls: SQLS }, h.clock.now() + 300_000);
    await expect(h.drive()).resolves.toMatchObject({ status: 'done', executions: 1 });
  });

  test('is done without an execution when the SQL has not changed and nothing is missing', async () => {
    const h = await harness();
    await expect(h.drive()).resolves.toEqual({ status: 'done', executions: 0, started: 0 });
    const waited = h.clock.now() - Date.parse('2026-01-01T00:00:00Z');
    expect(waited).toBeLessThan(120_000);
    // The list of executions may lag behind.
    expect(waited).toBeGreaterThanOrEqual(60_000);
  });

  test('without an execution and with objects missing it says what to do, and looks again on redrive', async () => {
    const h = await harness();
    h.catalog.relations = [];
    await expect(h.drive()).rejects.toThrow(
      /application Shop: its schema lacks objects .* has no execution for it.*Retry.*then redrive/,
    );
    h.catalog = upgraded();
    await expect(h.redrive().drive()).resolves.toMatchObject({ status: 'done' });
  });

  test('takes up a failed execution of an earlier upgrade when objects are missing and nothing newer comes', async () => {
    const h = await harness(() => fails(PYTHON, { index: 1, failState: true }));
    h.catalog.relations = [];
    h.machine.put(`Shop-20251201T000100000Z-1`, { sqls: SQLS }, h.clock.now() - 86_400_000);
    await expect(h.follow()).resolves.toMatchObject({ status: 'python' });
  });

  test('trap 14: redriving a schema execution that failed on plpythonu: the edited list is run instead', async () => {
    const h = await harness((_, name) =>
      name.startsWith('Shop') ? fails(PYTHON, { index: 1, failState: true }) : {},
    );
    h.theirs();
    h.clock.pass(600_000);
    await expect(h.follow()).resolves.toEqual({ status: 'python', executions: 1, started: 0 });
    await expect(h.drive()).resolves.toEqual({ status: 'done', executions: 2, started: 1 });
    const name = executionName(
      { runId: h.runId, item: { map: 'schemas', key: 'Shop' } },
      'schema',
      2,
    );
    expect(h.machine.changes).toEqual([`start ${name}`]);
    const { sqls } = JSON.parse(h.machine.executions.at(-1)!.input) as { sqls: string[] };
    expect(sqls).toEqual([SQLS[0], expect.stringMatching(/^create or replace procedure/), SQLS[2]]);
    expect(JSON.stringify(sqls)).not.toContain('plpythonu');
    await expect(h.notes()).resolves.toEqual([
      expect.stringContaining('refused a function in Python at element 1'),
    ]);
  });

  test('tells python again on every question until the functions are there', async () => {
    const h = await harness(() => fails(PYTHON));
    h.theirs();
    h.clock.pass(600_000);
    await h.follow();
    await expect(h.redrive().follow()).resolves.toMatchObject({ status: 'python' });
    expect(h.machine.changes).toEqual([]);
  });

  test('trap 15: looking only for the five migration UDFs: one that has no replacement is named, nothing is started', async () => {
    const h = await harness(() => fails(PYTHON));
    h.theirs();
    h.clock.pass(600_000);
    h.files[SQLS[2]!] =
      'create function Shop.brand_new(s varchar) returns varchar stable as $$ pass $$ language plpythonu';
    await expect(h.drive()).rejects.toThrow(/no replacement: brand_new\..*update the runbooks/);
    expect(h.machine.changes).toEqual([]);
  });

  test('trap 16: SQL workflow polled for FAILED only: a cancelled statement keeps their execution running: it is noted, waited for, and goes on afterwards', async () => {
    const h = await harness((nth) => (nth === 1 ? { seconds: 7_200, ends: 'TIMED_OUT' } : {}));
    h.statements['statement-1'] = 'ABORTED';
    h.theirs();
    await expect(h.drive()).resolves.toEqual({ status: 'done', executions: 1, started: 0 });
    expect(h.machine.changes).toEqual([`redrive Shop-${STAMP}-1`]);
    expect(h.clock.now()).toBeGreaterThan(Date.parse('2026-01-01T02:01:00Z'));
    await expect(h.notes()).resolves.toEqual([
      expect.stringMatching(/statement statement-1 .*was cancelled.*two hours/),
    ]);
  });

  test('trap 16: without the right to look at the statement it waits all the same', async () => {
    const h = await harness(() => ({ seconds: 600 }));
    h.statements['statement-1'] = 'denied';
    h.theirs();
    await expect(h.drive()).resolves.toMatchObject({ status: 'done' });
    await expect(h.notes()).resolves.toEqual([]);
  });

  test('a failure is tried once more, then told with element and reason, and once a redrive', async () => {
    const h = await harness((nth) => (nth < 4 ? fails('permission denied', { index: 2 }) : {}));
    h.theirs();
    h.clock.pass(600_000);
    const message =
      /application Shop: element 2 of the schema's SQL failed in \S+:Shop-\S+-1, which ended FAILED: permission denied.*redrive: that execution goes on/;
    await expect(h.drive()).rejects.toThrow(message);
    await expect(h.follow()).rejects.toThrow(message);
    expect(h.machine.changes).toHaveLength(1);
    await expect(h.redrive().drive()).rejects.toThrow(message);
    expect(h.machine.changes).toHaveLength(2);
    await expect(h.redrive().drive()).resolves.toMatchObject({ status: 'done', started: 0 });
  });

  test('where it stopped in a Fail state, a redrive would fail again: the same list is started anew', async () => {
    const h = await harness((_, name) =>
      name.startsWith('Shop') ? fails('deadlock', { failState: true }) : {},
    );
    const first = h.theirs();
    h.clock.pass(600_000);
    await expect(h.drive()).resolves.toEqual({ status: 'done', executions: 2, started: 1 });
    expect(h.machine.changes).toEqual([expect.stringMatching(/^start /)]);
    expect(h.machine.executions.at(-1)!.input).toBe(first.input);
  });

  test('an execution that can no longer be redriven gives way to a new one with the same list', async () => {
    const h = await harness((_, name) => (name.startsWith('Shop') ? fails('deadlock') : {}));
    h.theirs().redrivable = false;
    h.clock.pass(600_000);
    await expect(h.drive()).resolves.toMatchObject({ status: 'done', started: 1 });
    expect(h.machine.calls).not.toContain('RedriveExecution');
  });

  test('what somebody stopped goes on only when the operator redrives', async () => {
    const h = await harness((nth) => (nth === 1 ? { ends: 'ABORTED' } : {}));
    h.theirs();
    h.clock.pass(600_000);
    await expect(h.drive()).rejects.toThrow(/ended ABORTED/);
    expect(h.machine.changes).toEqual([]);
    await expect(h.redrive().drive()).resolves.toMatchObject({ status: 'done' });
  });

  test('a newer execution, from Retry in the console, takes the place of a failed one', async () => {
    const h = await harness((_, name) => (name.endsWith('-1') ? fails('x', { index: 0 }) : {}));
    h.theirs();
    h.clock.pass(600_000);
    await expect(h.drive()).rejects.toThrow('FAILED');
    h.theirs('Shop-20260101T010100000Z-2');
    await expect(h.redrive().drive()).resolves.toMatchObject({ status: 'done', started: 0 });
  });

  test('the edited list that fails is tried again by a redrive, not edited a second time', async () => {
    const h = await harness((nth, name) => {
      const edited = nth === 1 ? fails('no such schema', { index: 2 }) : {};
      return name.startsWith('Shop') ? fails(PYTHON) : edited;
    });
    h.theirs();
    h.clock.pass(600_000);
    await expect(h.drive()).rejects.toThrow(/edited SQL failed .*no such schema/);
    await expect(h.redrive().drive()).resolves.toMatchObject({ status: 'done', executions: 2 });
    expect(h.machine.changes.map((change) => change.split(' ')[0])).toEqual(['start', 'redrive']);
  });

  test.each([
    ['a file that is gone', () => undefined, /cannot be read \(NoSuchKey/],
    [
      'a list that is too long',
      () =>
        `-- ${'x'.repeat(300_000)}\n select 1; create function a.convert_json_list(s varchar) as $$ x $$ language plpythonu`,
      /300\d+ bytes/,
    ],
  ])('refuses %s and starts nothing', async (_, text, message) => {
    const h = await harness(() => fails(PYTHON));
    h.theirs();
    h.clock.pass(600_000);
    Object.assign(h.files, { [SQLS[1]!]: text() });
    await expect(h.drive()).rejects.toThrow(message);
    expect(h.machine.changes).toEqual([]);
  });

  test('leaves when its execution is stopped, and stops nothing of theirs', async () => {
    const h = await harness(() => ({ seconds: 3_000 }));
    h.theirs();
    h.rootStatus = 'ABORTED';
    await expect(h.follow()).resolves.toMatchObject({ status: 'running' });
    expect(h.machine.calls).toEqual([]);
  });

  test('an execution without a list, or of another input, is nobody’s', async () => {
    const h = await harness();
    h.theirs('by-hand', []);
    h.machine.put('of-another-kind', ['x']);
    await expect(h.drive()).resolves.toMatchObject({ status: 'done', executions: 0 });
  });

  test('a refused execution without a list in its input is told', async () => {
    const h = await harness(() => fails(PYTHON));
    h.theirs(`Shop-${STAMP}-1`, []);
    h.clock.pass(600_000);
    await expect(h.drive()).rejects.toThrow('has no list of SQL in its input');
  });

  test('a refused execution that Step Functions has forgotten is told', async () => {
    const h = await harness(() => fails(PYTHON));
    const one = h.theirs();
    h.clock.pass(600_000);
    await h.follow();
    one.forgotten = true;
    h.edited = true;
    await expect(h.drive()).rejects.toThrow(/knows execution \S+ no more.*Retry/);
  });

  test('a newer execution that is refused as well, with the functions there, is edited at once', async () => {
    const h = await harness((_, name) => (name.startsWith('Shop') ? fails(PYTHON) : {}));
    h.theirs();
    h.clock.pass(600_000);
    await h.follow();
    h.theirs('Shop-20260101T010100000Z-2');
    h.clock.pass(600_000);
    h.edited = true;
    await expect(h.drive()).resolves.toEqual({ status: 'done', executions: 3, started: 1 });
  });

  test('faults of services pass through', async () => {
    const h = await harness(() => ({ seconds: 600 }));
    h.theirs();
    h.statements['statement-1'] = 'broken';
    await expect(h.follow()).rejects.toThrow('broken');
    h.machine.fail = 'ThrottlingException';
    await expect(h.follow()).rejects.toThrow('ThrottlingException');
  });

  test('an execution of an earlier upgrade is none of this one when nothing is missing', async () => {
    const h = await harness();
    h.machine.put('Shop-20250101T000100000Z-1', { sqls: SQLS }, h.clock.now() - 86_400_000);
    await expect(h.drive()).resolves.toEqual({ status: 'done', executions: 0, started: 0 });
  });

  test('trap 14: redriving a schema execution that failed on plpythonu: an edited list that is refused for Python as well is told, and never edited in a circle', async () => {
    const h = await harness(() => fails(PYTHON));
    h.theirs();
    h.clock.pass(600_000);
    await expect(h.drive()).rejects.toThrow(/edited SQL failed .*plpythonu/);
    expect(h.machine.changes).toHaveLength(1);
  });

  test('the edited list that stopped in a Fail state is started anew by a redrive, edited as it was', async () => {
    const h = await harness((_, name) => {
      const edited = name.endsWith('-2') ? fails('deadlock', { failState: true }) : {};
      return name.startsWith('Shop') ? fails(PYTHON) : edited;
    });
    h.theirs();
    h.clock.pass(600_000);
    await expect(h.drive()).rejects.toThrow('then redrive: a new execution is started');
    await expect(h.redrive().drive()).resolves.toEqual({
      status: 'done',
      executions: 3,
      started: 2,
    });
    const [, first, second] = h.machine.executions.map(({ input }) => input);
    expect(second).toBe(first);
  });
});
