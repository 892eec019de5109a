// The rows a back-fill has to get right, one by one, after a back-fill of all tenants: which exam is of which
// kind is told at the head of the scenario's source.sql.

import type { Cloud } from '../../rehearsal/cloud';
import { allSeen, BACKFILL, done, ended, INPUT, instance, pod, reportOf, run } from './rdw-support';
import { arm, RDW, removeAssemblies, runOf, startCloud, stopClouds, synthesize } from './support';

describe('after a back-fill', () => {
  let cloud: Cloud;
  let report: ReturnType<typeof reportOf>;
  beforeAll(async () => {
    const scenario = { scenarioDir: RDW, machine: 'rdw-backfill' } as const;
    cloud = await startCloud({ assemblyDir: synthesize('rdw'), ...scenario, clock: 'virtual' });
    const { arn, ...end } = await run(cloud, BACKFILL, INPUT);
    expect(end).toEqual(done);
    report = reportOf(cloud, runOf(cloud, arn));
  }, 300_000);
  afterAll(async () => {
    await stopClouds();
    removeAssemblies();
  });

  /** Rows in Redshift under a condition on `a` (alt score) and `s`, `k`: student, and which of its three exams. */
  const rows = async (where: string, tenant = 'ca'): Promise<number> => {
    const [row] = await cloud.query(
      `select count(*) as n from (
         select a.*, 1 + (exam_id - 1) / 3 as s, (exam_id - 1) % 3 as k, id % 10 as j
         from reporting_${tenant}.exam_alt_score a
       ) as a where ${where}`,
    );
    return Number(row!.n);
  };
  /** Alt scores of the warehouse under a condition on `e` (exam) and `x` (its score). */
  const scores = async (where: string, tenant = 'ca'): Promise<number> => {
    const [row] = await cloud.mysql!.query(
      `select count(*) as n from warehouse_${tenant}.exam e
       join warehouse_${tenant}.exam_score x on x.exam_id = e.id
       join warehouse_${tenant}.subject_score t on t.id = x.subject_score_id and t.score_type_id = 2
       where ${where}`,
    );
    return Number(row!.n);
  };
  const K = '(e.id - 1) % 3';
  /** The exam behind it is not one that was changed after the mark. */
  const CAME = '(exam_id + 1) % 97 <> 0';

  it('empty tenant: its table is empty, and it is done', async () => {
    expect(await rows('true', 'ts_s001')).toBe(0);
    const items = report.items.map(({ name, status }) => `${name} ${status}`);
    expect(items.filter((text) => /TS_S001/.test(text))).toEqual([
      expect.stringMatching(/TS_S001 done$/),
    ]);
  });

  it('tenant without alt subject scores: nothing is done for it, and that is no error', async () => {
    expect(await rows('true', 'nv')).toBe(0);
    expect(report.notes.filter((text) => /^NV has no alt scores/.test(text))).toHaveLength(1);
  });

  it('what is extracted follows the rules of the regular job, before anything is joined', async () => {
    for (const tenant of ['ca', 'pa']) {
      const own = await scores(
        `e.type_id in (1, 3) and e.deleted = 0 and e.updated >= '2019-11-01' and e.updated <= '2022-07-01 01:00:00'
           and e.scale_score is not null and e.performance_level is not null
           and x.scale_score is not null and x.performance_level is not null`,
        tenant,
      );
      const check = report.checks.find(
        ({ name, item }) =>
          item === tenant.toUpperCase() && name === 'R1: rows extracted are rows loaded',
      );
      expect([tenant, check?.actual]).toEqual([tenant, `${own}`]);
      expect(own).toBeGreaterThan(500);
    }
  });

  it('two tenants with different subject ids: each has its own, and neither claim scores of that id', async () => {
    const outside =
      'subject_score_id not in (select id from reporting_%.subject_score where score_type_id = 2)';
    for (const tenant of ['ca', 'pa']) {
      expect(await rows('true', tenant)).toBeGreaterThan(500);
      expect(await rows(outside.replace('%', tenant), tenant)).toBe(0);
    }
  });

  it('repeated attempts with a tie on completed_at: the lower id counts', async () => {
    expect(await scores(`e.student_id % 5 = 1 and ${K} = 1`)).toBeGreaterThan(20);
    expect(await rows('s % 5 = 1 and k = 1')).toBe(0);
    expect(await rows('s % 5 = 1 and k = 0')).toBeGreaterThan(20);
  });

  it('repeated attempts: the later one counts', async () => {
    expect(await scores(`e.student_id % 5 = 0 and ${K} = 0`)).toBeGreaterThan(20);
    expect(await rows(`s % 5 = 0 and k = 0 and ${CAME}`)).toBe(0);
    expect(await rows('s % 5 = 0 and k = 1')).toBeGreaterThan(20);
  });

  it('W5 latest attempt without alt scores: those of an older one are not resurrected', async () => {
    expect(await scores(`e.student_id % 5 = 2 and ${K} = 0`)).toBeGreaterThan(20);
    expect(await rows(`s % 5 = 2 and k in (0, 1) and ${CAME}`)).toBe(0);
  });

  it('soft-deleted exam: it does not count, the one before it does', async () => {
    expect(await scores(`e.student_id % 5 = 4 and ${K} = 1 and e.deleted = 1`)).toBeGreaterThan(20);
    expect(await rows('s % 5 = 4 and k = 1')).toBe(0);
    expect(await rows('s % 5 = 4 and k = 0')).toBeGreaterThan(20);
  });

  it.each([
    ['scale score', 53, 'x.scale_score is null'],
    ['level', 59, 'x.performance_level is null'],
  ])('null alt %s: left out, and the other score of the exam is there', async (_, each, none) => {
    expect(await scores(none)).toBeGreaterThan(3);
    expect(await rows(`exam_id % ${each} = 0 and j = 1`)).toBe(0);
    expect(await rows(`exam_id % ${each} = 0 and j = 2`)).toBeGreaterThan(3);
  });

  it('IAB exam with an alt-typed score: left out', async () => {
    expect(await scores('e.type_id = 2')).toBeGreaterThan(20);
    expect(await rows('s % 4 = 0 and k = 2')).toBe(0);
  });

  it('exam updated after H: left to the next regular job', async () => {
    expect(await scores('e.id % 97 = 0')).toBeGreaterThan(3);
    expect(await rows('exam_id % 97 = 0')).toBe(0);
  });

  it('exam updated before the start: left out', async () => {
    expect(await scores('e.id % 89 = 0')).toBeGreaterThan(3);
    expect(await rows('exam_id % 89 = 0')).toBe(0);
  });

  it('exam that Redshift does not have: an orphan, left out', async () => {
    expect(await scores('e.id % 101 = 0', 'pa')).toBeGreaterThan(3);
    expect(await rows('exam_id % 101 = 0', 'pa')).toBe(0);
  });

  /** What both engines have of the rows that are there, as text. */
  async function both(mysql: string, redshift: string): Promise<[unknown[], unknown[]]> {
    const there = await cloud.query(
      `select id, ${redshift} as value from reporting_ca.exam_alt_score order by id`,
    );
    const ids = there.map(({ id }) => String(id)).join(',');
    const source = await cloud.mysql!.query(
      `select x.id, ${mysql} as value from warehouse_ca.exam_score x
       join warehouse_ca.exam e on e.id = x.exam_id where x.id in (${ids}) order by x.id`,
    );
    const plain = (list: readonly Record<string, unknown>[]) =>
      list.map(({ id, value }) => `${id} ${value}`);
    return [plain(source), plain(there)];
  }

  it('FLOAT with more than 6 digits: as MySQL writes it, the same on both sides', async () => {
    const [source, loaded] = await both(
      'cast(cast(x.scale_score as char) as decimal(14, 4))',
      'cast(scale_score as decimal(14, 4))',
    );
    expect(loaded).toEqual(source);
    expect(loaded.length).toBeGreaterThan(500);
  });

  it('DST instants: the same moment on both sides', async () => {
    const [source, loaded] = await both(
      'cast(unix_timestamp(e.completed_at) as decimal(20, 6))',
      'cast(extract(epoch from completed_at) as decimal(20, 6))',
    );
    expect(loaded).toEqual(source);
    expect(await rows('s % 29 = 0 or s % 31 = 0')).toBeGreaterThan(20);
  });
});

