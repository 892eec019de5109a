// Slices that take too long, statements that outlive their worker, and objects that nobody expects. Left
// out by name where there is no MariaDB.

import { BUCKET, type ExtractWorldOptions, extractWorld } from './extract-world';

const IDS = [7, 8, 9, 10];
const YEAR = { sliceDays: 366 };

describe('extract in trouble', () => {
  let aws: Awaited<ReturnType<typeof extractWorld>>;
  const begin = async (options: ExtractWorldOptions = {}) => {
    aws = await extractWorld(options);
    const run = await aws.opened();
    return { run, work: aws.tenant('pa', run.runId, IDS) };
  };
  afterEach(() => aws.stop());

  const rowsOfAll = async (): Promise<number> => {
    const run = await aws.opened();
    return (await aws.finish(run, aws.tenant('pa', run.runId, IDS), YEAR)).rows;
  };
  const names = (folder: string) =>
    aws.store.list(BUCKET, folder).map((key) => key.slice(folder.length + 1));
  const exports = async () =>
    (
      await aws.cluster.query(
        "select id, info from information_schema.processlist where info like '/* run% extract %'",
      )
    ).map(({ info }) => String(info).split('\n')[0]);

  it('writes times in UTC, whatever the zone of the server', async () => {
    const { run, work } = await begin({ sql: "set global time_zone = '-08:00'" });
    const [zone] = await aws.cluster.query('select @@global.time_zone as zone');
    expect(zone).toEqual({ zone: '-08:00' });
    const { manifest } = await aws.finish(run, work, YEAR);
    const [one] = await aws.cluster.query(
      `select s.id, cast(convert_tz(e.updated, @@session.time_zone, '+00:00') as char) as u, e.student_id
       from warehouse_pa.exam e join warehouse_pa.exam_score s on s.exam_id = e.id where s.id = 11`,
    );
    const line = aws.rows(manifest).find((row) => row.startsWith('11,'));
    expect(line).toContain(`"${one!.u}"`);
  });

  it('takes slices of several parts', async () => {
    const { run, work } = await begin({ partBytes: 10_000 });
    const { manifest, slices, rows } = await aws.finish(run, work, YEAR);
    const lines = aws.rows(manifest);
    expect(new Set(lines).size).toBe(rows);
    expect(lines).toHaveLength(rows);
    const parts = names(`${work.folder}/extract`).filter((key) => key.includes('.part_'));
    expect(parts.length).toBeGreaterThan(slices + 2);
    expect(parts).toContain('slice-0001/a1/exam_alt_score.part_00001');
  });

  it('W10, W11 uses the index of type, deletion and time, and sorts nothing', async () => {
    const { run, work } = await begin({ exams: 30_000 });
    await aws.invoke(run, work, { ...YEAR, sliceDays: 5, high: '2019-11-20 00:00:00.000000' });
    const { sql = '' } = aws.calls.find(({ operation }) => operation === 'SelectIntoS3')!;
    const plan = await aws.cluster.query(`explain ${sql.slice(0, sql.indexOf('into outfile'))}`);
    expect(plan.find(({ table }) => table === 'we')).toMatchObject({
      type: 'range',
      key: 'idx__exam__type_deleted_updated_and_scores',
    });
    expect(plan.map(({ Extra }) => Extra).join()).not.toContain('filesort');
  });

  it('W20 halves a slice that takes too long, and the next ones are as short', async () => {
    const { run, work } = await begin();
    aws.faults.arm({ kind: 'delay', sql: 'outfile', seconds: 600, nth: 1, times: 2 });
    const result = await aws.finish(run, work, YEAR);
    expect(result.rows).toBe(await rowsOfAll());
    // Tries 1 and 2 were ended and left nothing.
    expect(names(`${work.folder}/extract`).slice(0, 3)).toEqual([
      'manifest',
      'slice-0001/a3/exam_alt_score.manifest',
      'slice-0001/a3/exam_alt_score.part_00000',
    ]);
    expect(result.slices).toBeGreaterThan(3);
    expect(await exports()).toEqual([]);
  });

  it.each([
    ['goes on', false, 'a1'],
    ['ends with its worker', true, 'a2'],
  ])(
    'a statement whose worker died and that %s is not executed beside another',
    async (_, stopsWithClient, last) => {
      const { run, work } = await begin({ stopsWithClient });
      aws.faults.arm({ kind: 'delay', sql: 'outfile', seconds: 200, nth: 1 });
      // The ledger cannot be written in the middle of the statement: the worker dies.
      const dying = aws.whileItWaits(async () => {
        await aws.until(async () => (await exports()).length === 1);
        aws.memory.before = () => {
          throw new Error('died');
        };
      });
      await expect(aws.invoke(run, work, YEAR)).rejects.toThrow('died');
      await dying;
      aws.memory.before = () => undefined;
      let most = 0;
      aws.looked = async () => {
        most = Math.max(most, (await exports()).length);
      };
      const result = await aws.finish(run, work, YEAR);
      expect(most).toBeLessThan(2);
      expect(result.rows).toBe(await rowsOfAll());
      expect(names(`${work.folder}/extract`)[1]).toBe(`slice-0001/${last}/exam_alt_score.manifest`);
    },
  );

  it.each([
    ['after it was executed', 'lost-answer', undefined, 'a1'],
    ['before it was', 'error', 'lost-connection', 'a2'],
  ] as const)('goes on when the connection breaks %s', async (_, kind, error, last) => {
    const { run, work } = await begin();
    aws.faults.arm({ kind, error, sql: 'outfile', nth: 1 });
    const result = await aws.finish(run, work, YEAR);
    expect(result.rows).toBe(await rowsOfAll());
    expect(names(`${work.folder}/extract`)[1]).toBe(`slice-0001/${last}/exam_alt_score.manifest`);
  });

  it('leaves parts of a failed statement to nobody', async () => {
    const { run, work } = await begin({ partBytes: 10_000 });
    aws.faults.arm({ kind: 'error', sql: 'outfile', when: 'after', nth: 1, error: '63985' });
    await expect(aws.finish(run, work, YEAR)).rejects.toMatchObject({
      name: 'ExtractFailedError',
      message: expect.stringMatching(
        /^the extract of PA from 2019-11-01 00:00:00.000000 .* redrive/,
      ),
    });
    expect(names(`${work.folder}/extract`).length).toBeGreaterThan(1);
    const result = await aws.finish(run, work, YEAR);
    expect(result.rows).toBe(await rowsOfAll());
    expect(
      names(`${work.folder}/extract`).filter((key) => key.includes('/a1/exam_alt_score.part')),
    ).not.toContain('slice-0001/a1/exam_alt_score.part_00000');
  });

  it('a stop ends the statement within a minute, and the redrive executes it again', async () => {
    const { run, work } = await begin();
    aws.faults.arm({ kind: 'delay', sql: 'outfile', seconds: 250, nth: 1 });
    let stopped = 0;
    const stopping = aws.whileItWaits(async () => {
      await aws.until(async () => (await exports()).length === 1);
      aws.sfn.statuses[run.executionArn] = 'ABORTED';
      stopped = aws.clock.now();
    });
    expect(await aws.invoke(run, work, YEAR)).toMatchObject({ status: 'running', slices: 0 });
    await stopping;
    expect(aws.clock.now() - stopped).toBeLessThan(60_000);
    expect(await exports()).toEqual([]);
    aws.sfn.statuses[run.executionArn] = 'RUNNING';
    const result = await aws.finish(run, work, YEAR);
    expect(result.rows).toBe(await rowsOfAll());
    expect(names(`${work.folder}/extract`)[1]).toBe('slice-0001/a2/exam_alt_score.manifest');
  });

  it('W9 begins in an empty folder only', async () => {
    const { run, work } = await begin();
    const stray = `${work.folder}/extract/slice-0001/a1/exam_alt_score.part_00000`;
    aws.store.put(BUCKET, stray, 'x');
    await expect(aws.invoke(run, work)).rejects.toMatchObject({
      name: 'StrayObjectsError',
      message: expect.stringContaining(stray),
    });
    aws.store.delete(BUCKET, stray);
    expect(await aws.finish(run, work, YEAR)).toMatchObject({ status: 'done' });
  });

  it('a stray object below a slice is named', async () => {
    const { run, work } = await begin();
    const stray = `${work.folder}/extract/slice-0001/a1/exam_alt_score.part_00007`;
    void aws.whileItWaits(async () => void aws.store.put(BUCKET, stray, 'x'));
    await expect(aws.finish(run, work, YEAR)).rejects.toMatchObject({
      name: 'StrayObjectsError',
      message: expect.stringContaining(stray),
    });
    aws.store.delete(BUCKET, stray);
    expect((await aws.finish(run, work, YEAR)).rows).toBe(await rowsOfAll());
  });

  it('a file that is gone in the end is named, and the redrive extracts its slice again', async () => {
    const { run, work } = await begin();
    await aws.finish(run, work, YEAR);
    aws.store.delete(BUCKET, `${work.folder}/extract/slice-0002/a1/exam_alt_score.part_00000`);
    await expect(aws.invoke(run, work, YEAR)).rejects.toMatchObject({
      name: 'ExtractFailedError',
      message: expect.stringContaining('slice-0002'),
    });
    const { manifest, rows } = await aws.finish(run, work, YEAR);
    expect(rows).toBe(await rowsOfAll());
    expect(new Set(aws.rows(manifest)).size).toBe(rows);
    expect(names(`${work.folder}/extract`).filter((key) => key.startsWith('slice-0002'))).toEqual(
      [],
    );
  });

  it('a tenant without exams has no manifest, one without alt scores asks nobody', async () => {
    const { run } = await begin();
    const empty = aws.tenant('ts_s001', run.runId, [31, 32]);
    expect(await aws.finish(run, empty, YEAR)).toEqual({
      status: 'done',
      slices: 3,
      rows: 0,
      nullScores: 0,
      manifest: null,
    });
    const none = aws.tenant('nv', run.runId, []);
    const calls = aws.calls.length;
    expect(await aws.invoke(run, none, YEAR)).toMatchObject({
      status: 'done',
      slices: 0,
      manifest: null,
    });
    expect(aws.calls).toHaveLength(calls);
  });
});
