// The way back: UNLOAD before the swap, COPY of that manifest and the swap of all its rows by another run; and
// what is left in the warehouse at the end.

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
let nth = 50;
beforeAll(async () => {
  world = await RedshiftWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const runOf = (more: ConstructorParameters<typeof TenantRun>[2] = {}) => {
  nth += 1;
  return new TenantRun(world, `run-20260131-00000000${nth}`, more).open();
};

/** A run that has swapped, and the rows that were there before. */
async function swapped() {
  const run = await runOf();
  const before = await world.rows(run.table);
  run.extract((await extracted(world, 'ca', 19)).map(lineOf));
  await run.steps(...TO_SWAP, SWAP);
  expect(await world.rows(run.table)).not.toEqual(before);
  return { run, before };
}
const restoring = (run: TenantRun, change: { id?: string } = {}) =>
  runOf({ ledger: run.ledger, backupOf: run.runId, ...change });

describe('a restore', () => {
  test('W19 brings exactly the old rows back, and can be repeated', async () => {
    const { run, before } = await swapped();
    const restore = await restoring(run);
    await restore.restore();
    expect(await world.rows(run.table)).toEqual(before);
    expect(restore.state.swap).toMatchObject({ status: 'done', rows: before.length });
    await restore.restore();
    expect(await world.rows(run.table)).toEqual(before);
  });

  test('of a table that was empty empties it', async () => {
    const run = await runOf();
    await world.data.warehouse.query(`delete from ${run.table}`);
    run.extract((await extracted(world, 'ca', 19)).map(lineOf));
    await run.steps(...TO_SWAP, SWAP);
    expect(run.state.backup).toMatchObject({ rows: 0 });
    const restore = await restoring(run);
    await restore.restore();
    expect(await world.rows(run.table)).toEqual([]);
  });

  test('refuses when the regular job has loaded rows since', async () => {
    const { run } = await swapped();
    await world.data.warehouse.query(
      `update ${run.table} set migrate_id = 7 where id = (select min(id) from ${run.table})`,
    );
    const after = await world.rows(run.table);
    const restore = await restoring(run);
    await expect(restore.restore()).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringMatching(/check-regular, .*1 rows came from the regular job/),
    });
    expect(await world.rows(run.table)).toEqual(after);
  });

  test('refuses an older backup after another back-fill, which has made rows of the job its own', async () => {
    const { run } = await swapped();
    // What a regular job brought later, and a later back-fill has written anew.
    await world.data.warehouse.query(
      `update ${run.table} set updated = '2022-07-03 10:00:00+00' where id = (select min(id) from ${run.table})`,
    );
    const after = await world.rows(run.table);
    const restore = await restoring(run);
    await expect(restore.restore()).rejects.toMatchObject({
      message: expect.stringMatching(/check-regular, .*1 rows came from the regular job/),
    });
    expect(await world.rows(run.table)).toEqual(after);
  });

  test('refuses when the regular job has brought exams since, though no row of theirs', async () => {
    const { run } = await swapped();
    const schema = run.value.reportingSchema;
    await world.data.warehouse.query(
      `update ${schema}.exam set migrate_id = 4 where id = (select min(id) from ${schema}.exam)`,
    );
    const restore = await restoring(run);
    await expect(restore.restore()).rejects.toMatchObject({
      message: expect.stringMatching(/check-exams, .*1 exams came from a regular job/),
    });
    await world.data.warehouse.query(`update ${schema}.exam set migrate_id = 3`);
  });

  test('finds a value that is not the old one before it swaps', async () => {
    const { run } = await swapped();
    const [part] = world.store
      .list('rdw-qa-archive', run.value.folder)
      .filter((key) => /\/backup\/.*_part_/.test(key));
    const text = world.store.get('rdw-qa-archive', part!)!.body.toString();
    world.store.put('rdw-qa-archive', part!, text.replace(/,(1\d{3})(\.\d+)?,/, ',1$1,'));
    const after = await world.rows(run.table);
    const restore = await restoring(run);
    await expect(restore.restore()).rejects.toMatchObject({
      name: 'ReconciliationError',
      message: expect.stringMatching(/^staged checksum: expected \d+, found \d+$/),
    });
    expect(await world.rows(run.table)).toEqual(after);
  });

  test('refuses a manifest that is gone, a run without one, and a tenant that run was not about', async () => {
    const { run } = await swapped();
    const gone = await restoring(run);
    const other = await restoring(run, { id: 'PA' });
    await expect(other.restore()).rejects.toMatchObject({
      name: 'BackupMissingError',
      message: expect.stringContaining('tenant PA'),
    });
    const none = await runOf({ ledger: run.ledger, backupOf: 'run-20260131-00000000aa' });
    await expect(none.restore()).rejects.toMatchObject({ name: 'BackupMissingError' });
    const { manifest } = run.state.backup as { manifest: string };
    world.store.delete('rdw-qa-archive', manifest.replace('s3://rdw-qa-archive/', ''));
    await expect(gone.restore()).rejects.toMatchObject({
      name: 'BackupMissingError',
      message: expect.stringContaining('is not there any more'),
    });
  });
});

