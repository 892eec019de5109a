// Several statements as one transaction with a mark: deaths, lost answers, stops, and what the mark decides.

import type { Progress } from '../../../lambdas/run-batches/progress';
import { stopProgress } from '../../../lambdas/run-batches/stop';
import type { Ledger } from '../../../lambdas/shared/ledger';
import { asTransaction } from '../../../lambdas/shared/sql';
import { BatchHarness } from '../../support/batches';
import {
  FakeClock,
  FakeWarehouse,
  type ScriptedStatement,
  type Submitted,
} from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';

const HOUR = 3_600_000;
let ledger: Ledger;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ ledger, stop } = await startLedger());
});
afterAll(() => stop());

const SWAP = {
  step: 'swap',
  plan: {
    kind: 'list',
    statements: [
      {
        name: 'transaction',
        transaction: [
          {
            name: 'mark',
            sql: { name: 'm.sql', text: 'create table {{id:mark}} as select 1' },
            ids: { mark: 'm' },
          },
          { name: 'check', sql: { name: 'c.sql', text: 'select :rows' }, parameters: { rows: 5 } },
          {
            name: 'insert',
            sql: { name: 'i.sql', text: 'insert into t select :rows' },
            parameters: { rows: 5 },
          },
        ],
      },
    ],
  },
  evidence: { kind: 'mark', schema: 's', table: 'm' },
} as const;

/** A warehouse in which a transaction that ends well leaves its mark, and a second one then fails. */
async function swaps(script: (nth: number) => ScriptedStatement = () => ({ seconds: 60 })) {
  const clock = new FakeClock();
  const committed = (): Submitted[] =>
    warehouse.work.filter((one) => warehouse.state(one) === 'FINISHED');
  const warehouse: FakeWarehouse = new FakeWarehouse(clock, (sql) => {
    if (sql.includes('pg_class')) return { rows: [{ total: String(committed().length) }] };
    if (sql.includes('max(total)')) return { rows: [{ total: '5' }] };
    return script(warehouse.work.length);
  });
  const h = await new BatchHarness(ledger, warehouse, clock, SWAP).open();
  return { h, warehouse, committed };
}
const killed = () => {
  throw new Error('killed');
};

/** A process that dies marks nothing: what it began is in the ledger, and nothing of its end. */
async function dies(h: BatchHarness, when: 'before' | 'after') {
  h.warehouse[when] = (call) => void (call === 'BatchExecuteStatement' && killed());
  const before = h.deps.ledger.put.bind(ledger);
  h.deps.ledger.put = async (key, item, condition) =>
    (item as Progress).failure ? killed() : before(key, item, condition);
  await expect(h.turns()).rejects.toThrow('killed');
  h.deps.ledger.put = before;
  h.warehouse[when] = () => undefined;
}

it('sends all statements as one transaction, each with the comment, parameters once', async () => {
  const { h, warehouse } = await swaps();
  await expect(h.turns()).resolves.toEqual({ status: 'done', batches: 1, rows: 5 });
  expect(warehouse.calls.filter((call) => call === 'BatchExecuteStatement')).toHaveLength(1);
  const [only] = warehouse.work;
  const comment = `/* ${h.runId} swap - 000000-transaction.1 1 */\n`;
  expect(only).toMatchObject({
    name: `ur:${h.runId}:swap:-:000000-transaction.1:1;`,
    parameters: { rows: '5' },
    sqls: [
      `${comment}create table "m" as select 1`,
      `${comment}select :rows`,
      `${comment}insert into t select :rows`,
    ],
  });
});

it('refuses a parameter with two values', () => {
  const one = (value: string) => ({ sql: '', parameters: [{ name: 'rows', value }] });
  expect(asTransaction([one('5'), one('5')]).parameters).toEqual([{ name: 'rows', value: '5' }]);
  expect(() => asTransaction([one('5'), one('6')])).toThrow(':rows has two values');
});

