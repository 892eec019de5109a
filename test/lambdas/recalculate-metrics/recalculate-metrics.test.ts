import { recalculateMetrics } from '../../../lambdas/recalculate-metrics/core';
import type { RecalculateMetricsPayload } from '../../../lambdas/recalculate-metrics/payload';
import { daysInside, windowOf } from '../../../lambdas/recalculate-metrics/window';
import { DataApi } from '../../../lambdas/shared/data-api';
import { runKey } from '../../../lambdas/shared/ledger';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { FakeMachine, type ScriptedTry } from '../../support/fake-machine';
import { FakeClock, FakeWarehouse } from '../../support/fake-warehouse';
import { everyChange, Interruption } from '../../support/interruptions';
import { MemoryLedger } from '../../support/memory-ledger';
import { newRunId } from '../../support/runs';
import { Killed } from '../../support/schema';

const MACHINE =
  'arn:aws:states:eu-west-1:000000000000:stateMachine:RefreshMaterializedViewsWorkflowRefreshMVStateMachine-AbCdEf123456';
const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:example-clickstream-upgrade:one';
const DAY = 86_400_000;

class Harness {
  readonly clock = new FakeClock();
  readonly memory = new MemoryLedger();
  readonly machine: FakeMachine;
  readonly warehouse: FakeWarehouse;
  readonly runId = newRunId();
  redriveCount = 0;
  private invocations = 0;
  /** Schemas for which an execution of ours writes rows, by its number. */
  works: (nth: number) => string[] = () => ['shop', 'order'];
  skippedDays: string[] = [];

  constructor(script: (nth: number, name: string) => ScriptedTry = () => ({ seconds: 600 })) {
    this.machine = new FakeMachine(this.clock, MACHINE, ({ name }, nth) => script(nth, name));
    this.warehouse = new FakeWarehouse(this.clock, (sql, parameters) => ({
      rows: this.rows(sql, parameters.since!),
    }));
  }

  async open(): Promise<this> {
    const run = { runId: this.runId, executionArn: ROOT, status: 'open' };
    await this.memory.ledger.put(runKey(this.runId), run);
    return this;
  }

  /** What the executions of ours that have succeeded wrote to refresh_mv_sp_status since an instant. */
  private rows(sql: string, since: string) {
    const schema = /from "(\w+)"/.exec(sql)![1]!;
    const ours = this.machine.executions.filter(({ name }) => name.startsWith('run-'));
    return ours.flatMap((one, i) => {
      const { refreshStartTime, refreshEndTime } = JSON.parse(one.input);
      const ended = this.machine.status(one) === 'SUCCEEDED';
      const counts = ended && one.startedAt >= Date.parse(`${since}Z`);
      const count = counts && this.works(i + 1).includes(schema) ? 1 : 0;
      const days = Math.round((refreshEndTime - refreshStartTime) / DAY) + 1;
      return Array.from({ length: days * count }, (_, n) => ({
        day: new Date(refreshEndTime - n * DAY).toISOString().slice(0, 10),
      })).filter(({ day }) => !this.skippedDays.includes(day));
    });
  }

  call(change: Partial<RecalculateMetricsPayload> = {}) {
    this.invocations += 1;
    const end = this.clock.now() + 900_000;
    const { runId, redriveCount } = this;
    return recalculateMetrics(
      {
        version: 1,
        runId,
        rootArn: ROOT,
        selfArn: ROOT,
        redriveCount,
        step: 'metrics',
        machineArn: MACHINE,
        appIds: ['Shop', 'order'],
        days: 3,
        warehouse: { workgroup: 'w', database: 'd' },
        ...change,
      },
      {
        ledger: this.memory.ledger,
        clock: this.clock,
        sfn: { send: async () => ({ status: 'RUNNING' }) } as never,
        foreignSfn: () => this.machine.client as never,
        dataApi: (target) => new DataApi(this.warehouse.client as never, target),
        sqlText,
      },
      {
        requestId: `request-${this.invocations}`,
        remainingMs: () => end - this.clock.now(),
      },
    );
  }

  async drive(change: Partial<RecalculateMetricsPayload> = {}) {
    for (let turn = 0; turn < 100; turn += 1) {
      const result = await this.call(change).catch((error: Error) => {
        if (error instanceof Killed) return undefined;
        throw error;
      });
      if (result?.status === 'done') return result;
    }
    throw new Error('no end after 100 turns');
  }

  redrive(): this {
    this.redriveCount += 1;
    return this;
  }

  inputs() {
    return this.machine.executions.map(({ input }) => JSON.parse(input) as object);
  }
}

const harness = (script?: ConstructorParameters<typeof Harness>[0]) => new Harness(script).open();

