// Writes that move, the range that is frozen, and the passes behind it, on a real MariaDB.

import { awaitWrites } from '../../../lambdas/await-writes/core';
import { freezeRange } from '../../../lambdas/freeze-range/core';
import { planPass } from '../../../lambdas/plan-pass/core';
import type { LastPass } from '../../../lambdas/plan-pass/payload';
import { copiedKey } from '../../../lambdas/shared/history/copied';
import { runKey } from '../../../lambdas/shared/ledger';
import { bodyOf } from '../../../lambdas/shared/sql';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { HistoryWorld, lost, NEW_TABLE, OLD_TABLE, upTo } from './world';

const MINUTE = 60_000;

describe('rows that come while rows are copied', () => {
  let world: HistoryWorld;
  beforeAll(async () => {
    world = await HistoryWorld.start();
  });
  beforeEach(async () => {
    await world.fresh();
    await settled();
  });
  afterAll(() => world.stop());

  /** What check-offset has left. */
  const settled = async (more: object = {}) => {
    await world.sql(`alter table ${NEW_TABLE} auto_increment = 20000`);
    await world.memory.put(runKey('run-1', 'history#offset'), {
      cut: '20000',
      offset: '10000',
      live: false,
      settled: true,
      targetMax: null,
      ...more,
    });
  };
  const live = () =>
    world.sql(`insert into ${NEW_TABLE} (created, student_module_id) values (now(), 1)`);

  describe('writes that move', () => {
    const wait = (more: object = {}, requestId = 'first') =>
      awaitWrites(
        { ...world.both, admin: null, settleMinutes: 10, ...more },
        world.deps,
        world.invocation(requestId),
      );

    it('are proven when the old table has rested and the new one has grown', async () => {
      await world.rows(upTo(1, 20));
      await live();
      expect(await wait()).toEqual({
        status: 'done',
        cut: '20000',
        maxId: '20',
        targetMaxId: '20000',
      });
      expect(world.clock.now() - Date.parse('2026-01-01')).toBeGreaterThanOrEqual(10 * MINUTE);
    });

    it("are not proven by anybody's word: old workers begin the settling time again", async () => {
      await world.rows([1]);
      await live();
      let id = 1;
      world.onSleep = async () => {
        id += 1;
        if (id < 40) await world.rows([id]);
      };
      let calls = 0;
      let seen = await wait();
      for (; seen.status === 'running' && calls < 5; calls++) seen = await wait();
      expect(seen).toMatchObject({ status: 'done', maxId: '39' });
      expect(calls).toBeGreaterThan(0);
    });

    it('are not proven by a table that rests while nothing is written anywhere', async () => {
      await world.rows([1]);
      const said = async () => {
        for (let calls = 0; calls < 8; calls++) await wait();
      };
      await expect(said()).rejects.toMatchObject({
        name: 'WritesNotMovedError',
        message: expect.stringMatching(/does not grow.*submit an answer to any problem/),
      });
      await expect(wait({ redriveCount: 1 })).resolves.toMatchObject({ status: 'running' });
    });

    it('are not proven by rows that were copied before, as with a live source', async () => {
      await world.rows(upTo(1, 20));
      await world.rows(upTo(1, 12), NEW_TABLE);
      await world.sql(`create table csmh.upgrade_runbooks_copy (run_id varchar(64), phase varchar(10),
        table_name varchar(140), lo decimal(20), verified_to decimal(20), updated_at datetime(6));
        insert into csmh.upgrade_runbooks_copy values ('run-1', 'copy', '${NEW_TABLE}', 1, 20, now(6))`);
      for (let calls = 0; calls < 3; calls++) {
        expect(await wait()).toMatchObject({ status: 'running', targetMaxId: '12' });
      }
      await live();
      expect(await wait()).toMatchObject({ status: 'done', targetMaxId: '20000' });
    });

    it('are not proven by live rows that were there before', async () => {
      await world.rows(upTo(1, 20));
      await live();
      await settled({ live: true, targetMax: '20000' });
      expect(await wait()).toMatchObject({ status: 'running', targetMaxId: '20000' });
      await live();
      expect(await wait()).toMatchObject({ status: 'done', targetMaxId: '20001' });
    });

    it('are complained of after an hour, with what to look for; a redrive waits anew', async () => {
      await live();
      let id = 0;
      world.onSleep = async () => {
        id += 1;
        await world.rows([id]);
      };
      const said = async () => {
        for (let calls = 0; calls < 8; calls++) await wait();
      };
      await expect(said()).rejects.toMatchObject({
        name: 'WritesNotMovedError',
        message: expect.stringMatching(
          /still grows: its last id is \d+ .*started before ENABLE_CSMH_EXTENDED/,
        ),
      });
      world.onSleep = async () => undefined;
      expect(await wait({ redriveCount: 1 })).toMatchObject({ status: 'done' });
    });

    it('a redrive counts on from when the old table came to rest', async () => {
      await world.rows(upTo(1, 20));
      await live();
      expect(await wait({ settleMinutes: 20 })).toMatchObject({ status: 'running' });
      world.clock.pass(10 * MINUTE);
      const begun = world.clock.now();
      expect(await wait({ settleMinutes: 20, redriveCount: 1 })).toMatchObject({ status: 'done' });
      expect(world.clock.now()).toBe(begun);
    });

    it('a row that is written and not committed is waited for', async () => {
      await world.rows(upTo(1, 20));
      await live();
      const late = await world.server.connect();
      await late.query(
        `begin; insert into ${OLD_TABLE} (id, created, student_module_id) values (15000, now(), 1)`,
      );
      // The wait for a lock takes a real second: few rounds come after the settling time.
      const settleMinutes = 12.3;
      expect(await wait({ settleMinutes })).toMatchObject({ status: 'running', maxId: '20' });
      await late.query('commit');
      await late.end();
      expect(await wait({ settleMinutes })).toMatchObject({ status: 'done', maxId: '15000' });
    });

    it('§4 fact 3: live rows with ids of old ones stop the run at once', async () => {
      await world.rows(upTo(1, 20));
      await world.rows([1], NEW_TABLE);
      await expect(wait()).rejects.toMatchObject({ name: 'IdOverlapError' });
    });

    it('§4 fact 2: the cut moves up while nothing live is there', async () => {
      await world.rows([19_990]);
      world.onSleep = async () => {
        world.onSleep = async () => undefined;
        await live();
      };
      expect(await wait()).toMatchObject({ status: 'done', cut: '30000', targetMaxId: '30000' });
    });

    it('rule 15: leaves when its execution is stopped', async () => {
      world.executionStatus = 'ABORTED';
      expect(await wait()).toMatchObject({ status: 'running' });
      expect(world.sent).toEqual([]);
    });

    it('a connection that breaks is a passing fault', async () => {
      world.before = (sql) => void (/^select min/.test(sql) && lost());
      await expect(wait()).rejects.toMatchObject({ name: 'TryAgainError' });
    });
  });

  describe('the range that is frozen', () => {
    const freeze = (more: object = {}) =>
      freezeRange({ ...world.both, admin: null, workers: 1, ...more }, world.deps);

    it('D2, D13, D14: begins at the first id there is and ends at the last, below the cut', async () => {
      await world.rows([7, 12, 5_000]);
      expect(await freeze()).toEqual({
        cut: '20000',
        lo: '7',
        hi: '5000',
        ranges: [{ name: 'range-1', lo: '7', hi: '5000' }],
      });
    });

    it('is the same for whoever asks again in the run, also with other rows', async () => {
      await world.rows([7, 12]);
      const first = await freeze();
      await world.rows([1, 13]);
      expect(await freeze({ workers: 3 })).toEqual(first);
    });

    it('is cut into disjoint parts that are the whole, with about as many rows each', async () => {
      await world.rows([...upTo(1, 6_000), ...upTo(19_000, 19_100)]);
      await world.sql(`analyze table ${OLD_TABLE}`);
      const { ranges } = await freeze({ workers: 3 });
      expect(ranges.map(({ name }) => name)).toEqual(['range-1', 'range-2', 'range-3']);
      expect([ranges[0]!.lo, ranges[2]!.hi]).toEqual(['1', '19100']);
      for (const i of [1, 2]) expect(Number(ranges[i]!.lo)).toBe(Number(ranges[i - 1]!.hi) + 1);
      const counts = await Promise.all(
        ranges.map(async ({ lo, hi }) => {
          const [row] = await world.sql(
            `select count(*) as n from ${OLD_TABLE} where id between ${lo} and ${hi}`,
          );
          return Number(row!.n);
        }),
      );
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(6_101);
      expect(Math.min(...counts)).toBeGreaterThan(1_000);
    });

    it('of an empty table is nothing', async () => {
      expect(await freeze()).toEqual({ cut: '20000', lo: null, hi: null, ranges: [] });
    });

    it('O1, O4: is checked against live rows right before the first chunk', async () => {
      await world.rows([7]);
      await world.rows([8], NEW_TABLE);
      await expect(freeze()).rejects.toMatchObject({ name: 'IdOverlapError' });
      await world.sql(`delete from ${NEW_TABLE}`);
      await live();
      await world.rows([20_005]);
      await expect(freeze()).rejects.toMatchObject({
        name: 'IdOverlapError',
        message: expect.stringContaining('live rows'),
      });
    });

    it('of ids beyond 2^53 is exact', async () => {
      await world.sql(`alter table ${OLD_TABLE} modify id bigint not null auto_increment`);
      await settled({ cut: '9100000000000000000' });
      await world.sql(`alter table ${NEW_TABLE} auto_increment = 9100000000000000000`);
      await world.rows([9_007_199_254_740_993n, 9_007_199_254_740_995n]);
      expect(await freeze({ workers: 2 })).toMatchObject({
        lo: '9007199254740993',
        hi: '9007199254740995',
      });
    });
  });

  describe('passes behind the copy', () => {
    const FIRST: LastPass = { pass: 0, quiet: 0, inserted: '0' };
    const plan = (last: LastPass, more: object = {}) =>
      planPass(
        {
          ...world.both,
          admin: null,
          lo: '1',
          hi: '20',
          rescanHours: 24,
          settleMinutes: 10,
          last,
          ...more,
        },
        world.deps,
        world.invocation(),
      );

    /** What the comparison of ids 1 to 20 has left. */
    const compared = () =>
      world.sql(`${bodyOf(sqlText({ file: 'mysql-copy/mysql-create-checkpoints' })).replace('{{id:database}}', 'csmh')};
        insert into csmh.upgrade_runbooks_copy values ('run-1', 'range-1', 'verify', 'arn', '${NEW_TABLE}',
        1, 20, 20, 0, 1, 1, 20, 0, 0, 0, 0, 1, '{}', 'x', 1, now(6))`);
    beforeEach(compared);

    it('end with an error where not all ids of the frozen range were compared', async () => {
      await world.rows(upTo(1, 20));
      await world.sql("delete from csmh.upgrade_runbooks_copy where phase = 'verify'");
      await plan(FIRST);
      await plan({ pass: 1, quiet: 0, inserted: '0' });
      world.clock.pass(10 * MINUTE);
      const last = { pass: 2, quiet: 1, inserted: '0' };
      for (const redriveCount of [0, 1]) {
        await expect(plan(last, { redriveCount })).rejects.toMatchObject({
          name: 'ReconciliationError',
          message: expect.stringContaining('not all ids from 1 to 20 were compared'),
        });
      }
      expect(await world.memory.get(copiedKey('run-1'))).toBeUndefined();
      await world.sql('drop table csmh.upgrade_runbooks_copy');
      await compared();
      expect(await plan(last, { redriveCount: 1 })).toMatchObject({ status: 'done' });
    });

    it('are planned until two in a row found nothing and nothing was written between them', async () => {
      await world.rows(upTo(1, 25));
      const one = await plan(FIRST);
      expect(one).toMatchObject({ status: 'pass', pass: 1, quiet: 0, hi: '25' });
      expect(one.range).toEqual({ name: 'pass-1', lo: '1', hi: '25' });
      const two = await plan({ pass: 1, quiet: 0, inserted: '5' });
      expect(two).toMatchObject({ status: 'pass', pass: 2, quiet: 0 });
      const three = await plan({ pass: 2, quiet: 0, inserted: '0' });
      expect(three).toMatchObject({ status: 'pass', pass: 3, quiet: 1 });
      await world.rows([26]);
      const four = await plan({ pass: 3, quiet: 1, inserted: '0' });
      expect(four).toMatchObject({ status: 'pass', pass: 4, quiet: 0, hi: '26' });
      expect(await plan({ pass: 4, quiet: 0, inserted: '1' })).toMatchObject({ quiet: 0 });
      expect(await plan({ pass: 5, quiet: 0, inserted: '0' })).toMatchObject({ quiet: 1 });
      expect(await plan({ pass: 6, quiet: 1, inserted: '0' })).toMatchObject({
        status: 'done',
        hi: '26',
        range: null,
      });
      expect(await world.memory.get(copiedKey('run-1'))).toMatchObject({
        lo: '1',
        hi: '26',
        cut: '20000',
      });
    });

    it('D5: looks again at the newest 100,000 ids and at all of the last hours, not at a largest id', async () => {
      await settled({ cut: '900000' });
      await world.sql(`alter table ${NEW_TABLE} auto_increment = 900000`);
      await world.rows([1, 150_000, 300_000, 400_000], OLD_TABLE, 48);
      expect((await plan(FIRST, { hi: '400000' })).range).toMatchObject({
        lo: '300001',
        hi: '400000',
      });
      await world.rows([200_000], OLD_TABLE, 23);
      expect((await plan(FIRST, { hi: '400000', redriveCount: 1 })).range).toMatchObject({
        lo: '200000',
      });
      expect(
        (await plan(FIRST, { hi: '400000', redriveCount: 2, rescanHours: 72 })).range,
      ).toMatchObject({ lo: '1' });
    });

    it('a row that is committed late, below all that is copied, is looked for', async () => {
      await world.rows(upTo(5, 20));
      await world.rows([2]);
      expect((await plan(FIRST, { lo: '5' })).range).toMatchObject({ lo: '2', hi: '20' });
    });

    it('time lies between them, and the plan of a pass is one for whoever asks again', async () => {
      await world.rows(upTo(1, 20));
      const first = await plan(FIRST);
      expect(await plan(FIRST)).toEqual(first);
      const begun = world.clock.now();
      await plan({ pass: 1, quiet: 0, inserted: '0' });
      expect(world.clock.now() - begun).toBeGreaterThanOrEqual(10 * MINUTE);
    });

    it('a redrive looks anew, under a name of its own', async () => {
      await world.rows(upTo(1, 20));
      await plan(FIRST);
      world.clock.pass(13 * 24 * 60 * MINUTE);
      await world.rows([30]);
      expect(await plan(FIRST, { redriveCount: 1 })).toMatchObject({
        range: { name: 'pass-1-2', hi: '30' },
      });
    });

    it('a row that is written and not committed keeps a pass from counting as quiet', async () => {
      await world.rows(upTo(1, 20));
      await plan(FIRST);
      const late = await world.server.connect();
      await late.query(
        `begin; insert into ${OLD_TABLE} (id, created, student_module_id) values (21, now(), 1)`,
      );
      expect(await plan({ pass: 1, quiet: 0, inserted: '0' })).toMatchObject({ quiet: 0 });
      await late.query('rollback');
      await late.end();
      expect(await plan({ pass: 2, quiet: 0, inserted: '0' })).toMatchObject({ quiet: 1 });
    });

    it.each(['before', 'after'] as const)(
      'a task that dies %s any write of the ledger has told everything in the end',
      async (when) => {
        const keys = [
          'history#copied',
          'check#-#all rows are in both tables',
          'note#history#twice',
        ];
        for (const nth of upTo(1, 8)) {
          await world.fresh();
          await settled();
          await compared();
          await world.rows(upTo(1, 20));
          await plan(FIRST);
          await plan({ pass: 1, quiet: 0, inserted: '0' });
          world.clock.pass(10 * MINUTE);
          let writes = 0;
          world.memory[when] = () => {
            writes += 1;
            if (writes === nth) throw new Error('killed');
          };
          await plan({ pass: 2, quiet: 1, inserted: '0' }).catch(() => undefined);
          world.memory[when] = () => undefined;
          expect(await plan({ pass: 2, quiet: 1, inserted: '0' })).toMatchObject({
            status: 'done',
          });
          const told = await Promise.all(keys.map((key) => world.memory.get(runKey('run-1', key))));
          expect(told).not.toContain(undefined);
        }
      },
    );

    it('an empty table is through after two looks', async () => {
      const payload = { lo: null, hi: null };
      expect(await plan(FIRST, payload)).toMatchObject({ status: 'pass', range: null });
      expect(await plan({ pass: 1, quiet: 0, inserted: '0' }, payload)).toMatchObject({ quiet: 1 });
      expect(await plan({ pass: 2, quiet: 1, inserted: '0' }, payload)).toMatchObject({
        status: 'done',
        hi: null,
      });
    });
  });
});