it('names the statement that failed, and swaps on redrive', async () => {
  const { h, committed } = await swaps((nth) =>
    nth === 0 ? { seconds: 5, ends: 'FAILED', error: 'no number', failedPart: 2 } : { seconds: 5 },
  );
  await expect(h.turns()).rejects.toMatchObject({
    name: 'StatementStoppedError',
    message: expect.stringMatching(
      /^transaction: check, part 2 of [\w-]+, ended failed: no number$/,
    ),
  });
  await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 5 });
  expect(committed()).toHaveLength(1);
});

it('twice does once, also when the ledger has lost the first', async () => {
  const { h, warehouse } = await swaps();
  await h.turns();
  await h.turns();
  await ledger.remove({ pk: `run#${h.runId}`, sk: 'progress#swap#-' });
  await expect(h.turns()).resolves.toMatchObject({ status: 'done', rows: 5 });
  expect(warehouse.work).toHaveLength(1);
});

describe.each([
  ['1 hour', HOUR],
  ['20 hours', 20 * HOUR],
  ['5 days', 120 * HOUR],
  ['20 days', 480 * HOUR],
])('a death, looked at after %s', (_, age) => {
  it.each([
    ['before the call', 'before'],
    ['after it', 'after'],
  ] as const)('%s: one swap', async (_name, when) => {
    const { h, warehouse, committed } = await swaps();
    await dies(h, when);
    h.clock.pass(age);
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 5 });
    expect(committed()).toHaveLength(1);
    expect(warehouse.work.filter((one) => warehouse.state(one) === 'STARTED')).toEqual([]);
  });

  it('where the role may neither list nor cancel and the history shows no comments: the mark decides', async () => {
    const { h, warehouse, committed } = await swaps();
    Object.assign(warehouse, { mayList: false, mayCancel: false, historyKeepsComments: false });
    await dies(h, 'after');
    h.clock.pass(age);
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 5 });
    expect(committed()).toHaveLength(1);
    expect(warehouse.work).toHaveLength(1);
  });
});

describe('a death of which only the query history knows', () => {
  it('a transaction that runs is waited for', async () => {
    const { h, warehouse, committed } = await swaps(() => ({ seconds: 21 * 3_600 }));
    warehouse.mayList = false;
    await dies(h, 'after');
    h.clock.pass(20 * HOUR);
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 5 });
    expect(warehouse.work).toHaveLength(1);
    expect(committed()).toHaveLength(1);
  });

  it('one that failed is a failure, and the next redrive swaps', async () => {
    const { h, warehouse, committed } = await swaps((nth) =>
      nth === 0 ? { seconds: 5, ends: 'FAILED', error: 'no number' } : { seconds: 5 },
    );
    warehouse.mayList = false;
    await dies(h, 'after');
    h.clock.pass(20 * HOUR);
    await expect(h.redrive()).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringMatching(/statement \/\* .* \*\/ ended failed: no number$/),
    });
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 5 });
    expect(committed()).toHaveLength(1);
  });
});

it('a transaction that is said to have failed, and whose mark is there, is done', async () => {
  const { h, warehouse } = await swaps();
  const answer = warehouse.client.send;
  warehouse.client.send = (async (command: Parameters<typeof answer>[0]) => {
    const got = (await answer(command)) as { Status?: string };
    const lies = command.constructor.name.startsWith('Describe') && got.Status === 'FINISHED';
    return lies ? { ...got, Status: 'ABORTED' } : got;
  }) as never;
  await expect(h.turns()).resolves.toMatchObject({ status: 'done', rows: 5 });
});

it('a transaction that is said to have finished, and whose mark is not there, is a failure', async () => {
  const { h, warehouse } = await swaps();
  warehouse.state = () => 'FINISHED';
  const { client } = warehouse;
  const send = client.send;
  client.send = (async (command: Parameters<typeof send>[0]) => {
    const got = (await send(command)) as { Records?: unknown };
    return got.Records ? { ...got, Records: [[{ stringValue: '0' }]] } : got;
  }) as never;
  await expect(h.turns()).rejects.toMatchObject({
    name: 'ProcedureFailedError',
    message: expect.stringContaining('its mark s.m is not there'),
  });
});

