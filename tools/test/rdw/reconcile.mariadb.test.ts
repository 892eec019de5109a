// The reconciliation of a back-fill on both engines: what is wrong is found and named, each thing alone.

import { ReconcileWorld } from './reconcile-world';

const LOAD = 'reporting_ca.exam_alt_score_load_test';
const TABLE = 'reporting_ca.exam_alt_score';
/** A staged row of the year whose exam is stored: id, exam_id. */
const ONE = `(select min(s.id) from ${LOAD} s join reporting_ca.exam e on e.id = s.exam_id
  where s.school_year = 2021)`;

describe('reconciliation', () => {
  let world: ReconcileWorld;
  let rows: number;
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

  describe('of what is right', () => {
    it.each([
      ['ca', 1355, 1011, 344, 0],
      ['pa', 1355, 1001, 342, 12],
      ['nv', 0, 0, 0, 0],
      ['ts_s001', 0, 0, 0, 0],
    ])(
      'W4 W24 W28 all of %s agree, with %d staged, %d inserted, %d superseded and %d orphans',
      async (id, staged, inserted, superseded, orphan) => {
        await world.open();
        const loaded = await world.load(id);
        const result = { status: 'done', staged, inserted, superseded, orphan };
        expect(await world.staged(id, loaded)).toEqual(result);
        await world.swap(id);
        expect(await world.final(id)).toEqual(result);
        await world.back(id);
        const checks = await world.checks();
        expect(checks.filter(({ ok }) => !ok)).toEqual([]);
        expect(checks.filter(({ item }) => item !== id.toUpperCase())).toEqual([]);
        for (const kind of ['R1', 'R2', 'R4']) {
          expect(checks.some(({ name }) => name.startsWith(kind))).toBe(true);
        }
      },
    );

    it('tries five reports, some with rows older than any before, and says what became of the years', async () => {
      await world.open('ca');
      await world.staged('ca', 1355);
      await world.swap('ca');
      await world.final('ca');
      await world.back('ca');
      const reports = (await world.checks()).filter(({ name }) => name.startsWith('report of'));
      expect(reports).toHaveLength(5);
      expect(reports.filter(({ name }) => name.endsWith('with older rows'))).toHaveLength(3);
      expect(reports[0]).toMatchObject({
        expected: expect.stringMatching(/^\d+ rows, average \d{4}, levels (\d+\/){4}\d+$/),
      });
      const [note] = await world.items<{ text: string }>('note#');
      expect(note!.text).toMatch(
        /^CA: of 1355 loaded row\(s\) 1011 were inserted, 344 belong to superseded exams, 0 to exams that Redshift does not have\. /,
      );
      expect(note!.text).toMatch(/2020: \d+ -> 376, 2021: \d+ -> 576, 2022: \d+ -> 59/);
    });

    it('passes once: another call reads nothing and says the same', async () => {
      await world.open('ca');
      const first = await world.staged('ca', 1355);
      world.asked.length = 0;
      expect(await world.staged('ca', 1355)).toEqual(first);
      expect(world.asked).toEqual([]);
    });

    it('W17 times are compared as instants, whatever the zone of the session in Redshift', async () => {
      await world.open('ca');
      const zone = (to: string) => world.redshift(`alter role "IAMR:rdw-data-api" ${to}`);
      await zone("set timezone to 'America/Los_Angeles'");
      await world.staged('ca', 1355);
      await zone('reset timezone');
    });
  });

  describe('of a load', () => {
    beforeEach(async () => {
      await world.open();
      rows = await world.load('ca');
    });

    it.each([
      [
        'a missing row',
        `delete from ${LOAD} where id = ${ONE}`,
        'number of rows (n) is 748 instead of 749',
      ],
      [
        'a row too many',
        `insert into ${LOAD} select 999999, exam_id, subject_score_id, student_id, asmt_id, school_year,
           scale_score, performance_level, completed_at, migrate_id, updated, update_import_id
         from ${LOAD} where id = ${ONE}`,
        'number of rows (n) is 750 instead of 749',
      ],
      [
        'a row twice',
        `insert into ${LOAD} select * from ${LOAD} where id = ${ONE}`,
        'sum of id (s_id) differs',
      ],
      [
        'a score that is another in its fourth digit',
        `update ${LOAD} set scale_score = scale_score + 1 where id = ${ONE}`,
        'sum of scale_score (s_score) differs',
      ],
      [
        'a score with more digits than a float has',
        `update ${LOAD} set scale_score = scale_score + 0.0004 where id = ${ONE}`,
        'sum of scale_score (s_score) differs',
      ],
      [
        'an exam completed a second later',
        `update ${LOAD} set completed_at = completed_at + interval '1 second' where id = ${ONE}`,
        'sum of completed_at (s_completed) differs',
      ],
      [
        'an exam updated a second later',
        `update ${LOAD} set updated = updated + interval '1 second' where id = ${ONE}`,
        'sum of updated (s_updated) differs',
      ],
      [
        'another level',
        `update ${LOAD} set performance_level = performance_level % 5 + 1 where id = ${ONE}`,
        'sum of performance_level (s_level) differs',
      ],
      [
        'another import',
        `update ${LOAD} set update_import_id = update_import_id + 1 where id = ${ONE}`,
        'fingerprint of all columns (fp) differs',
      ],
      [
        'another student',
        `update ${LOAD} set student_id = student_id + 1 where id = ${ONE}`,
        'fingerprint of all columns (fp) differs',
      ],
      [
        'two scores that have changed places, so that all sums stay',
        `update ${LOAD} as l set scale_score = o.scale_score from ${LOAD} as o
         where l.exam_id = o.exam_id and l.id <> o.id
           and l.exam_id = (select exam_id from ${LOAD} where school_year = 2021
             group by exam_id having count(*) = 2 order by 1 limit 1)`,
        'fingerprint of all columns (fp) differs',
      ],
    ])('%s is named by tenant, school year and column', async (_, sql, column) => {
      await world.redshift(sql);
      const message = await messageOf(world.staged('ca', rows));
      expect(message).toMatch(/^tenant CA: school year 2021: /);
      expect(message).toContain(column);
      expect(message).not.toContain('school year 2020');
      expect(message).toMatch(/then redrive: everything is compared again$/);
      const bad = (await world.checks()).filter(
        ({ ok, name }) => !ok && name.startsWith('R1: loaded as'),
      );
      expect(bad.map(({ name }) => name)).toEqual(['R1: loaded as in the warehouse, 2021']);
    });

    it.each([
      [
        'an id twice',
        `insert into ${LOAD} select * from ${LOAD} where id = ${ONE}`,
        'staged rows with an id that is there twice: expected 0, found 1',
      ],
      [
        'a key twice',
        `insert into ${LOAD} select * from ${LOAD} where id = ${ONE}`,
        'staged keys that would be there twice: expected 0, found 1',
      ],
      [
        'W6 a claim score',
        `update ${LOAD} set subject_score_id = 11 where id = ${ONE}`,
        'staged rows that are no alt scores: expected 0, found 1',
      ],
      [
        'another mark',
        `update ${LOAD} set migrate_id = 3 where id = ${ONE}`,
        'staged rows without the mark of the back-fill: expected 0, found 1',
      ],
      [
        'W2 fewer rows than were extracted',
        `delete from ${LOAD} where id = ${ONE}`,
        'R1: rows extracted are rows loaded: expected 1355, found 1354',
      ],
      [
        'W12 a row of after the mark',
        `update ${LOAD} set updated = '2022-07-02 00:00:00+00' where id = ${ONE}`,
        'R1: rows loaded from outside of the window: expected 0, found 1',
      ],
    ])('%s is found', async (_, sql, text) => {
      await world.redshift(sql);
      expect(await messageOf(world.staged('ca', rows))).toContain(text);
    });

    it.each(['2020-11-01 08:30:00+00', '2020-03-08 10:00:00+00'])(
      'W17 instants moved by an hour when daylight saving time ends or begins are found: %s',
      async (instant) => {
        await world.redshift(
          `update ${LOAD} set completed_at = completed_at + interval '1 hour' where completed_at = '${instant}'`,
        );
        expect(await messageOf(world.staged('ca', rows))).toContain(
          'sum of completed_at (s_completed) differs',
        );
      },
    );

    it('W7 rows of another tenant are found, though ids, exams and scores are the same', async () => {
      await world.load('pa');
      await world.redshift(`delete from ${LOAD}`);
      await world.redshift(
        `insert into ${LOAD} select * from reporting_pa.exam_alt_score_load_test`,
      );
      const message = await messageOf(world.staged('ca', rows));
      expect(message).toMatch(
        /^tenant CA: school year 2020: fingerprint of all columns \(fp\) differs/,
      );
      expect(message).toContain('staged rows that are no alt scores');
    });

    it('is compared again on redrive: found again, or passed once it is repaired', async () => {
      await world.redshift(`delete from ${LOAD} where school_year = 2022`);
      const first = await messageOf(world.staged('ca', rows));
      expect(await messageOf(world.staged('ca', rows))).toBe(first);
      expect(await world.items('reconciled#')).toEqual([]);
      await world.load('ca');
      expect(await world.staged('ca', rows)).toMatchObject({ status: 'done', inserted: 1011 });
      expect((await world.checks()).filter(({ ok }) => !ok)).toEqual([]);
    });

    it('nothing a row says is in messages or the ledger', async () => {
      await world.redshift(
        `update ${LOAD} set scale_score = 77123.4567, student_id = 987654321 where id = ${ONE}`,
      );
      const message = await messageOf(world.staged('ca', rows));
      const told = JSON.stringify([message, await world.items('')]);
      expect(told).not.toMatch(/77123|987654321/);
    });
  });

  describe('of what reports read now', () => {
    beforeEach(async () => {
      await world.open();
      rows = await world.load('ca');
    });

    const added = `insert into ${TABLE} select 999999, id, 19, student_id, asmt_id, school_year, 1500, 3,
      completed_at, 3, updated, update_import_id from reporting_ca.exam where id = 1`;
    const gone = `delete from ${TABLE} where id = 999999`;

    it('R4 a row that the load lacks is found before it is gone', async () => {
      await world.redshift(added);
      const message = await messageOf(world.staged('ca', rows));
      await world.redshift(gone);
      expect(message).toMatch(
        /^tenant CA: school year 2021: 1 row\(s\) of exam_alt_score are not in the load\. /,
      );
    });

    it('W13 R4 unless its exam was changed since the mark: the next regular run decides', async () => {
      await world.redshift(added);
      await world.mysql(
        'create table warehouse_ca.kept as select * from warehouse_ca.exam where id = 1',
      );
      await world.mysql(
        `update warehouse_ca.exam set deleted = 1, updated = '2022-07-03' where id = 1`,
      );
      const result = await world.staged('ca', rows).finally(async () => {
        await world.redshift(gone);
        await world.mysql(`update warehouse_ca.exam e join warehouse_ca.kept k using (id)
          set e.deleted = k.deleted, e.updated = k.updated`);
        await world.mysql('drop table warehouse_ca.kept');
      });
      expect(result).toMatchObject({ status: 'done' });
      const [{ remarks }] = (await world.items<{ remarks: string[] }>('reconciled#')) as [
        { remarks: string[] },
      ];
      expect(remarks).toEqual([
        expect.stringMatching(/^\d loaded row\(s\) were not compared/),
        expect.stringMatching(/^1 row\(s\) that reports showed are not in the load/),
      ]);
    });

    it('a row of no stored exam is no loss: no report has shown it', async () => {
      await world.redshift(added.replace('999999, id', '999999, 999999'));
      const result = await world.staged('ca', rows).finally(() => world.redshift(gone));
      expect(result).toMatchObject({ status: 'done' });
      const [known] = await world.items<{ remarks: string[] }>('reconciled#');
      expect(known!.remarks.join()).toMatch(
        /^1 row\(s\) that were there before belong to no stored exam/,
      );
    });
  });
});
