import { TURNS_PER_EXECUTION } from '../../../lambdas/run-batches/core';
import { type Progress, progressKey } from '../../../lambdas/run-batches/progress';
import { stopProgress } from '../../../lambdas/run-batches/stop';
import type { Ledger } from '../../../lambdas/shared/ledger';
import { BatchHarness, chunk, EVENTS, exhausted, ROOT } from '../../support/batches';
import { FakeClock, FakeWarehouse, type ScriptedStatement } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';

const HOUR = 3_600_000;
let ledger: Ledger;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ ledger, stop } = await startLedger());
});
afterAll(() => stop());

const count = (batches: number) => ({
  step: 'work',
  plan: { kind: 'count', batches } as const,
  statement: { sql: { name: 'work.sql', text: 'call work(:batch::integer)' } },
  evidence: { kind: 'status' } as const,
});
const growing = { ...EVENTS, plan: { kind: 'growing', total: 10, by: 5 } as const };

async function harness(
  payload: ConstructorParameters<typeof BatchHarness>[3],
  script: (sql: string, parameters: Record<string, string>, nth: number) => ScriptedStatement,
) {
  const clock = new FakeClock();
  return new BatchHarness(ledger, new FakeWarehouse(clock, script), clock, payload).open();
}
const progressOf = (h: BatchHarness) =>
  ledger.get<Progress>(progressKey({ runId: h.runId }, h.payload.step));

describe('ordered batches', () => {
  it('runs every batch once and in order, and changes nothing when it is called again', async () => {
    const h = await harness(count(30), () => ({ seconds: 60 }));
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', batches: 30 });
    expect(h.warehouse.work.map(({ parameters }) => parameters.batch)).toEqual(
      Array.from({ length: 30 }, (_, i) => String(i)),
    );
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', batches: 30 });
    expect(h.warehouse.work).toHaveLength(30);
  });

  it('never runs two batches at a time', async () => {
    const h = await harness(count(20), () => ({ seconds: 60 }));
    let most = 0;
    h.warehouse.onWait = () => {
      most = Math.max(
        most,
        h.warehouse.work.filter((s) => h.warehouse.state(s) === 'STARTED').length,
      );
    };
    await h.turns();
    expect(most).toBeLessThanOrEqual(1);
  });

  it('trap 40: MAX of one Lambda run for polling: a statement of 20 hours takes at most ten turns an hour', async () => {
    const h = await harness(count(1), () => ({ seconds: 20 * 3600 }));
    await h.turns();
    expect(h.invocations).toBeLessThanOrEqual(20 * 5);
    expect(h.warehouse.work).toHaveLength(1);
  });

  it(`hands over to a new execution after ${TURNS_PER_EXECUTION} turns and goes on there`, async () => {
    const h = await harness(count(2), () => ({ seconds: 2_000 }));
    await h.invoke();
    const key = progressKey({ runId: h.runId }, 'work');
    const progress = await progressOf(h);
    await ledger.put(key, { ...progress, turns: TURNS_PER_EXECUTION - 1 });
    await expect(h.invoke()).resolves.toMatchObject({ status: 'running' });
    await expect(h.invoke()).resolves.toMatchObject({ status: 'handover' });
    await expect(h.turns({ selfArn: `${ROOT}:child-2` })).resolves.toMatchObject({
      status: 'done',
    });
    expect(h.warehouse.work).toHaveLength(2);
  });
});

