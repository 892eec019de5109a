import type { ReconcileDeps, SourceConnection } from '../../../lambdas/reconcile-backfill/deps';
import { NotWanted, Source, TooSlow } from '../../../lambdas/reconcile-backfill/source';
import { sqlText } from '../../../lambdas/shared/sql-files';

const REF = { host: 'db', port: 3306, secretArn: null, user: 'rdw', region: 'us-east-1' };

/** A warehouse whose statements take as many looks as it is told, on a clock that jumps. */
function place({ looks = 0, wanted = async () => true, fails = false, ours = true } = {}) {
  let now = 0;
  let sleeps = 0;
  const calls: string[] = [];
  let opened = 0;
  let answer: (rows: [unknown, unknown]) => void = () => undefined;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      if (++sleeps === looks) answer([[{ n: 1 }], []]);
      await new Promise(setImmediate);
    },
  };
  const connect = async (): Promise<SourceConnection> => {
    const threadId = ++opened;
    return {
      threadId,
      beginTransaction: async () => void calls.push(`${threadId} begin`),
      end: async () => void calls.push(`${threadId} end`),
      destroy: () => void calls.push(`${threadId} destroy`),
      query: (sql) => {
        calls.push(`${threadId} ${sql.split('\n').slice(0, 2).join(' ')}`);
        if (sql.includes('processlist')) return Promise.resolve([ours ? [{ id: 1 }] : [], []]);
        if (!sql.includes('as n')) return Promise.resolve([[], []]);
        if (fails) return Promise.reject(new Error('gone away'));
        return new Promise((resolve) => {
          answer = resolve;
          if (looks === 0) resolve([[{ n: 1 }], []]);
        });
      },
    };
  };
  const deps = { clock, connect, sqlText } as unknown as ReconcileDeps;
  const read = (ms = 60_000) =>
    Source.reading(deps, REF, 'warehouse_ca', ['run-1', 'reconcile', 'CA'], wanted, (source) =>
      source.rows('mysql-smoke-changed', { high: 'h', year: 2021, asmt: 1 }, ms),
    );
  return { calls, read, time: () => now };
}

describe('reading the warehouse', () => {
  test('is one transaction that sees one state, and opens with whose it is', async () => {
    const { calls, read } = place();
    expect(await read()).toEqual([{ n: 1 }]);
    expect(calls).toEqual([
      '1 /* run-1 reconcile CA */ set session transaction isolation level repeatable read',
      '1 begin',
      '1 /* run-1 reconcile CA */ select count(*) as n',
      '1 end',
    ]);
  });

  test('waits for a statement that takes its time', async () => {
    const { calls, read, time } = place({ looks: 6 });
    expect(await read()).toEqual([{ n: 1 }]);
    expect(time()).toBeGreaterThan(20_000);
    expect(calls.at(-1)).toBe('1 end');
  });

  test('ends a statement that takes too long by its session, and leaves', async () => {
    const { calls, read, time } = place({ looks: 1_000 });
    await expect(read(60_000)).rejects.toThrow(TooSlow);
    expect(time()).toBeLessThan(70_000);
    expect(calls.slice(-3)).toEqual([
      '2 /* run-1 reconcile CA kill */ kill query 1',
      '2 end',
      '1 destroy',
    ]);
  });

  test('ends nobody else’s statement that has the number of its session after a failover', async () => {
    const { calls, read } = place({ looks: 1_000, ours: false });
    await expect(read(60_000)).rejects.toThrow(TooSlow);
    expect(calls.join()).not.toContain('kill query');
    expect(calls.at(-1)).toBe('1 destroy');
  });

  test('ends a statement nobody waits for any more', async () => {
    const { calls, read } = place({ looks: 1_000, wanted: async () => false });
    await expect(read()).rejects.toThrow(NotWanted);
    expect(calls).toContain('2 /* run-1 reconcile CA kill */ kill query 1');
  });

  test('says why a statement failed', async () => {
    const { calls, read } = place({ fails: true });
    await expect(read()).rejects.toThrow('gone away');
    expect(calls.at(-1)).toBe('1 destroy');
  });
});
