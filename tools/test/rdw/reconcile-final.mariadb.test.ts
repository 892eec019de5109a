// The table after the swap, the tables of the other tenants, and a warehouse that moves on meanwhile.

import { HIGH, ReconcileWorld } from './reconcile-world';

const TABLE = 'reporting_ca.exam_alt_score';
const ONE = `(select min(id) from ${TABLE} where school_year = 2021)`;
const MARK = `'${HIGH}'`;

describe('reconciliation at the end', () => {
  let world: ReconcileWorld;
  beforeAll(async () => {
    world = await ReconcileWorld.start();
  });
  afterAll(() => world.stop());

  const messageOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => new Error('nothing was found'),
      (thrown: Error) => thrown,
    );
    expect(error.name).toBe('ReconciliationError');
    return error.message;
  };

  describe('after the swap', () => {
    beforeEach(async () => {
      await world.open('ca');
      await world.staged('ca', 1355);
      await world.swap('ca');
    });
    afterEach(() => world.back('ca'));

    it.each([
      [
        'a row that is gone',
        `delete from ${TABLE} where id = ${ONE}`,
        'number of rows (n) is 575 instead of 576',
      ],
      [
        'a row too many',
        `insert into ${TABLE} select 999999, exam_id, subject_score_id, student_id, asmt_id, school_year,
           scale_score, performance_level, completed_at, migrate_id, updated, update_import_id
         from ${TABLE} where id = ${ONE}`,
        'number of rows (n) is 577 instead of 576',
      ],
      [
        'another score',
        `update ${TABLE} set scale_score = scale_score + 1 where id = ${ONE}`,
        'content of the rows (seal) differs',
      ],
      [
        'another student',
        `update ${TABLE} set student_id = student_id + 1 where id = ${ONE}`,
        'rows with no exam: expected 0, found 1',
      ],
      [
        'a row twice',
        `insert into ${TABLE} select * from ${TABLE} where id = ${ONE}`,
        'rows with an id that is there twice: expected 0, found 1',
      ],
      [
        'W4 a key twice',
        `insert into ${TABLE} select * from ${TABLE} where id = ${ONE}`,
        'keys that are there twice: expected 0, found 1',
      ],
      [
        'W6 a claim score',
        `update ${TABLE} set subject_score_id = 11 where id = ${ONE}`,
        'rows that are no alt scores: expected 0, found 1',
      ],
      [
        'a row without the mark',
        `update ${TABLE} set migrate_id = 7 where id = ${ONE}`,
        'rows with the mark of the back-fill: expected 1011, found 1010',
      ],
      [
        'half of it',
        `delete from ${TABLE} where id % 2 = 0`,
        'R2: staged = inserted + superseded + orphan: expected 1355, found',
      ],
      [
        'a report that shows another level',
        `update ${TABLE} set performance_level = performance_level % 5 + 1 where school_year = 2021`,
        ', with older rows: expected 49 rows, average 1415, levels 10/10/10/10/9, found 49 rows, average 1415, levels 9/10/10/10/10',
      ],
    ])('%s is found, and found again on redrive until it is repaired', async (_, sql, text) => {
      await world.redshift(sql);
      const message = await messageOf(world.final('ca'));
      expect(message).toMatch(/^tenant CA: /);
      expect(message).toContain(text);
      expect(message).toMatch(
        /repair it and redrive: everything is compared again; or bring the backup back/,
      );
      expect(await messageOf(world.final('ca'))).toBe(message);
      expect(await world.items('note#')).toEqual([]);
      await world.back('ca');
      await world.swap('ca');
      await expect(world.final('ca')).resolves.toMatchObject({ status: 'done', inserted: 1011 });
      expect((await world.checks()).filter(({ ok }) => !ok)).toEqual([]);
    });

    it('names the school year, compared with the load and with the warehouse', async () => {
      await world.redshift(
        `update ${TABLE} set completed_at = completed_at + interval '1 second' where id = ${ONE}`,
      );
      const message = await messageOf(world.final('ca'));
      for (const other of ['load', 'warehouse']) {
        expect(message).toContain(
          `school year 2021: content of the rows (seal) differs, compared with the ${other}`,
        );
      }
      expect(message).not.toMatch(/school year 202[02]/);
    });

    it('leaves no sum in the ledger, which of one row would be its score', async () => {
      const kept = JSON.stringify(await world.items('reconciled#'));
      expect(kept).toContain('seal');
      expect(kept).not.toMatch(/"(s_\w+|fp)":/);
    });

    it('knows nothing of a tenant whose load was not compared', async () => {
      expect(await messageOf(world.final('pa'))).toContain('no comparison from before the swap');
    });
  });

  describe('of all tenants', () => {
    beforeEach(async () => {
      await world.open();
      await world.sweep('before');
    });
    const level = (by: number) =>
      world.redshift(`update reporting_pa.exam_alt_score set update_import_id = update_import_id + ${by}
        where id = (select min(id) from reporting_pa.exam_alt_score where school_year = 2021)`);

    it('W7 another tenant that was touched is named with its school year, until it is as it was', async () => {
      await level(1);
      const message = await messageOf(world.sweep('after', ['CA']));
      expect(message).toMatch(
        /^tenant PA: school year 2021: content of the rows \(seal\) differs\. /,
      );
      expect(await messageOf(world.sweep('after', ['CA']))).toBe(message);
      await level(-1);
      expect(await world.sweep('after', ['CA'])).toEqual({ status: 'done' });
      const checks = await world.checks();
      expect(checks.every(({ ok }) => ok)).toBe(true);
      expect(checks.map(({ item, name }) => `${item} ${name}`)).toEqual([
        'PA unchanged, though not worked on, 2020',
        'PA unchanged, though not worked on, 2021',
        'PA unchanged, though not worked on, 2022',
      ]);
    });

    it('W7 those that were worked on may have changed', async () => {
      await level(1);
      expect(await world.sweep('after', ['PA', 'CA'])).toEqual({ status: 'done' });
      await level(-1);
    });

    it('W7 what was there before is written down once', async () => {
      await level(1);
      await world.sweep('before');
      await messageOf(world.sweep('after', ['CA']));
      await level(-1);
    });

    it('goes on in the next invocation where one has no time', async () => {
      await world.open();
      world.remainingMs = 100_000;
      expect(await world.sweep('before')).toEqual({ status: 'running' });
      world.remainingMs = 780_000;
      expect(await world.sweep('before')).toEqual({ status: 'done' });
    });
  });

  describe('while imports go on', () => {
    /** Changes exams of the warehouse for one test. */
    const during = async (sql: string, work: () => Promise<void>) => {
      await world.mysql('create table warehouse_ca.kept as select * from warehouse_ca.exam');
      try {
        await world.mysql(sql);
        await work();
      } finally {
        await world.mysql(`replace into warehouse_ca.exam select * from warehouse_ca.kept`);
        await world.mysql('drop table warehouse_ca.kept');
      }
    };

    it.each([
      ['W13 an exam that is deleted', 'deleted = 1', []],
      ['an exam that is completed anew', "completed_at = '2022-07-02 08:00:00'", []],
      // Another attempt of the old student counts in the warehouse then, and Redshift will hear of it.
      ['an exam that gets another student', 'student_id = student_id + 1000', ['2021']],
    ])(
      'W12 %s between extract and comparison is left out and counted',
      async (_, change, years) => {
        await world.open('ca');
        const sql = `update warehouse_ca.exam set ${change}, updated = '2022-07-03' where id in (1, 7, 10, 11)`;
        await during(sql, async () => {
          expect(await world.staged('ca', 1355)).toMatchObject({ status: 'done', staged: 1355 });
          const [{ remarks, lagging }] = (await world.items<{
            remarks: string[];
            lagging: string[];
          }>('reconciled#')) as [never];
          expect(lagging).toEqual(years);
          expect(remarks[0]).toMatch(/^\d+ loaded row\(s\) were not compared/);
          expect(remarks).toHaveLength(1 + years.length);
          await world.swap('ca');
          await expect(world.final('ca')).resolves.toMatchObject({ inserted: 1011 });
          await world.back('ca');
          expect((await world.checks()).filter(({ ok }) => !ok)).toEqual([]);
        });
      },
    );

    it('an exam that was changed without a newer time is an error', async () => {
      await world.open('ca');
      await during(
        `update warehouse_ca.exam set completed_at = '2020-05-05', updated = updated where id = 1`,
        async () => {
          expect(await messageOf(world.staged('ca', 1355))).toContain(
            'sum of completed_at (s_completed) differs',
          );
        },
      );
    });

    it('a first attempt that was extracted and one that came after the mark do not meet', async () => {
      await world.open('ca');
      const more = `insert into warehouse_ca.exam select 1000001, type_id, school_year, asmt_id, student_id, school_id,
        grade_id, 'later', scale_score, scale_score_std_err, performance_level, '2022-07-02', 9, 9, 0, '2022-07-02',
        '2022-07-02' from warehouse_ca.exam where id = 1`;
      await during(more, async () => {
        await world.staged('ca', 1355);
        const [known] = await world.items<{ remarks: string[] }>('reconciled#');
        expect(known!.remarks).toEqual([]);
      });
      await world.mysql('delete from warehouse_ca.exam where id = 1000001');
    });
  });

  describe('where Redshift lags behind', () => {
    const lag = async (sql: string, work: () => Promise<void>) => {
      await world.redshift(
        'create table reporting_ca.kept_exam as select * from reporting_ca.exam',
      );
      try {
        await world.redshift(sql);
        await work();
      } finally {
        await world.redshift('delete from reporting_ca.exam');
        await world.redshift('insert into reporting_ca.exam select * from reporting_ca.kept_exam');
        await world.redshift('drop table reporting_ca.kept_exam');
      }
    };
    /** A row of the year that was there before, of an exam Redshift will not know: gone with the swap, and said. */
    const known = async () =>
      (
        (await world.items<{ lagging: string[]; remarks: string[] }>('reconciled#')) as [never]
      )[0] as {
        lagging: string[];
        remarks: string[];
      };

    it('W28 an exam it does not have makes orphans, and all else must agree', async () => {
      await world.open('ca');
      await lag('delete from reporting_ca.exam where id = 1', async () => {
        const result = await world.staged('ca', 1355);
        expect(result).toMatchObject({ staged: 1355, orphan: 4 });
        expect((await known()).lagging).toEqual([]);
        await world.swap('ca');
        await expect(world.final('ca')).resolves.toMatchObject({ orphan: 4 });
        await world.back('ca');
        const r3 = (await world.checks()).filter(({ name }) => name.startsWith('R3'));
        expect(r3.map(({ ok }) => ok)).toEqual([true, true, true]);
      });
    });

    it('W28 an older attempt in the place of the latest is a year that lags: noted, no error', async () => {
      await world.open('ca');
      // Student 5's second attempt is the latest; Redshift still has the first.
      await lag(
        `update reporting_ca.exam set id = 13, completed_at = completed_at - interval '24 hours',
           updated = updated - interval '24 hours' where id = 14`,
        async () => {
          const result = await world.staged('ca', 1355);
          expect(result).toMatchObject({ orphan: 0 });
          const { lagging, remarks } = await known();
          expect(lagging).toEqual(['2021']);
          expect(remarks.join()).toContain(
            "Redshift's exams of school year(s) 2021 are not those that count",
          );
          await world.swap('ca');
          await expect(world.final('ca')).resolves.toMatchObject({ status: 'done' });
          await world.back('ca');
          const checks = await world.checks();
          const r3 = checks.filter(({ name }) => name.startsWith('R3'));
          expect(r3.map(({ name }) => name.slice(-4))).toEqual(['2020', '2022']);
          expect(checks.some(({ name }) => name.startsWith('report of 2021'))).toBe(false);
          expect(checks.some(({ name }) => name.startsWith('report of 2020'))).toBe(true);
        },
      );
    });
  });

  describe('the waiting task', () => {
    it('goes on where the invocation before it has left', async () => {
      await world.open('ca');
      let asked = 0;
      world.beforeAsking = async (sql) => {
        if (sql.includes('s_id') && ++asked === 4) world.remainingMs = 100_000;
      };
      expect(await world.staged('ca', 1355)).toEqual({ status: 'running' });
      const [kept] = await world.items('reconciling#');
      expect(JSON.stringify(kept)).toMatch(/"seal":"\d{20,}"/);
      expect(JSON.stringify(kept)).not.toMatch(/"(s_\w+|fp)":/);
      const before = asked;
      world.remainingMs = 780_000;
      expect(await world.staged('ca', 1355)).toMatchObject({ status: 'done', staged: 1355 });
      expect(asked).toBe(12);
      expect(before).toBe(4);
      expect(await world.items('reconciling#')).toEqual([]);
    });

    it('asks nothing more when its execution was stopped', async () => {
      await world.open('ca');
      world.running = false;
      expect(await world.staged('ca', 1355)).toEqual({ status: 'running' });
      expect(world.asked).toEqual([]);
    });

    it('ends its statement when its execution is stopped in the middle of it', async () => {
      await world.open('ca');
      world.beforeAsking = async (sql) => {
        if (!sql.includes('s_id')) return;
        await world.mysql(`lock tables warehouse_ca.exam write`);
        world.running = false;
        // Nor does it wait for anything then.
        world.remainingMs = 100_000;
      };
      expect(await world.staged('ca', 1355)).toEqual({ status: 'running' });
      await world.mysql('unlock tables');
      expect(world.asked.at(-1)).toMatch(/kill query \d+/);
    });
  });

  it(`nothing of ${MARK} is hard-wired: the mark is in the statements as it was given`, async () => {
    await world.open('ca');
    await world.staged('ca', 1355);
    expect(world.asked.filter((sql) => sql.includes(MARK)).length).toBeGreaterThan(6);
  });
});