describe('recalculate-metrics', () => {
  test('starts one execution over the days of the migration and finds the rows of every application', async () => {
    const h = await harness();
    const at = h.clock.now();
    await expect(h.drive()).resolves.toEqual({ status: 'done', attempts: 1 });
    expect(h.inputs()).toEqual([{ refreshStartTime: at - 3 * DAY, refreshEndTime: at }]);
    const checks: object[] = [];
    for await (const one of h.memory.list(h.runId, 'check#')) checks.push(one);
    expect(checks).toMatchObject([
      { item: 'Shop', ok: true, expected: '2 or more', actual: '4' },
      { item: 'order', ok: true },
    ]);
    await expect(h.call()).resolves.toEqual({ status: 'done', attempts: 1 });
    expect(h.machine.changes).toHaveLength(1);
  });

  test('trap 17: recalculation SUCCEEDED taken as done: without rows the next attempt starts another execution', async () => {
    const h = await harness();
    h.works = (nth) => (nth < 3 ? ['order'] : ['shop', 'order']);
    await expect(h.drive()).resolves.toEqual({ status: 'done', attempts: 3 });
    expect(new Set(h.machine.changes).size).toBe(3);
  });

  test('trap 17: recalculation SUCCEEDED taken as done: after three without work it names the applications, and a redrive tries again', async () => {
    const h = await harness();
    h.works = () => ['order'];
    await expect(h.drive()).rejects.toThrow(
      /3 recalculations of metrics succeeded without their work, the last one for Shop \(no day\)\..*TimeZoneWithAppId/,
    );
    expect(h.machine.changes).toHaveLength(3);
    await expect(h.redrive().drive()).rejects.toThrow('3 recalculations');
    expect(h.machine.changes).toHaveLength(6);
    h.works = () => ['shop', 'order'];
    await expect(h.redrive().drive()).resolves.toEqual({ status: 'done', attempts: 7 });
  });

  test('trap 17: recalculation SUCCEEDED taken as done: a day in the middle that was not recalculated is missing', async () => {
    const h = await harness();
    h.skippedDays = ['2025-12-30'];
    await expect(h.drive()).rejects.toThrow('Shop (2025-12-30); order (2025-12-30)');
  });

  test('trap 17: recalculation SUCCEEDED taken as done: one day alone needs a row, too', async () => {
    const h = await harness();
    h.works = () => ['shop'];
    await expect(h.drive({ days: 1 })).rejects.toThrow('order (no day)');
  });

  test('the window ends with the intent, however late the execution is started', async () => {
    const h = await harness();
    const at = h.clock.now();
    h.machine.before = () => {
      h.machine.before = () => undefined;
      throw new Killed();
    };
    await expect(h.call()).rejects.toThrow(Killed);
    h.clock.pass(600_000);
    await h.drive();
    expect(h.inputs()).toEqual([{ refreshStartTime: at - 3 * DAY, refreshEndTime: at }]);
  });

  test('trap 17: recalculation SUCCEEDED taken as done: waits while somebody else recalculates, because ours would be skipped', async () => {
    const h = await harness((_, name) => ({ seconds: name === 'scheduled' ? 1_800 : 600 }));
    h.machine.put('scheduled', { forceRefresh: 'false' });
    await expect(h.drive()).resolves.toMatchObject({ status: 'done' });
    const [theirs, ours] = h.machine.executions;
    expect(ours!.startedAt - theirs!.startedAt).toBeGreaterThanOrEqual(1_800_000);
  });

  test('trap 18: starting the child because its name also matches: refuses any other machine', async () => {
    const h = await harness();
    const child = MACHINE.replace('RefreshMVStateMachine', 'RefreshSPStateMachine');
    await expect(h.call({ machineArn: child })).rejects.toThrow(
      'is not the machine that recalculates metrics',
    );
    expect(h.machine.calls).toEqual([]);
  });

  test('trap 19: passing forceRefresh: the input has the two times in milliseconds and nothing else', () => {
    expect(windowOf(1_000 * DAY, 30)).toEqual({
      refreshStartTime: 970 * DAY,
      refreshEndTime: 1_000 * DAY,
    });
  });

  test('a failed execution is told, and redriven once by each redrive of ours', async () => {
    const h = await harness((nth) => (nth < 3 ? { ends: 'FAILED', reason: 'disk full' } : {}));
    const message = /recalculation of metrics in \S+ ended FAILED: disk full\. Repair/;
    await expect(h.drive()).rejects.toThrow(message);
    await expect(h.redrive().drive()).rejects.toThrow(message);
    await expect(h.redrive().drive()).resolves.toEqual({ status: 'done', attempts: 1 });
    expect(h.machine.changes.map((change) => change.split(' ')[0])).toEqual([
      'start',
      'redrive',
      'redrive',
    ]);
  });

  test('one that stopped in a Fail state is not redriven but started anew', async () => {
    const h = await harness((_, name) =>
      name.endsWith('-1') ? { ends: 'FAILED', failState: true } : {},
    );
    await expect(h.drive()).rejects.toThrow('then redrive: a new execution is started');
    await expect(h.redrive().drive()).resolves.toEqual({ status: 'done', attempts: 2 });
  });

  test('comes to the same end wherever the worker is killed, and recalculates once', async () => {
    const run = async (interruption: Interruption) => {
      const h = await harness();
      interruption.on(h.machine, h.memory);
      const result = await h.drive();
      return { result, started: h.machine.changes.length, inputs: h.inputs() };
    };
    const clean = new Interruption();
    const expected = await run(clean);
    expect(expected.started).toBe(1);
    for (const [nth, place] of everyChange(clean.count)) {
      expect([nth, place, await run(new Interruption(nth, place))]).toEqual([nth, place, expected]);
    }
  });
});

describe('the days that must be there', () => {
  test.each([
    ['2026-01-10T12:00:00Z', 3, ['2026-01-08', '2026-01-09']],
    ['2026-01-10T00:00:00Z', 3, ['2026-01-08', '2026-01-09']],
    ['2026-01-10T23:59:59Z', 1, []],
  ])('until %s, %i days back', (end, days, expected) => {
    expect(daysInside(Date.parse(end), days)).toEqual(expected);
  });
});
