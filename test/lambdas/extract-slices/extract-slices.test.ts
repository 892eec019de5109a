import { DAY, micros } from '../../../lambdas/extract-slices/window';
import { runKey } from '../../../lambdas/shared/ledger';
import { mysqlError } from '../../support/fake-exports';
import { BUCKET, Harness, START } from './harness';

describe('an extract', () => {
  it('exports every row once, and says what it did', async () => {
    const task = new Harness();
    const result = await task.finish();
    const manifest = `s3://${BUCKET}/${task.folder}/manifest`;
    expect(result).toEqual({ status: 'done', slices: 4, rows: 91, nullScores: 2, manifest });
    expect(task.loaded()).toEqual(task.database.rows);
    expect(task.database.exports[0]).toEqual({
      window: { from: micros(START), before: micros(START) + 30 * DAY },
      comment: ['slice-0001', 'a1'],
    });
  });

  it('W21 records rows, bytes, seconds, parts and the ETag of each slice', async () => {
    const task = new Harness();
    task.database.rowsPerPart = 20;
    task.database.secondsFor = () => 90;
    await task.finish();
    const [first] = await task.items<Record<string, unknown>>('extract#PA#slice-0001');
    const stem = `${task.folder}/slice-0001/a1/exam_alt_score`;
    expect(first).toMatchObject({
      rows: 30,
      bytes: 510,
      seconds: 90,
      parts: [
        { key: `${stem}.part_00000`, bytes: 340 },
        { key: `${stem}.part_00001`, bytes: 170 },
      ],
      manifestETag: expect.stringMatching(/^"\d+"$/),
    });
    const [record] = await task.items('batch#extract#PA');
    expect(record).toMatchObject({
      title:
        'PA: exams updated from 2020-01-01 00:00:00.000000 to before 2020-01-31 00:00:00.000000',
      status: 'done',
      attempt: 1,
      rows: 30,
      seconds: 90,
      startedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it('W3 notes how many scores it left out, and that all files are there', async () => {
    const task = new Harness();
    await task.finish();
    expect(await task.items('note#')).toMatchObject([
      { text: 'PA: 2 alt score(s) without a scale score were left out of the extract' },
    ]);
    expect(await task.items('check#')).toMatchObject([
      { name: 'PA: files of the extract', expected: '4', actual: '4', ok: true },
    ]);
  });

  it('asked again when it is done says the same and exports nothing', async () => {
    const task = new Harness();
    const result = await task.finish();
    const exports = task.database.exports.length;
    expect(await task.invoke()).toEqual(result);
    expect(task.database.exports).toHaveLength(exports);
  });

  it('has no manifest without rows; files of nothing are not loaded', async () => {
    const task = new Harness();
    task.database.rows = [];
    expect(await task.finish()).toMatchObject({ rows: 0, manifest: null });
    const half = new Harness();
    half.database.rows = half.database.rows.slice(0, 10);
    await half.finish();
    expect(half.loaded()).toEqual(half.database.rows);
    expect(half.bucket.files.get(`${half.folder}/manifest`)).not.toContain('slice-0004');
  });

  it('begins no slice that might not end within the invocation', async () => {
    const task = new Harness();
    expect(await task.invoke(6)).toMatchObject({ status: 'running', slices: 0 });
    expect(task.database.exports).toEqual([]);
    task.database.secondsFor = () => 200;
    expect(await task.invoke()).toMatchObject({ status: 'running', slices: 2, rows: 60 });
  });
});

describe('slices that take too long', () => {
  it('are halved, and the next ones are as short; quick ones are longer again', async () => {
    const task = new Harness();
    // 10 s a row, so that 30 rows are as long as may be.
    task.database.secondsFor = (rows) => rows * 11;
    expect(await task.finish()).toMatchObject({ rows: 91 });
    const lengths = task.database.exports.map(({ window }) => (window.before - window.from) / DAY);
    expect(lengths.slice(0, 4)).toEqual([30, 15, 15, 15]);
    expect(task.database.kills).toEqual(['query']);
    const quick = new Harness();
    quick.change = { sliceDays: 40 };
    // Ten days of much, and then little.
    const much = micros(START) + 10 * DAY;
    quick.database.secondsFor = (_, { from, before }) =>
      1 + (40 * Math.max(0, Math.min(before, much) - from)) / DAY;
    await quick.finish();
    expect(
      quick.database.exports.map(({ window }) => Math.round((window.before - window.from) / DAY)),
    ).toEqual([40, 20, 10, 5, 5, 5, 10, 20, 40, 5]);
  });

  it('are left to their end when they are too short to be halved, and never beyond it', async () => {
    const task = new Harness();
    const high = '2020-01-01 00:01:30.000000';
    task.change = { high, sliceDays: 1 };
    task.database.secondsFor = (_, { from, before }) => (before - from > 60e6 ? 400 : 700);
    expect(await task.finish()).toMatchObject({ rows: 1, slices: 2 });
    expect(task.database.kills).toEqual(['query']);
  });

  it('that do not end within an invocation are reported, and run again on redrive', async () => {
    const task = new Harness();
    task.change = { high: '2020-01-01 00:00:30.000000' };
    task.database.secondsFor = () => 100_000;
    await expect(task.finish()).rejects.toMatchObject({
      name: 'ExtractFailedError',
      message: expect.stringMatching(/too short to be halved: .*then redrive/),
    });
    expect(task.database.idle).toBe(true);
    task.database.secondsFor = () => 1;
    expect(await task.finish()).toMatchObject({ rows: 1, slices: 1 });
  });
});

describe('a statement whose answer is lost', () => {
  it.each([
    ['after it began: it is followed to its end', 'lost', 4],
    ['before it began: it runs again', 'lost-before', 5],
  ] as const)('%s', async (_, how, exports) => {
    const task = new Harness();
    task.database.secondsFor = () => 100;
    task.database.fail.push(how);
    expect(await task.finish()).toMatchObject({ rows: 91 });
    expect(task.loaded()).toEqual(task.database.rows);
    expect(task.database.exports).toHaveLength(exports);
    expect(task.database.most).toBe(1);
  });

  it('and that takes too long afterwards is ended and halved', async () => {
    const task = new Harness();
    task.database.secondsFor = (rows) => rows * 11;
    task.database.fail.push('lost');
    expect(await task.finish()).toMatchObject({ rows: 91 });
    expect(task.database.kills).toEqual(['query']);
    expect(task.loaded()).toEqual(task.database.rows);
  });

  it('again and again is reported', async () => {
    const task = new Harness();
    task.database.fail.push('lost-before', 'lost-before', 'lost-before');
    await expect(task.finish()).rejects.toMatchObject({
      name: 'ExtractFailedError',
      message: expect.stringContaining('ended 3 times without a result: Connection lost'),
    });
    expect(await task.finish()).toMatchObject({ rows: 91 });
  });

  it('goes on where the user may not end it', async () => {
    const task = new Harness();
    task.database.mayKill = false;
    task.database.secondsFor = (rows) => rows * 11;
    expect(await task.finish()).toMatchObject({ rows: 91, slices: 4 });
    expect(task.loaded()).toEqual(task.database.rows);
  });
});

describe('a statement that fails', () => {
  it('is reported with its window, and runs again on redrive in an empty place', async () => {
    const task = new Harness();
    task.database.fail.push(mysqlError('S3 API returned error', { errno: 63985 }));
    const failure = await task.finish().catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'ExtractFailedError' });
    expect((failure as Error).message).toBe(
      'the extract of PA from 2020-01-01 00:00:00.000000 to before 2020-01-31 00:00:00.000000 (UTC) failed: ' +
        'S3 API returned error. Slices before it stay as they are. Repair the cause, then redrive: this slice runs again',
    );
    const [record] = await task.items('batch#');
    expect(record).toMatchObject({ status: 'failed', error: 'S3 API returned error' });
    const left = `${task.folder}/slice-0001/a1/exam_alt_score.part_00003`;
    task.bucket.files.set(left, 'x');
    expect(await task.finish()).toMatchObject({ rows: 91 });
    expect(task.bucket.files.has(left)).toBe(false);
  });

  it('says nothing of it as long as its manifest names other files than there are', async () => {
    const task = new Harness();
    task.database.rowsPerPart = 10;
    task.database.secondsFor = () => 100;
    const part = () => `${task.folder}/slice-0001/a1/exam_alt_score.part_00001`;
    const { list } = task.bucket;
    task.bucket.list = async (prefix) =>
      (await list.call(task.bucket, prefix)).filter(({ key }) => key !== part());
    await expect(task.finish()).rejects.toThrow(/part_00001 is not there/);
    expect(await task.finish()).toMatchObject({ rows: 91 });
  });
});

describe('a stop', () => {
  it.each([['of the child', (task: Harness) => task.run.executionArn]])(
    '%s ends the statement within a minute',
    async (_, arn) => {
      const task = new Harness();
      task.database.secondsFor = () => 200;
      const { sleep } = task.database.clock;
      let left = 3;
      Object.assign(task.database.clock, {
        sleep: async (ms: number) => {
          left -= 1;
          task.sfn.statuses[arn(task)] = left <= 0 ? 'ABORTED' : 'RUNNING';
          await sleep(ms);
        },
      });
      const before = task.database.clock.now();
      expect(await task.invoke()).toMatchObject({ status: 'running', slices: 0 });
      expect(task.database.clock.now() - before).toBeLessThan(75_000);
      expect(task.database.idle).toBe(true);
      expect(task.database.kills).toContain('query');
      Object.assign(task.database.clock, { sleep });
      task.sfn.statuses[arn(task)] = 'RUNNING';
      // Not its fault: it is not halved.
      expect(await task.finish()).toMatchObject({ rows: 91, slices: 4 });
    },
  );

  it('ends a statement that a dead worker left behind', async () => {
    const task = new Harness();
    task.database.secondsFor = () => 200;
    task.database.fail.push('lost');
    const { sleep } = task.database.clock;
    let left = 3;
    Object.assign(task.database.clock, {
      sleep: async (ms: number) => {
        left -= 1;
        task.sfn.statuses[task.run.executionArn] = left <= 0 ? 'ABORTED' : 'RUNNING';
        await sleep(ms);
      },
    });
    await task.invoke();
    expect(task.database.idle).toBe(true);
    expect(task.database.kills).toContain('connection');
  });
});

describe('objects of others', () => {
  const refusal = (key: string) => ({
    name: 'StrayObjectsError',
    message: expect.stringContaining(key),
  });

  it('W9 none may lie in the folder before the first slice', async () => {
    const task = new Harness();
    // Too little time to begin anything.
    await task.open();
    const stray = `${task.folder}/slice-0001/a1/exam_alt_score.part_00000`;
    task.bucket.files.set(stray, 'x');
    await expect(task.invoke()).rejects.toMatchObject(refusal(stray));
    expect(task.database.exports).toEqual([]);
    task.bucket.files.delete(stray);
    expect(await task.finish()).toMatchObject({ rows: 91 });
  });

  it('none may lie beside the files in the end', async () => {
    const task = new Harness();
    await task.finish();
    const stray = `${task.folder}/slice-0002/a1/exam_alt_score.part_00007`;
    task.bucket.files.set(stray, 'x');
    await expect(task.invoke()).rejects.toMatchObject(refusal(stray));
    expect(await task.items('check#')).toMatchObject([
      { actual: '4 and 1 that are not of it', ok: false },
    ]);
    task.bucket.files.delete(stray);
    expect(await task.invoke()).toMatchObject({ rows: 91 });
    expect(await task.items('check#')).toMatchObject([{ ok: true }]);
  });

  it.each([
    ['is gone', undefined],
    ['has another length', 'shorter'],
  ])('a file that %s is named, and its slice is exported again', async (_, text) => {
    const task = new Harness();
    await task.finish();
    const key = `${task.folder}/slice-0002/a1/exam_alt_score.part_00000`;
    task.bucket.files.delete(key);
    task.bucket.files.set(text === undefined ? `${task.folder}/slice-0002/x` : key, text ?? '');
    await expect(task.invoke()).rejects.toMatchObject({
      name: 'ExtractFailedError',
      message: expect.stringContaining('those of slice-0002. '),
    });
    expect(await task.finish()).toMatchObject({ rows: 91, slices: 4, nullScores: 2 });
    expect(task.loaded().sort()).toEqual(task.database.rows);
    expect(task.database.exports).toHaveLength(5);
  });
});

it('two workers at once: one acts, the other leaves', async () => {
  const task = new Harness();
  task.database.secondsFor = () => 100;
  await Promise.allSettled([task.invoke(), task.invoke()]);
  const result = await task.finish();
  expect(result).toMatchObject({ rows: 91 });
  expect(task.loaded()).toEqual(task.database.rows);
  expect(task.database.most).toBe(1);
});

it('a run that was released extracts nothing', async () => {
  const task = new Harness();
  await task.invoke(1);
  await task.memory.put(runKey(task.run.runId, 'run'), { ...task.run, status: 'released' });
  await expect(task.invoke()).rejects.toMatchObject({ name: 'RunReleasedError' });
  expect(task.database.exports).toEqual([]);
});
