// How windows of the warehouse are cut, without engines: statements take as long as their window.

import { reconcile } from '../../../lambdas/reconcile-backfill/core';
import type { ReconcileDeps, SourceConnection } from '../../../lambdas/reconcile-backfill/deps';
import type { StagedPayload } from '../../../lambdas/reconcile-backfill/payload';
import { runKey } from '../../../lambdas/shared/ledger';
import { microsOf } from '../../../lambdas/shared/rdw/windows';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { MemoryLedger } from '../../support/memory-ledger';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:rdw-backfill:one';
const payload = {
  version: 1,
  phase: 'staged',
  runId: 'run-1',
  rootArn: ARN,
  selfArn: ARN,
  redriveCount: 0,
  warehouse: { cluster: 'c', database: 'd' },
  source: { host: 'db', port: 3306, secretArn: null, user: 'u', region: 'us-east-1' },
  tenant: {
    id: 'CA',
    warehouseSchema: 'warehouse_ca',
    reportingSchema: 'reporting_ca',
    staging: 'load',
    secretArn: null,
    subjectIds: [19],
  },
  start: '2019-11-01T00:00:00Z',
  high: '2022-07-01 01:00:00.5',
  extractedRows: 0,
} as unknown as StagedPayload;

const DAY = 86_400_000;

/** A warehouse without rows, where a day of `updated` takes so many seconds to read. */
async function place(secondsADay: (from: string) => number) {
  let now = 0;
  const memory = new MemoryLedger();
  await memory.put(runKey('run-1'), { runId: 'run-1', executionArn: ARN, status: 'open' });
  const windows: { from: string; to: string; slow: boolean }[] = [];
  let kills = 0;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      await new Promise(setImmediate);
    },
  };
  const connect = async (): Promise<SourceConnection> => ({
    threadId: 1,
    beginTransaction: async () => undefined,
    end: async () => undefined,
    destroy: () => undefined,
    query: async (sql) => {
      if (sql.includes('kill query')) kills++;
      if (sql.includes('processlist')) return [[{ id: 1 }], []];
      const [, from, to] = /updated >= '(.*)'\s+and we.updated <= '(.*)'/.exec(sql) ?? [];
      if (!from || !to || !sql.includes('s_id') || sql.includes('exists')) return [[], []];
      const days = Number(microsOf(to) - microsOf(from)) / 1_000 / DAY;
      const seconds = days * secondsADay(from);
      windows.push({ from, to, slow: seconds > 300 });
      const end = now + seconds * 1_000;
      const before = kills;
      while (now < end && kills === before) await new Promise(setImmediate);
      return [[], []];
    },
  });
  const deps = {
    ledger: memory.ledger,
    sfn: { send: async () => ({ status: 'RUNNING' }) },
    clock,
    connect,
    sqlText,
    dataApi: () => ({ read: async () => [] }),
  } as unknown as ReconcileDeps;
  const invoke = async () => {
    const end = now + 900_000;
    const result = await reconcile(payload, deps, { requestId: 'r', remainingMs: () => end - now });
    expect(now).toBeLessThan(end - 60_000);
    return result;
  };
  /** Invocation after invocation; returns how many it took. */
  const through = async () => {
    for (let turns = 1; ; turns++) {
      if ((await invoke()).status === 'done') return turns;
    }
  };
  return { windows, through, kills: () => kills };
}

/** Windows that were read to their end lie one behind the other, from the first instant to the last. */
function expectWhole(windows: readonly { from: string; to: string; slow: boolean }[]) {
  const read = windows.filter(({ from }, i) => windows[i + 1]?.from !== from);
  expect(read[0]!.from).toBe('2019-11-01 00:00:00.000000');
  expect(read.at(-1)!.to).toBe('2022-07-01 01:00:00.500000');
  for (const [i, { from }] of read.slice(1).entries()) {
    expect(microsOf(from)).toBe(microsOf(read[i]!.to) + 1n);
  }
}

test('windows grow while they are quick', async () => {
  const { windows, through } = await place(() => 0.01);
  expect(await through()).toBe(1);
  expectWhole(windows);
  expect(windows).toHaveLength(6);
});

test('a window that is slow is halved, its statement ended, and no invocation works too long', async () => {
  const { windows, through, kills } = await place((from) => (from > '2021' ? 40 : 1));
  expect(await through()).toBeGreaterThan(5);
  expectWhole(windows);
  expect(kills()).toBeGreaterThan(1);
  const last = windows.at(-2)!;
  expect(Number(microsOf(last.to) - microsOf(last.from)) / 1_000 / DAY).toBeLessThan(8);
});

test('a minute that cannot be read is for a person, and what was read before stays', async () => {
  const { windows, through } = await place((from) => (from > '2020-06' ? 2_000_000 : 1));
  await expect(through()).rejects.toMatchObject({
    name: 'ReconciliationError',
    message: expect.stringMatching(
      /^tenant CA: MySQL does not read one minute of exam.updated, from 2020-0/,
    ),
  });
  const asked = windows.length;
  await expect(through()).rejects.toThrow('redrive: reading goes on there');
  expect(windows.length - asked).toBe(1);
});