describe('failures', () => {
  it('throws the reason of a failed statement, and starts attempt 2 on redrive, not before', async () => {
    const h = await harness(count(3), (_sql, _p, nth) =>
      nth === 1 ? { seconds: 5, ends: 'FAILED', error: 'disk full' } : { seconds: 5 },
    );
    await expect(h.turns()).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringContaining('disk full'),
    });
    await expect(h.turns()).rejects.toMatchObject({ name: 'StatementStoppedError' });
    expect(h.warehouse.work).toHaveLength(2);
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', batches: 3 });
    expect(h.warehouse.work.map(({ parameters }) => parameters.batch)).toEqual([
      '0',
      '1',
      '1',
      '2',
    ]);
  });

  it('trap 1: statement FINISHED taken as migration success: with an error row it is a failure', async () => {
    const h = await harness(growing, (_sql, _p, nth) =>
      nth === 0
        ? { seconds: 9, logs: [{ level: 'error', message: 'error message:numeric overflow' }] }
        : exhausted,
    );
    await expect(h.turns()).rejects.toMatchObject({
      name: 'ProcedureFailedError',
      message: expect.stringContaining('numeric overflow'),
    });
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
  });

  it('a FINISHED statement without an end row is a failure', async () => {
    const h = await harness(growing, () => ({
      seconds: 9,
      logs: [{ message: 'insert 5 to event_v2' }],
    }));
    await expect(h.turns()).rejects.toMatchObject({ name: 'ProcedureFailedError' });
  });

  it('trap 3: one CALL and wait: one chunk a statement, bounded, and a procedure that never ends is stopped', async () => {
    const h = await harness(growing, () => chunk(1_000));
    await expect(h.turns()).rejects.toMatchObject({
      name: 'NoProgressError',
      message: expect.stringContaining('4 calls'),
    });
    expect(h.warehouse.work).toHaveLength(4);
  });

  it('stops when a chunk reports success but moved no row', async () => {
    const h = await harness(growing, () => chunk(0));
    await expect(h.turns()).rejects.toMatchObject({
      name: 'NoProgressError',
      message: expect.stringContaining('no row'),
    });
    expect(h.warehouse.work).toHaveLength(1);
  });

  it('does not take an end row of the call before, in the same second, for its own', async () => {
    const h = await harness(growing, (_sql, _p, nth) =>
      nth === 0 ? { ...exhausted, seconds: 0 } : { seconds: 0 },
    );
    await expect(h.turns()).rejects.toMatchObject({ name: 'ProcedureFailedError' });
    expect(h.warehouse.work).toHaveLength(2);
  });

  it('trap 5: treating base-view errors like migration errors: the statement is FAILED and has an error row, whose text is the reason', async () => {
    const h = await harness(growing, (_sql, _p, nth) =>
      nth === 0
        ? {
            seconds: 5,
            ends: 'FAILED',
            error: 'ERROR: ...',
            logs: [{ level: 'error', message: 'error message:bad range' }],
          }
        : exhausted,
    );
    await expect(h.turns()).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringContaining('error message:bad range'),
    });
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
  });

  it('trap 8: cancelling a slow call and calling again: a cancelled call fails without an error row, and its own small window alone is called again', async () => {
    const calls = [exhausted, { seconds: 20_000 }, exhausted];
    const h = await harness(growing, (_sql, _p, nth) => calls[nth]!);
    h.warehouse.onWait = () => {
      const slow = h.warehouse.work[1];
      if (slow && h.clock.now() - slow.startedAt > 3_600_000) slow.cancelledAt ??= h.clock.now();
    };
    await expect(h.turns()).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringMatching(/cancel|ABORTED/i),
    });
    expect(h.warehouse.work).toHaveLength(2);
    h.warehouse.onWait = () => undefined;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work.map(({ parameters }) => parameters.days)).toEqual(['5', '10', '10']);
  });

  it('cancels a procedure that loops over an error, after three error rows', async () => {
    const loops = [10, 20, 35, 50, 65].map((at) => ({
      at,
      level: 'error',
      message: 'error message:again',
    }));
    const h = await harness(growing, (_sql, _p, nth) =>
      nth === 0 ? { seconds: 90_000, logs: loops } : exhausted,
    );
    await expect(h.turns()).rejects.toMatchObject({
      message: expect.stringMatching(/it logged \d errors and goes on/),
    });
    expect(h.warehouse.work[0]!.cancelledAt).toBeDefined();
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
  });
});

describe('growing windows', () => {
  it('trap 10: growing windows: repeats a window until nothing is left, then takes the next', async () => {
    const calls = [chunk(100), chunk(50), exhausted, chunk(70), exhausted];
    const h = await harness(growing, (_sql, _p, nth) => calls[nth]!);
    await expect(h.turns()).resolves.toEqual({ status: 'done', batches: 5, rows: 220 });
    expect(h.warehouse.work.map(({ parameters }) => parameters.days)).toEqual([
      '5',
      '5',
      '5',
      '10',
      '10',
    ]);
  });
});

describe.each([
  ['1 hour', HOUR],
  ['20 hours', 20 * HOUR],
  ['5 days', 120 * HOUR],
])('death between submit and ledger write, found after %s', (_name, age) => {
  describe.each([
    [true, true],
    [false, false],
  ])('with permission to list and cancel: %s', (mayList, mayCancel) => {
    it.each([
      ['the call was accepted', 'after'],
      ['the call never left', 'before'],
    ] as const)('%s: never two statements of one batch, never one lost', async (_case, when) => {
      const h = await harness(count(2), () => ({ seconds: 600 }));
      Object.assign(h.warehouse, { mayList, mayCancel });
      const die = (call: string) => {
        if (call === 'ExecuteStatement') throw new Error('killed');
      };
      h.warehouse[when] = die;
      // A killed process does not mark its attempt failed: only the intent is in the ledger.
      const before = h.deps.ledger.put.bind(ledger);
      h.deps.ledger.put = async (key, item, condition) =>
        (item as Progress).failure
          ? Promise.reject(new Error('killed'))
          : before(key, item, condition);
      await expect(h.turns()).rejects.toThrow('killed');
      h.deps.ledger.put = before;
      h.warehouse[when] = () => undefined;
      h.clock.pass(age);
      await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
      expect(h.warehouse.work.map(({ parameters }) => parameters.batch)).toEqual(['0', '1']);
    });
  });
});