describe('the load', () => {
  test('W17 W18 reads times as UTC and fills columns by name, whatever zone the user has', async () => {
    await world.data.warehouse.query(
      `alter role "IAMR:rdw-data-api" set timezone to 'America/Los_Angeles'`,
    );
    try {
      const { run } = await swapped();
      const wrong = `select count(*) from ${run.table} as t join reporting_ca.exam as e on e.id = t.exam_id
        where t.completed_at <> e.completed_at or t.updated <> e.updated`;
      expect(await world.count(wrong)).toBe(0);
    } finally {
      await world.data.warehouse.query('alter role "IAMR:rdw-data-api" reset timezone');
    }
  });

  test('W2 a bad last row fails it, is named by file and line, and leaves the table as it was', async () => {
    const run = await runOf();
    const before = await world.rows(run.table);
    const lines = (await extracted(world, 'ca', 19)).map(lineOf);
    const bad = lines
      .at(-1)!
      .split(',')
      .map((field, i) => (i === 6 ? '\\N' : field))
      .join(',');
    run.extract([...lines.slice(0, -1), bad]);
    await expect(run.steps(...TO_SWAP)).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringContaining(`part_00000 line ${lines.length} column scale_score`),
    });
    expect(await world.rows(run.table)).toEqual(before);
    expect(await world.count(`select count(*) from ${run.staging}`)).toBe(0);
  });

  test('W8 loads what the manifest names, and neither strays nor backups beside it', async () => {
    const run = await runOf();
    const lines = (await extracted(world, 'ca', 19)).map(lineOf);
    run.extract(lines);
    for (const name of [
      'exam_alt_score.part_00001',
      'exam_alt_score_backup',
      'exam_alt_score.manifest',
    ]) {
      const key = `${run.value.folder}/extract/slice-0001/a1/${name}`;
      world.store.put('rdw-qa-archive', key, `${lines[0]}\n`);
    }
    await run.steps(...TO_SWAP);
    expect(run.state.load).toMatchObject({ rows: lines.length });
  });
});

describe('at the end', () => {
  test('W22 a VACUUM that fails is a note, and ANALYZE follows', async () => {
    const { run } = await swapped();
    world.hooks.faults = {
      beforeStatement: (sql) =>
        sql.includes('\nvacuum') ? { kind: 'error', message: 'VACUUM is running' } : undefined,
    };
    await expect(run.step('Run vacuum and analyze')).resolves.toMatchObject({
      status: 'done',
      batches: 2,
    });
    const notes: string[] = [];
    for await (const { text } of run.ledger.list<{ text: string }>(run.runId, 'note#'))
      notes.push(text);
    expect(notes).toEqual([
      expect.stringMatching(/^CA: vacuum: .*VACUUM is running\. The rows are right/),
    ]);
  });

  test('what the role may not do in AWS is no warning', async () => {
    const { run } = await swapped();
    run.before = (call, input) => {
      if (call !== 'ExecuteStatement' || !String(input.Sql).includes('vacuum')) return;
      throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    };
    await expect(run.step('Run vacuum and analyze')).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringContaining('was not accepted: not authorized'),
    });
  });

  test('VACUUM and ANALYZE run, and nothing of the run is left; a new child skips all that is done', async () => {
    const { run } = await swapped();
    const all = [...TO_SWAP, SWAP, 'Run vacuum and analyze', 'Run drops of the staging table'];
    await run.steps(...all.slice(-2));
    const left = `select count(*) from pg_class where relname like '${run.value.staging}%'`;
    expect(await world.count(left)).toBe(0);
    const after = await world.rows(run.table);
    run.calls.length = 0;
    await run.steps(...all);
    expect(run.calls).toEqual([]);
    expect(await world.rows(run.table)).toEqual(after);
  });
});
