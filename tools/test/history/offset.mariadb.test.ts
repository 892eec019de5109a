// Ids of new rows and ids of old ones, on a real MariaDB: what the old scripts relied on does not hold.

import { checkOffset } from '../../../lambdas/check-offset/core';
import { approvedHash } from '../../../lambdas/shared/gates';
import { HistoryWorld, lost, NEW_TABLE, OLD_TABLE, upTo } from './world';

describe('the offset of ids', () => {
  let world: HistoryWorld;
  beforeAll(async () => {
    world = await HistoryWorld.start();
  });
  beforeEach(() => world.fresh());
  afterAll(() => world.stop());

  const payload = (more: object = {}) => ({
    ...world.both,
    admin: null,
    runtimeUser: 'edxapp001',
    offset: null,
    rowsPerHour: 0,
    approved: null,
    ...more,
  });
  const hash = (cut: string) => approvedHash({ from: OLD_TABLE, to: NEW_TABLE, cut });
  const settle = (more: object = {}) => checkOffset(payload(more), world.deps);
  const insert = async () => {
    await world.sql(
      `insert into ${NEW_TABLE} (created, student_module_id) values ('2026-01-01', 1)`,
    );
    return (await world.ids(NEW_TABLE)).at(-1);
  };
  const checkpoint = (runId: string, lo: number, to: number) =>
    world.sql(`create table if not exists csmh.upgrade_runbooks_copy (run_id varchar(64),
      phase varchar(10), table_name varchar(140), lo decimal(20), verified_to decimal(20), updated_at datetime(6));
      insert into csmh.upgrade_runbooks_copy values ('${runId}', 'copy', '${NEW_TABLE}', ${lo}, ${to}, now(6))`);

  it('O1: an empty table of new rows is fit to be used', async () => {
    await world.rows(upTo(1, 20));
    expect(await settle()).toMatchObject({ cut: '20000', maxId: '20', live: false });
  });

  it('O1, O4: live rows above every old one are the cut, and nothing is set', async () => {
    await world.rows([5, 90]);
    await world.rows([95, 97], NEW_TABLE);
    expect(await settle()).toMatchObject({ cut: '95', live: true });
    expect(world.sent.join()).not.toMatch(/alter/i);
  });

  it('O2: refuses rows that collide, names their ids and what is allowed, and changes nothing', async () => {
    await world.rows(upTo(1, 50));
    await world.rows([7, 9, 70], NEW_TABLE);
    const said = settle().catch((error: Error) => error);
    expect(await said).toMatchObject({
      name: 'IdOverlapError',
      message: expect.stringMatching(/ids from 7 to 50 .*Allowed is an empty table/),
    });
    expect(world.sent.join()).not.toMatch(/alter|insert|ignore|replace/i);
  });

  it.each([
    ['none is counted', 0, null, 20_000],
    ['80,000 an hour, for the seven days of the gate', 80_000, null, 54_000_000],
    ['the input says more', 80_000, 1_000_000_000, 1_100_000_000],
    ['the input says too little', 0, 1, 20_000],
  ])(
    'O3: the next id is set above the old ones by the rate of writes, round: %s',
    async (_, rowsPerHour, offset, cut) => {
      await world.rows([1, 10]);
      expect(await settle({ rowsPerHour, offset })).toMatchObject({ cut: String(cut) });
      expect(await insert()).toBe(cut);
    },
  );

  it('O3: an id that was set higher before stays, and is the cut', async () => {
    await world.rows([1, 10]);
    await world.sql(`alter table ${NEW_TABLE} auto_increment = 5000000`);
    expect(await settle()).toMatchObject({ cut: '5000000' });
    expect(world.sent.join()).not.toMatch(/alter/i);
  });

  it('§4 fact 1: the migration did not set the next id, which would be 1', async () => {
    await world.rows(upTo(1, 20));
    expect(
      await world.sql(
        'select auto_increment as n from information_schema.tables where table_schema = "csmh"',
      ),
    ).toEqual([{ n: 1 }]);
    await settle();
    expect(await insert()).toBe(20_000);
  });

  it('§4 fact 3: a server that forgot the next id gave ids of old rows, which stops the copy', async () => {
    await world.rows(upTo(1, 20));
    await settle();
    // As InnoDB before MySQL 8 does at a restart without a row.
    await world.sql(`alter table ${NEW_TABLE} auto_increment = 1`);
    await insert();
    await expect(settle()).rejects.toMatchObject({ name: 'IdOverlapError' });
  });

  it('§4 fact 3: one that forgot it before anybody wrote is told again', async () => {
    await world.rows(upTo(1, 20));
    await settle();
    await world.sql(`alter table ${NEW_TABLE} auto_increment = 1`);
    expect(await settle()).toMatchObject({ cut: '20000' });
    expect(await insert()).toBe(20_000);
  });

  it('§4 fact 2: old rows that came near the cut before the writes moved push it up', async () => {
    await world.rows([1, 10]);
    await settle();
    await world.rows([19_500]);
    expect(await settle()).toMatchObject({ cut: '30000' });
    expect(await insert()).toBe(30_000);
  });

  it.each([
    ['goes on', false],
    ['dies, and is asked again,', true],
  ])(
    '§4 fact 2: a live row that comes right before the cut is moved is the cut, where the task %s',
    async (_, dies) => {
      await world.rows([1, 10]);
      await settle();
      await world.rows([19_500]);
      let came = 1;
      world.before = async (sql) => {
        if (/^alter/.test(sql) && came-- > 0) await insert();
      };
      world.after = (sql) => void (dies && /^alter/.test(sql) && lost());
      const first = await settle().catch(() => undefined);
      world.after = () => undefined;
      expect(first === undefined).toBe(dies);
      expect(await settle()).toMatchObject({ cut: '20000', maxId: '19500' });
      expect(await settle()).toMatchObject({ cut: '20000' });
      expect(await insert()).toBeGreaterThan(20_000);
      await world.rows([20_000]);
      await expect(settle()).rejects.toMatchObject({ name: 'IdOverlapError' });
    },
  );

  describe('at gate switch-writes', () => {
    it('§4 fact 2: a cut that is half used up is moved before people are asked, not after they have approved it', async () => {
      await world.rows([1, 10]);
      const { cut } = await settle();
      await world.rows([15_001]);
      const approved = hash(cut);
      expect(await settle({ approved })).toMatchObject({ status: 'held', cut: '20000' });
      expect(await settle()).toMatchObject({ status: 'held', cut: '30000' });
      expect(await settle({ approved })).toMatchObject({ status: 'changed', cut: '30000' });
      expect(await settle({ approved: hash('30000') })).toMatchObject({ status: 'held' });
    });

    it('§4 fact 2: an approved cut to which the old table has come too near is asked about again', async () => {
      await world.rows([1, 10]);
      const approved = hash((await settle()).cut);
      await world.rows([19_500]);
      expect(await settle({ approved })).toMatchObject({ status: 'changed', cut: '30000' });
      expect(await insert()).toBe(30_000);
    });

    it('the cut that was approved stays when rows of learners came from there on', async () => {
      await world.rows([1, 10]);
      const approved = hash((await settle()).cut);
      await insert();
      await world.rows([19_500]);
      expect(await settle({ approved })).toMatchObject({
        status: 'held',
        cut: '20000',
      });
    });

    it('people are told how long the cut holds, and how to see that the server has kept it', async () => {
      await world.rows([1, 10]);
      const { question } = await settle({ rowsPerHour: 100 });
      const hours = (70_000 - 10) / 100;
      const until = new Date(world.clock.now() + hours * 3_600_000).toISOString();
      expect(question).toContain('below 70000. The last one is 10 now, and comes to 70000 about');
      expect(question).toContain(until.slice(0, 16));
      expect(question).toMatch(/select auto_increment .*below 70000, do not deploy/s);
    });
  });

  it('§4 fact 2, O4: old rows that passed live ones stop everything', async () => {
    await world.rows([1, 10]);
    await settle();
    await insert();
    await world.rows([20_001]);
    await expect(settle()).rejects.toMatchObject({
      name: 'IdOverlapError',
      message: expect.stringContaining('somebody still writes to the old table'),
    });
  });

  it('rows that this run has copied are no collision', async () => {
    await world.rows(upTo(1, 20));
    await settle();
    await world.rows(upTo(1, 12), NEW_TABLE);
    await expect(settle()).rejects.toMatchObject({ name: 'IdOverlapError' });
    await checkpoint('run-1', 1, 20);
    expect(await settle()).toMatchObject({ cut: '20000', live: false });
    expect(await insert()).toBe(20_000);
    expect(await settle()).toMatchObject({ cut: '20000', live: false });
  });

  it('rows that an earlier run has copied are no collision either', async () => {
    await world.rows(upTo(1, 20));
    await settle();
    await world.rows(upTo(1, 12), NEW_TABLE);
    await checkpoint('run-1', 1, 20);
    await world.open('run-2');
    expect(await settle({ runId: 'run-2' })).toMatchObject({ cut: '20000' });
    await world.rows([13, 21], NEW_TABLE);
    await expect(settle({ runId: 'run-2' })).rejects.toMatchObject({
      name: 'IdOverlapError',
      message: expect.stringContaining('ids from 21 to 21'),
    });
  });

  it.each(['before', 'after'] as const)(
    'a connection that breaks %s the id is set is settled by reading it',
    async (when) => {
      await world.rows(upTo(1, 20));
      let breaks = 1;
      world[when] = (sql) => void (/^alter/.test(sql) && breaks-- > 0 && lost());
      await expect(settle()).rejects.toMatchObject({ name: 'TryAgainError' });
      expect(await settle()).toMatchObject({ cut: '20000' });
      const alters = world.sent.filter((sql) => /^alter/.test(sql)).length;
      expect(alters).toBe(when === 'before' ? 2 : 1);
      expect(await insert()).toBe(20_000);
    },
  );

  it('a task that dies at any write of the ledger goes on with the same cut', async () => {
    await world.rows(upTo(1, 20));
    for (const when of ['before', 'after'] as const) {
      for (const nth of upTo(1, 4)) {
        let writes = 0;
        world.memory[when] = () => {
          writes += 1;
          if (writes === nth) throw new Error('killed');
        };
        await settle().catch(() => undefined);
        world.memory[when] = () => undefined;
        expect(await settle()).toMatchObject({ cut: '20000' });
      }
    }
    expect(await insert()).toBe(20_000);
  });

  it('a server that does not keep the id is found out', async () => {
    await world.rows(upTo(1, 20));
    world.after = (sql) =>
      /^alter/.test(sql) && world.sql(`alter table ${NEW_TABLE} auto_increment = 1`);
    await expect(settle()).rejects.toMatchObject({
      name: 'HistoryTableError',
      message: expect.stringContaining('is 1 although it was set to 20000'),
    });
  });

  it('ids beyond 2^53 stay exact', async () => {
    await world.sql(`alter table ${OLD_TABLE} modify id bigint not null auto_increment`);
    await world.rows([9_007_199_254_740_993n]);
    expect(await settle()).toMatchObject({ cut: '9007199254760000', maxId: '9007199254740993' });
  });

  it("rows below the next id are proven from the tables, not by anybody's word: no table", async () => {
    await world.sql('drop database csmh; create database csmh');
    await expect(settle()).rejects.toMatchObject({
      name: 'HistoryTableError',
      message: expect.stringContaining('run the four migrations'),
    });
  });
});
