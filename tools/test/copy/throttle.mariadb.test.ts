// When a chunk may begin, how long it may be, and what is told meanwhile. Time is the test's.

import { settingsKey } from '../../../lambdas/shared/copy/settings';
import { MySqlUnreachableError } from '../../../lambdas/shared/errors';
import { CopyWorld } from './world';

const WRITES = /^\/\*.*\*\/\ninsert into `csmh`\.`course/;
const sqlError = (errno: number, code: string) => Object.assign(new Error(code), { errno, code });

describe('a copy among others', () => {
  let world: CopyWorld;
  let time: { pass(ms: number): void };
  beforeAll(async () => {
    world = await CopyWorld.start();
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.fresh();
    await world.seed(3_000);
    world.settings({ maxCommitMs: 100 });
    time = world.turnClock();
  });

  const written = () => world.sent.filter((sql) => WRITES.test(sql)).length;
  const whole = async () => expect(await world.rows('target')).toEqual(await world.rows('source'));
  /** Says something three times, from the second chunk on. */
  const thrice = (part: string, row: object, calm?: object) => {
    let times = 0;
    world.answer = (sql) => {
      if (!sql.includes(part)) return undefined;
      if (written() < 1 || times >= 3) return calm && [calm];
      times++;
      return [row];
    };
  };
  const busy = (threads: number) => thrice('Threads_running', { Value: String(threads) });
  const replicas = [{ host: 'replica', port: 3306 }];

  it.each<[string, () => unknown]>([
    ['lag', () => thrice('replica_host_status', { millis: '1600' }, { millis: '20' })],
    [
      'lag',
      () => {
        world.set({ replicas });
        thrice('show replica status', { Seconds_Behind_Source: '2' });
      },
    ],
    [
      'lag',
      () => {
        world.set({ replicas });
        thrice('show replica status', { Seconds_Behind_Master: null });
      },
    ],
    [
      'lag',
      () => {
        world.set({ replicas });
        thrice('show slave status', { Seconds_Behind_Master: 60 });
        world.before = (sql) => {
          if (sql.includes('replica status')) throw sqlError(1064, 'ER_PARSE_ERROR');
        };
      },
    ],
    ['threads', () => busy(25)],
    ['history list', () => thrice('trx_rseg_history_len', { length: '1000001' })],
    [
      'commit',
      () => {
        world.before = (sql) => {
          if (sql === 'commit' && world.slept.length < 3 && written() > 0) time.pass(101);
        };
      },
    ],
    [
      'storage',
      () => {
        world.settings({ minFreeGiB: 10 });
        world.freeGiB = async () => (world.slept.length < 3 ? 9.9 : 10);
        world.onSleep = () => time.pass(60_000);
      },
    ],
    [
      'operator',
      async () => {
        const { ledger } = world.memory;
        await ledger.put(settingsKey(world.run.runId), { pause: true });
        world.onSleep = async () => {
          if (world.slept.length === 3)
            await ledger.put(settingsKey(world.run.runId), { pause: false });
        };
      },
    ],
  ])('B8 D7 rests while there is reason to: %s', async (reason, cause) => {
    await cause();
    const rest = world.onSleep;
    const while_: number[] = [];
    world.onSleep = async (ms) => {
      while_.push(written());
      await rest(ms);
    };
    await world.invoke();
    expect(world.slept).toEqual([5_000, 5_000, 5_000]);
    expect(new Set(while_).size).toBe(1);
    expect((await world.progress()).paused[reason]).toBeGreaterThanOrEqual(15);
    await whole();
  });

  it('B8 stops at fifty threads, and goes on after a redrive', async () => {
    busy(50);
    await expect(world.invoke()).rejects.toMatchObject({ name: 'CopyOverloadError' });
    expect(written()).toBe(1);
    world.answer = () => undefined;
    await world.invoke();
    await whole();
  });

  it('B8 says what it may not look at', async () => {
    world.before = (sql) => {
      if (sql.includes('innodb_metrics')) throw sqlError(1227, 'ER_SPECIFIC_ACCESS_DENIED_ERROR');
    };
    await world.invoke();
    expect((await world.progress()).blind).toEqual({
      'history list': 'the user lacks the right PROCESS',
    });
  });

  it.each([0.5, 2])('B9 D7 rests %s of what its chunks took', async (niceRatio) => {
    world.settings({ niceRatio });
    let took = 0;
    world.before = (sql) => {
      if (!WRITES.test(sql)) return;
      time.pass(300);
      took += 300;
    };
    await world.invoke();
    const rested = world.slept.reduce((sum, ms) => sum + ms, 0);
    // None behind the last chunk.
    expect(rested).toBe((took - 300) * niceRatio);
    expect((await world.progress()).paused.nice).toBeCloseTo(rested / 1000);
  });

  it('B10 gets through five deadlocks and a failover', async () => {
    let deadlocks = 0;
    let down = 0;
    world.before = (sql) => {
      if (WRITES.test(sql) && deadlocks < 5) {
        deadlocks++;
        throw sqlError(1213, 'ER_LOCK_DEADLOCK');
      }
      if (sql === 'commit' && written() > 6 && down === 0) {
        down = 1;
        throw sqlError(1290, 'ER_OPTION_PREVENTS_STATEMENT');
      }
    };
    world.connecting = () => {
      if (down > 0 && down++ < 5) throw new MySqlUnreachableError('down');
    };
    await world.invoke();
    expect([deadlocks, down > 4]).toEqual([5, true]);
    expect(world.slept[0]).toBeGreaterThanOrEqual(250);
    expect(world.slept[4]).toBeGreaterThanOrEqual(4_000);
    expect(Math.max(...world.slept)).toBeLessThanOrEqual(37_500);
    await whole();
    expect(await world.verify()).toMatchObject({ rows: '3000' });
  });

  it.each([
    ['that the server ends', 1969, 'ER_STATEMENT_TIMEOUT'],
    ['that MySQL ends', 3024, 'ER_QUERY_TIMEOUT'],
    ['that is silent', 0, 'PROTOCOL_SEQUENCE_TIMEOUT'],
  ])('B10 a look ahead %s is made with a tenth of the rows', async (_, errno, code) => {
    const asked: number[] = [];
    world.before = (sql) => {
      const rows = Number(/limit (\d{2,5})\b/.exec(sql)?.[1] ?? 0);
      if (!sql.includes('row_count') || rows === 0) return;
      asked.push(rows);
      if (rows > 50) throw sqlError(errno, code);
    };
    await world.invoke();
    await whole();
    expect(asked.slice(0, 3)).toEqual([1_000, 100, 10]);
  });

  it('B10 no read goes on at a server when nobody waits for it any more', async () => {
    let seconds = 0;
    world.before = async (sql, connection) => {
      if (!sql.includes('row_count') || seconds > 0) return;
      seconds = 1;
      const [rows] = await connection.query('select @@max_statement_time as seconds');
      seconds = Number((rows as { seconds: number }[])[0]!.seconds);
    };
    await world.invoke();
    expect(seconds).toBe(40);
  });

  it('B10 gives up after ten tries, and a redrive goes on', async () => {
    world.before = (sql) => {
      if (WRITES.test(sql) && sql.includes('> 1000')) throw sqlError(1205, 'ER_LOCK_WAIT_TIMEOUT');
    };
    await expect(world.invoke()).rejects.toThrow(/did not get through in 10 tries: 1205/);
    expect(world.slept).toHaveLength(10);
    world.before = () => undefined;
    await world.invoke();
    await whole();
  });

  it('B14 follows settings that change while it runs, within a chunk', async () => {
    world.settings({ niceRatio: 1 });
    world.before = (sql) => {
      if (WRITES.test(sql)) time.pass(100);
    };
    world.onSleep = () =>
      world.memory.ledger.put(settingsKey(world.run.runId), { niceRatio: 0, chunkSeconds: 5 });
    await world.invoke();
    expect(world.slept).toEqual([100]);
  });

  it('B15 tells how far it is and when it will be done', async () => {
    await world.seed(20_000, 10_001);
    const told: { left: number; eta: number; at: number }[] = [];
    const put = world.memory.put.bind(world.memory);
    world.memory.put = async (key, item, condition) => {
      const { verifiedTo, etaSeconds } = item as { verifiedTo?: string; etaSeconds?: number };
      const left = 30_000 - Number(verifiedTo);
      if (key.sk.startsWith('copied#'))
        told.push({ left, eta: etaSeconds!, at: world.clock.now() });
      return await put(key, item, condition);
    };
    world.before = (sql) => {
      const [, after, to] = /> (\d+)\s+and t.`id` <= (\d+)\norder/.exec(sql) ?? [];
      if (WRITES.test(sql)) time.pass(Number(to) - Number(after));
    };
    await world.invoke();
    const end = world.clock.now();
    const [some] = told.filter(({ left }) => left < 18_000);
    expect(Math.abs(some!.eta / ((end - some!.at) / 1000) - 1)).toBeLessThan(0.2);
    expect(await world.progress()).toMatchObject({
      phase: 'copy',
      done: true,
      verifiedTo: '30000',
      rows: '20000',
      inserted: '20000',
      lagSeconds: null,
      pausedNow: null,
    });
    expect((await world.progress()).rowsPerSecond).toBeGreaterThan(900);
  });
});