describe('an attempt that cannot be settled now', () => {
  it('is not given up for a role that may not be assumed: the redrive finds its statement', async () => {
    const h = await harness(count(2), () => ({ seconds: 4_000 }));
    h.warehouse.after = (call) => {
      if (call === 'ExecuteStatement')
        throw Object.assign(new Error('lost'), { name: 'AccessDeniedException' });
    };
    await expect(h.turns()).rejects.toMatchObject({ name: 'StatementStoppedError' });
    h.warehouse.after = () => undefined;
    h.warehouse.before = () => {
      throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    };
    await expect(h.redrive()).rejects.toThrow('not authorized');
    h.warehouse.before = () => undefined;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work.map(({ parameters }) => parameters.batch)).toEqual(['0', '1']);
  });

  it('is submitted again with the same token after a fault of the server', async () => {
    const h = await harness(count(1), () => ({ seconds: 60 }));
    let faults = 0;
    h.warehouse.after = (call) => {
      if (call === 'ExecuteStatement' && faults++ === 0) {
        throw Object.assign(new Error('x'), {
          name: 'ExecuteStatementException',
          $fault: 'server',
        });
      }
    };
    await expect(h.turns()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work).toHaveLength(1);
  });

  it('asks a person where the history does not even show what certainly ran', async () => {
    const h = await harness(count(1), () => ({ seconds: 60 }));
    h.warehouse.mayList = false;
    h.warehouse.historyKeepsComments = false;
    h.warehouse.after = (call) => {
      if (call === 'ExecuteStatement')
        throw Object.assign(new Error('lost'), { name: 'AccessDeniedException' });
    };
    await expect(h.turns()).rejects.toMatchObject({ name: 'StatementStoppedError' });
    h.warehouse.after = () => undefined;
    h.clock.pass(20 * HOUR);
    await expect(h.redrive()).rejects.toMatchObject({ name: 'UndecidedStatementError' });
    expect(h.warehouse.work).toHaveLength(1);
  });
});

describe('a definition that was repaired', () => {
  const list = (text: string) => ({
    step: 'checks',
    plan: { kind: 'list', statements: [{ name: 'a', sql: { name: 'a.sql', text } }] } as const,
    evidence: { kind: 'status' } as const,
  });

  it('reaches a continued run: the statement of the same name is the new one', async () => {
    const h = await harness(list('call old()'), (sql) =>
      sql.includes('old') ? { ends: 'FAILED', error: 'no such procedure' } : {},
    );
    await expect(h.turns()).rejects.toThrow('no such procedure');
    await expect(
      h.turns({ ...list('call repaired()'), selfArn: `${ROOT}:2` }),
    ).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work.map(({ sql }) => /call \w+/.exec(sql)![0])).toEqual([
      'call old',
      'call repaired',
    ]);
  });
});

describe('a check whose result has expired', () => {
  it('is read anew by the redrive', async () => {
    const h = await harness(
      {
        step: 'checks',
        plan: {
          kind: 'list',
          statements: [{ name: 'a', sql: { name: 'a.sql', text: 'select 1' } }],
        },
        evidence: { kind: 'checks' },
        readOnly: true,
      },
      () => ({ rows: [{ name: 'first', expected: '0', actual: '0' }] }),
    );
    h.warehouse.before = (call) => {
      if (call === 'GetStatementResult')
        throw Object.assign(new Error('gone'), { name: 'AccessDeniedException' });
    };
    await expect(h.turns()).rejects.toThrow('gone');
    h.warehouse.before = () => undefined;
    h.clock.pass(30 * HOUR);
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work.length).toBeGreaterThanOrEqual(1);
  });
});

describe('a lost answer', () => {
  it('of the submit is settled by the same token', async () => {
    const h = await harness(count(2), () => ({ seconds: 60 }));
    let lost = 0;
    h.warehouse.after = (call) => {
      if (call === 'ExecuteStatement' && lost++ === 0)
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    };
    await expect(h.turns()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work).toHaveLength(2);
  });
});