describe('a table that somebody changes after the swap', () => {
  const FINAL = 'Compare what reports read with the load';
  const ONE = { ...INPUT, tenants: ['PA'] };
  const TABLE = 'reporting_pa.exam_alt_score';
  const change = (cloud: Cloud, by: string) =>
    cloud.query(
      `update ${TABLE} set scale_score = scale_score ${by}
       where id = (select min(id) from ${TABLE} where school_year = 2021)`,
    );
  let assemblyDir: string;
  beforeAll(() => {
    assemblyDir = synthesize('rdw');
  });
  afterEach(stopClouds);
  afterAll(removeAssemblies);

  it('R3 is named by its school year, again until it is repaired, and a redrive ends the run', async () => {
    const cloud = await instance(assemblyDir);
    arm(cloud, `kind=error,state=${FINAL},error=Broken,nth=1`);
    const { arn, ...broken } = await run(cloud, BACKFILL, ONE);
    expect(broken).toMatchObject({ status: 'FAILED', error: 'ItemsLeftError' });
    const swapped = await allSeen(cloud);
    await change(cloud, '+ 1');
    for (const _ of ['found', 'and found again']) {
      cloud.engine.redrive(arn);
      const found = await ended(cloud, arn);
      expect(found).toMatchObject({ status: 'FAILED', error: 'ItemsLeftError' });
      expect(found.cause).toMatch(
        /PA: .*school year 2021: content of the rows \(seal\) differs, compared with the (load|warehouse)/,
      );
      expect(pod(cloud).replicas).toBe(0);
    }
    const failed = reportOf(cloud, runOf(cloud, arn)).checks.filter(({ ok }) => !ok);
    expect(failed.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['R3: final as the exams that count in the warehouse, 2021']),
    );
    await change(cloud, '- 1');
    cloud.engine.redrive(arn);
    expect(await ended(cloud, arn)).toEqual(done);
    expect([await allSeen(cloud), pod(cloud).replicas]).toEqual([swapped, 1]);
    const report = reportOf(cloud, runOf(cloud, arn));
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.checks.filter(({ name }) => name.startsWith('R3')).length).toBeGreaterThan(2);
  }, 300_000);
});
