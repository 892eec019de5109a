// The warehouse in virtual time: SQL executes really, its time passes on the rehearsal's clock.

import { VirtualClock } from '../../rehearsal/clock/virtual';
import { Harness, ShiftedClock } from './harness';

const START = Date.UTC(2026, 0, 5, 9);
const clock = new VirtualClock(START);
let data: Harness;

beforeAll(async () => {
  data = await Harness.start({
    clock,
    scenarioSql: [
      'create table noted (at timestamp default getdate()); grant all on noted to public',
      `create procedure note_twice() language plpgsql as $$ begin
         insert into noted default values; commit; perform pg_sleep(1.1);
         insert into noted default values; end $$`,
    ],
    pretend: (sql) => (sql.includes('hours') ? 7_200 : sql.includes('a day') ? 86_400 : undefined),
  });
});

afterAll(async () => {
  await data.stop();
  clock.stop();
});

const instant = (text: unknown) => Date.parse(`${text}Z`);

describe('a warehouse in virtual time', () => {
  it('tells the rehearsal’s time in whole seconds', async () => {
    await clock.sleep(3 * 86_400_000);
    const [[date]] = (await data.rows('select getdate()')) as [[string]];
    expect(date).toMatch(/\.0$/);
    expect(Math.abs(instant(date) - clock.now())).toBeLessThan(2_000);
  });

  it('moves its time between the statements of a procedure, and never back', async () => {
    await data.run('call note_twice()');
    await data.run('insert into noted default values');
    const times = (await data.rows('select at from noted')).map(([at]) => instant(at));
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1_000);
    expect(times[2]).toBeGreaterThanOrEqual(times[1]!);
    expect(clock.now()).toBeGreaterThanOrEqual(times[2]!);
  });

  it('lets time pass while SQL executes as fast as it really does', async () => {
    const before = clock.now();
    await data.run('select pg_sleep(1.2)');
    expect(clock.now() - before).toBeGreaterThanOrEqual(1_200);
    expect(clock.now() - before).toBeLessThan(60_000);
  });

  it('shows the end of a statement only when its pretended time is over', async () => {
    const real = Date.now();
    const before = clock.now();
    const id = await data.submit('insert into noted values (getdate()) /* takes hours */');
    const early = await data.call('DescribeStatement', { Id: id, WaitTimeSeconds: 30 });
    expect(early.Status).toBe('STARTED');
    expect(clock.now() - before).toBeGreaterThanOrEqual(30_000);
    const ended = await data.end(id);
    expect(ended.Status).toBe('FINISHED');
    expect(Number(ended.Duration) / 1e9).toBeCloseTo(7_200, -1);
    expect(Date.now() - real).toBeLessThan(120_000);
  });

  it('ends a statement ABORTED that is cancelled in its pretended time', async () => {
    const id = await data.submit('select 1 /* takes hours */');
    await clock.sleep(60_000);
    await data.call('CancelStatement', { Id: id });
    expect((await data.end(id)).Status).toBe('ABORTED');
    expect(
      await data.rows(`select status, elapsed_time / 1000000 < 3600 from sys_query_history
        where query_text = 'select 1 /* takes hours */'`),
    ).toEqual([['canceled', true]]);
  });

  it('ends a statement of a day FAILED, and it has done nothing', async () => {
    const ended = await data.run("insert into noted values ('2020-01-01') /* takes a day */");
    expect(ended).toMatchObject({ Status: 'FAILED', Error: expect.stringMatching(/86399 s/) });
    expect(Number(ended.Duration) / 1e9).toBeCloseTo(86_399, -1);
    expect(await data.rows("select count(*) from noted where at = '2020-01-01'")).toEqual([[0]]);
  });

  it('does not stand still for a statement that never ends', async () => {
    const id = await data.submit('select pg_sleep(3600)');
    const before = clock.now();
    await data.call('DescribeStatement', { Id: id, WaitTimeSeconds: 1 });
    expect(clock.now() - before).toBeGreaterThanOrEqual(1_000);
    await data.call('CancelStatement', { Id: id });
    expect((await data.end(id)).Status).toBe('ABORTED');
  });
});

describe('faults', () => {
  it('end a statement FAILED or FINISHED without executing it', async () => {
    const faulty = await Harness.start({
      clock: new ShiftedClock(),
      scenarioSql: ['create table counted (n int); grant all on counted to public'],
      faults: {
        beforeStatement: (sql, name) =>
          sql.includes('(1)')
            ? { kind: 'error', message: `no ${name}` }
            : sql.includes('(2)')
              ? { kind: 'nothing' }
              : undefined,
      },
    });
    const run = (n: number) =>
      faulty.run(`insert into counted values (${n})`, { StatementName: 'x' });
    expect(await run(1)).toMatchObject({ Status: 'FAILED', Error: 'ERROR: no x' });
    expect(await run(2)).toMatchObject({ Status: 'FINISHED' });
    expect(await run(3)).toMatchObject({ Status: 'FINISHED', ResultRows: 1 });
    expect(await faulty.rows('select n from counted')).toEqual([[3]]);
    await faulty.stop();
  });
});