describe('two workers', () => {
  it('a duplicated invocation takes the token, and the first one leaves without an error', async () => {
    const h = await harness(count(3), () => ({ seconds: 100 }));
    let second: Promise<unknown> | undefined;
    h.warehouse.onWait = () => {
      second ??= h.turns();
    };
    await expect(h.invoke()).resolves.toMatchObject({ status: 'running' });
    await expect(second).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work).toHaveLength(3);
  });
});

describe('stop', () => {
  it('ends the running statement by the worker alone, and the redrive starts the next attempt', async () => {
    const h = await harness(count(2), () => ({ seconds: 3_000 }));
    h.warehouse.onWait = () => {
      h.executionStatus = 'ABORTED';
    };
    await h.invoke();
    const [first] = h.warehouse.work;
    expect(first!.cancelledAt! - first!.startedAt).toBeLessThanOrEqual(60_000);
    h.warehouse.onWait = () => undefined;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work.map(({ parameters }) => parameters.batch)).toEqual(['0', '0', '1']);
  });

  it('ends it by the net alone when the worker is dead, also when only the intent was written', async () => {
    const h = await harness(count(1), () => ({ seconds: 3_000 }));
    h.warehouse.after = (call) => {
      if (call === 'ExecuteStatement') throw new Error('killed');
    };
    const put = ledger.put.bind(ledger);
    h.deps.ledger.put = async (key, item, condition) =>
      (item as Progress).failure ? Promise.reject(new Error('killed')) : put(key, item, condition);
    await expect(h.invoke()).rejects.toThrow('killed');
    h.deps.ledger.put = put;
    h.warehouse.after = () => undefined;
    const { sk } = progressKey({ runId: h.runId }, 'work');
    await expect(stopProgress(h.deps, h.runId, sk, async () => true)).resolves.toBe('stopped');
    expect(h.warehouse.work).toHaveLength(1);
    expect(h.warehouse.state(h.warehouse.work[0]!)).toBe('ABORTED');
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work).toHaveLength(2);
  });

  it('the net touches nothing once the execution runs again', async () => {
    const h = await harness(count(1), () => ({ seconds: 3_000 }));
    await h.invoke();
    const { sk } = progressKey({ runId: h.runId }, 'work');
    await expect(stopProgress(h.deps, h.runId, sk, async () => false)).resolves.toBe('lost');
    expect(h.warehouse.work[0]!.cancelledAt).toBeUndefined();
  });

  it('the net says so when the statement does not end, so that a release keeps the leases', async () => {
    const h = await harness(count(1), () => ({ seconds: 3_000 }));
    await h.invoke();
    h.warehouse.mayCancel = false;
    const { sk } = progressKey({ runId: h.runId }, 'work');
    await expect(stopProgress(h.deps, h.runId, sk, async () => true)).resolves.toBe('running');
  });

  it('trap 34: cancel with the Data API role: without the right to cancel, the redrive adopts the statement instead of starting a second', async () => {
    const h = await harness(count(1), () => ({ seconds: 3_000 }));
    h.warehouse.mayCancel = false;
    h.warehouse.onWait = () => {
      h.executionStatus = 'ABORTED';
    };
    await h.invoke();
    h.warehouse.onWait = () => undefined;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
    expect(h.warehouse.work).toHaveLength(1);
  });

  it('trap 11: two executions for one app: a redrive two seconds after a stop never has two of one batch', async () => {
    const h = await harness(count(2), () => ({ seconds: 300 }));
    let redriven: Promise<unknown> | undefined;
    h.warehouse.onWait = () => {
      h.executionStatus = 'RUNNING';
      redriven ??= h.redrive();
    };
    await h.invoke();
    await redriven;
    const running = h.warehouse.work.map((s) => [s.parameters.batch, s.cancelledAt === undefined]);
    expect(running.filter(([, alive]) => alive)).toEqual([
      ['0', true],
      ['1', true],
    ]);
  });
});

describe('checks', () => {
  it('records every check, throws one error that names the failed ones, and reads them again on redrive', async () => {
    let missing = '7';
    const checks = ['a', 'b'].map((name) => ({ name, sql: { name, text: `select '${name}'` } }));
    const h = await harness(
      {
        step: 'checks',
        plan: { kind: 'list', statements: checks },
        evidence: { kind: 'checks' },
        readOnly: true,
      },
      (sql) => ({
        rows: [
          {
            name: sql.includes("'a'") ? 'first' : 'second',
            expected: '0',
            actual: sql.includes("'a'") ? '0' : missing,
          },
        ],
      }),
    );
    await expect(h.turns()).rejects.toMatchObject({
      name: 'ReconciliationError',
      message: 'second: expected 0, found 7',
    });
    missing = '0';
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done' });
    await expect(progressOf(h)).resolves.toMatchObject({ done: true, failedChecks: [] });
  });
});