describe('Stop', () => {
  it('cancels a running transaction, waits until it is gone, and the redrive swaps', async () => {
    const { h, warehouse, committed } = await swaps(() => ({ seconds: 7_200 }));
    warehouse.onWait = () => {
      h.executionStatus = 'ABORTED';
    };
    await expect(h.invoke()).resolves.toMatchObject({ status: 'running' });
    expect(warehouse.work[0]!.cancelledAt).toBeDefined();
    warehouse.onWait = () => undefined;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 5 });
    expect(committed()).toHaveLength(1);
    expect(warehouse.work).toHaveLength(2);
  });

  it('from outside, of a worker that has died', async () => {
    const { h, warehouse } = await swaps(() => ({ seconds: 7_200 }));
    await dies(h, 'after');
    const stopped = await stopProgress(h.deps, h.runId, 'progress#swap#-', async () => true);
    expect(stopped).toBe('stopped');
    expect(warehouse.state(warehouse.work[0]!)).toBe('ABORTED');
  });
});

describe('a statement whose failure is a warning', () => {
  const VACUUM = {
    step: 'vacuum',
    plan: {
      kind: 'list',
      statements: [
        { name: 'vacuum', sql: { name: 'v.sql', text: 'vacuum t' } },
        { name: 'analyze', sql: { name: 'a.sql', text: 'analyze t' } },
      ],
    },
    evidence: { kind: 'status', warning: 'Run it by hand' },
  } as const;
  const statements = async (script: (nth: number) => ScriptedStatement) => {
    const clock = new FakeClock();
    const warehouse = new FakeWarehouse(clock, (_sql, _p, nth) => script(nth));
    return new BatchHarness(ledger, warehouse, clock, VACUUM).open();
  };
  const notes = async (h: BatchHarness) => {
    const texts: string[] = [];
    for await (const { text } of ledger.list<{ text: string }>(h.runId, 'note#')) texts.push(text);
    return texts;
  };

  it('is a note, and the next one runs', async () => {
    const h = await statements((nth) =>
      nth === 0 ? { seconds: 5, ends: 'FAILED', error: 'must be owner' } : { seconds: 5 },
    );
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', batches: 2 });
    expect(await notes(h)).toEqual([
      expect.stringMatching(
        /^vacuum: statement [\w-]+ ended failed: must be owner\. Run it by hand$/,
      ),
    ]);
    expect(h.warehouse.work).toHaveLength(2);
  });

  it('runs again when it was stopped with its execution, without a note', async () => {
    const h = await statements((nth) => ({ seconds: nth === 0 ? 7_200 : 5 }));
    h.warehouse.onWait = () => {
      h.executionStatus = 'ABORTED';
    };
    await h.invoke();
    h.warehouse.onWait = () => undefined;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', batches: 2 });
    expect(await notes(h)).toEqual([]);
    expect(h.warehouse.work).toHaveLength(3);
  });

  it('that nobody knows any more runs again', async () => {
    const h = await statements(() => ({ seconds: 5 }));
    h.warehouse.after = (call) => void (call === 'ExecuteStatement' && killed());
    await expect(h.turns()).rejects.toThrow();
    h.warehouse.after = () => undefined;
    Object.assign(h.warehouse, { mayList: false, historyKeepsComments: false });
    h.clock.pass(480 * HOUR);
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', batches: 2 });
  });

  it('that the service does not take is no warning', async () => {
    const h = await statements(() => ({ seconds: 5 }));
    h.warehouse.before = (call) => {
      if (call === 'ExecuteStatement')
        throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    };
    await expect(h.turns()).rejects.toMatchObject({ name: 'StatementStoppedError' });
    expect(await notes(h)).toEqual([]);
  });
});
