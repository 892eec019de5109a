// The one change of a tenant's table, on PostgreSQL: what readers see, what ends it, and what a lost answer,
// a death or a second call does to it.

import { setTimeout as delay } from 'node:timers/promises';
import {
  extracted,
  lineOf,
  RedshiftWorld,
  SWAP,
  TenantRun,
  TO_SWAP,
  type RedshiftWorld as World,
} from './redshift-world';

jest.setTimeout(120_000);

let world: World;
let nth = 0;
beforeAll(async () => {
  world = await RedshiftWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

type Rows = Awaited<ReturnType<typeof extracted>>;

/** A run whose extract is loaded and that is about to swap. */
async function loaded(change: (rows: Rows) => Rows = (rows) => rows) {
  nth += 1;
  const run = await new TenantRun(
    world,
    `run-20260131-00000000${String(nth).padStart(2, '0')}`,
  ).open();
  const rows = await extracted(world, 'ca', 19);
  run.extract(change(rows).map(lineOf));
  await run.steps(...TO_SWAP);
  return { run, rows };
}
const failure = (name: RegExp) => ({
  name: 'StatementStoppedError',
  message: expect.stringMatching(name),
});
const lost = () => {
  throw new Error('killed');
};

describe('the swap', () => {
  test('brings every staged row whose exam is there, as it was staged', async () => {
    const { run, rows } = await loaded();
    const before = await world.count(`select count(*) from ${run.table}`);
    await run.step(SWAP);
    expect(run.state.swap).toMatchObject({ status: 'done', rows: rows.length });
    expect(rows.length).toBeGreaterThan(before);
    expect(await world.rows(run.table)).toEqual(await world.rows(run.staging));
    expect(await world.count(`select count(*) from ${run.table} where migrate_id <> -1`)).toBe(0);
  });

  test('W1 readers never see the table empty, fewer rows, or half a swap', async () => {
    const { run } = await loaded();
    const facts = `select count(*) || ' ' || sum(id) || ' ' || count(distinct migrate_id) as seen from ${run.table}`;
    const sample = async (client: { query(sql: string): Promise<{ rows: { seen: string }[] }> }) =>
      (await client.query(facts)).rows[0]!.seen;
    const before = await sample(world.data.warehouse);
    world.hooks.pretend = (sql) => (/delete from|insert into/.test(sql) ? 0.4 : undefined);
    const seen: string[] = [];
    let over = false;
    const readers = Array.from({ length: 4 }, async () => {
      const client = await world.reader();
      while (!over) {
        seen.push(await sample(client));
        await delay(3);
      }
      await client.end();
    });
    await run.step(SWAP);
    await delay(30);
    over = true;
    await Promise.all(readers);
    const after = await sample(world.data.warehouse);
    expect(after).not.toBe(before);
    expect([...new Set(seen)]).toEqual([before, after]);
    expect(seen.filter((one) => one === before).length).toBeGreaterThan(3);
  });

  test('W7 leaves the tables of other tenants as they are', async () => {
    const { run } = await loaded();
    const before = await world.rows('reporting_pa.exam_alt_score');
    await run.step(SWAP);
    expect(await world.rows('reporting_pa.exam_alt_score')).toEqual(before);
  });

  test('W4 leaves out rows of superseded and missing exams, of another student, assessment or year', async () => {
    const odd = ['exam_id', 'student_id', 'asmt_id', 'school_year'] as const;
    const { run, rows } = await loaded((all) => [
      ...all,
      ...odd.map((name, i) => ({
        ...all[i]!,
        id: String(9_000_000 + i),
        [name]: String(Number(all[i]![name]) + (name === 'exam_id' ? 1_000_000 : 1)),
      })),
    ]);
    await run.step(SWAP);
    expect(run.state.load).toMatchObject({ rows: rows.length + 4 });
    expect(run.state.swap).toMatchObject({ rows: rows.length });
    expect(await world.count(`select count(*) from ${run.table} where id >= 9000000`)).toBe(0);
  });

  test('a failing last statement leaves the table as it was, and no mark; the redrive swaps', async () => {
    const { run } = await loaded();
    const before = await world.rows(run.table);
    world.hooks.faults = {
      beforeStatement: (sql) => (sql.includes('set total =') ? { kind: 'error' } : undefined),
    };
    await expect(run.step(SWAP)).rejects.toMatchObject(
      failure(/close, part 13 of .* ended failed/),
    );
    expect(await world.rows(run.table)).toEqual(before);
    expect(await world.count(`select count(to_regclass('${run.staging}_swapped'))`)).toBe(0);
    world.hooks.faults = undefined;
    await run.redrive(SWAP);
    expect(await world.rows(run.table)).toEqual(await world.rows(run.staging));
  });

  test('W26 twice changes nothing, also for a ledger that has forgotten the first', async () => {
    const { run } = await loaded();
    await run.step(SWAP);
    const after = await world.rows(run.table);
    await world.data.warehouse.query(`update ${run.table} set performance_level = 9`);
    await run.step(SWAP);
    await run.ledger.remove({ pk: `run#${run.runId}`, sk: 'progress#swap#CA' });
    run.calls.length = 0;
    await run.step(SWAP);
    expect(run.calls).not.toContain('BatchExecuteStatement');
    expect(run.state.swap).toMatchObject({ status: 'done', rows: after.length });
    expect(
      await world.count(`select count(*) from ${run.table} where performance_level <> 9`),
    ).toBe(0);
  });

  test('two at a time: one waits, fails at the mark, and finds it', async () => {
    const { run } = await loaded();
    world.hooks.pretend = (sql) => (sql.includes('delete from') ? 0.5 : undefined);
    const other = await new TenantRun(world, run.runId).open();
    other.state = run.state;
    // Another attempt by its number: with the same the service would start one statement only.
    other.before = (call, input) => {
      if (call === 'BatchExecuteStatement') input.ClientToken = 'other';
    };
    await Promise.all([run.step(SWAP), other.step(SWAP)]);
    expect(other.state.swap).toEqual(run.state.swap);
    expect(await world.rows(run.table)).toEqual(await world.rows(run.staging));
    expect(await world.count(`select count(*) from ${run.staging}_swapped`)).toBe(1);
  });
});

describe('a lost swap is decided by the database', () => {
  test.each([
    ['before it was sent', 'before'],
    ['after it was sent', 'after'],
  ] as const)('the worker dies %s: one swap', async (_, when) => {
    const { run } = await loaded();
    run[when] = (call) => {
      if (call === 'BatchExecuteStatement') lost();
    };
    await expect(run.step(SWAP)).rejects.toThrow();
    run[when] = () => undefined;
    await run.redrive(SWAP);
    expect(await world.rows(run.table)).toEqual(await world.rows(run.staging));
    expect(await world.count(`select count(*) from ${run.staging}_swapped`)).toBe(1);
  });

  test('nobody knows it after two days but its mark: nothing is sent again', async () => {
    const { run } = await loaded();
    run.after = (call) => {
      if (call === 'BatchExecuteStatement') lost();
    };
    await expect(run.step(SWAP)).rejects.toThrow();
    run.after = () => undefined;
    await world.data.until(`select to_regclass('${run.staging}_swapped') is not null`);
    (world.data.clock as unknown as { shift: number }).shift += 48 * 3_600_000;
    const sent = () => run.calls.filter((call) => call === 'BatchExecuteStatement').length;
    const already = sent();
    await run.redrive(SWAP);
    expect(sent()).toBe(already);
    expect(run.state.swap).toMatchObject({ status: 'done' });
  });
});

describe('ends without a change', () => {
  async function refused(run: TenantRun, message: RegExp) {
    const before = await world.rows(run.table);
    await expect(run.step(SWAP)).rejects.toMatchObject(failure(message));
    expect(await world.rows(run.table)).toEqual(before);
  }

  test('W16 when rows are older than the start', async () => {
    const { run } = await loaded();
    run.state = { ...run.state, common: { start: '2021-01-01 00:00:00.000000' } };
    await refused(run, /check-start, part 6 .*\d+ rows were updated before the start/);
  });

  test('and no reader waits for the lock of a swap that is refused', async () => {
    const { run } = await loaded();
    const batches = () => run.calls.filter((call) => call === 'BatchExecuteStatement').length;
    const loads = batches();
    const { state } = run;
    run.state = { ...state, common: { start: '2021-01-01 00:00:00.000000' } };
    await expect(run.step('Run checks before the swap')).rejects.toMatchObject(
      failure(/^check-start: .*\d+ rows were updated before the start/),
    );
    expect(batches()).toBe(loads);
    run.state = state;
    await expect(run.redrive('Run checks before the swap')).resolves.toMatchObject({
      status: 'done',
    });
  });

  test('W14 when a job has run since the high-water mark', async () => {
    const { run } = await loaded();
    await world.data.warehouse.query(
      `update ${run.table} set updated = '2022-07-03' where id = (select min(id) from ${run.table})`,
    );
    await refused(run, /check-newer, .*1 rows were updated after the high-water mark/);
  });

  test('W13, W14 when a job has brought an exam, and no alt score, since the mark', async () => {
    const { run } = await loaded();
    const schema = run.value.reportingSchema;
    await world.data.warehouse.query(
      `update ${schema}.exam set migrate_id = 4 where id = (select min(id) from ${schema}.exam)`,
    );
    await refused(run, /check-exams, .*1 exams came from a regular job/);
    await world.data.warehouse.query(`update ${schema}.exam set migrate_id = 3`);
  });

  test('W14 when somebody wrote to the table after its backup', async () => {
    const { run } = await loaded();
    await world.data.warehouse.query(
      `delete from ${run.table} where id = (select min(id) from ${run.table})`,
    );
    await refused(run, /check-backup, .*somebody wrote to the table/);
  });

  test('W2 when the staging table has lost rows since they were compared', async () => {
    const { run } = await loaded();
    await world.data.warehouse.query(
      `delete from ${run.staging} where id = (select min(id) from ${run.staging})`,
    );
    await refused(run, /check-staged, .*rows are staged, not the number/);
  });

  test('when nothing was extracted and the table has rows', async () => {
    const { run } = await loaded(() => []);
    expect(run.state.load).toMatchObject({ rows: 0 });
    await refused(run, /check-emptied, .*the table would be emptied/);
  });

  test('when a score is there twice', async () => {
    const { run } = await loaded((rows) => [...rows, { ...rows[0]!, id: '9000000' }]);
    await refused(run, /check-inserted, .*1 scores of a student/);
  });

  test('when the role may not delete', async () => {
    const { run } = await loaded();
    await world.data.warehouse
      .query(`alter table ${run.table} owner to postgres`)
      .catch(() => world.data.warehouse.query(`alter table ${run.table} owner to rdw_aggregate`));
    try {
      await refused(run, /lock, part 2 .*permission denied|must be owner/);
    } finally {
      await world.data.warehouse.query(`alter table ${run.table} owner to "IAMR:rdw-data-api"`);
    }
  });
});
