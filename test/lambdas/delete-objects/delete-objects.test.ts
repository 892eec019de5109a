import { Buckets } from '../../../lambdas/delete-objects/bucket';
import { deleteObjects } from '../../../lambdas/delete-objects/core';
import type { ObjectFolder } from '../../../lambdas/delete-objects/input';
import { leaseKey, runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { FakeBucket } from '../../support/fake-bucket';
import { FakeClock } from '../../support/fake-warehouse';
import { everyChange, Interruption } from '../../support/interruptions';
import { MemoryLedger } from '../../support/memory-ledger';
import {
  callerOf,
  executionArn,
  FakeStepFunctions,
  openedRun,
  serviceError,
} from '../../support/runs';

const EXPIRY = 'arn:aws:states:us-east-1:000000000000:execution:example-object-expiry:run-1';

class Harness {
  readonly memory = new MemoryLedger();
  readonly clock = new FakeClock();
  readonly sfn = new FakeStepFunctions();
  readonly s3 = new FakeBucket();
  run!: RunItem;

  async open(change: Partial<RunItem> = {}): Promise<this> {
    this.run = await openedRun(this.memory.ledger, { leases: ['rdw.-deployment'], ...change });
    return this;
  }

  /** Puts the run's objects, and some of others, into two buckets. */
  fill(count = 3): this {
    for (const { bucket, folder } of this.folders) {
      for (let i = 0; i < count; i++) this.s3.put(bucket, `${folder}/extract/part_${i}`, 10);
    }
    this.s3.put('archive', 'pa/MigrateAdHoc/other/PA/part', 99);
    this.s3.put('archive', `${this.folders[0]!.folder}B/part`, 99);
    return this;
  }

  get folders(): ObjectFolder[] {
    return [
      { bucket: 'archive', folder: `pa/MigrateAdHoc/${this.run.runId}/PA` },
      { bucket: 'second', folder: `MigrateAdHoc/${this.run.runId}/TS` },
    ];
  }

  inRun(folders: unknown = this.folders, remainingMs = 900_000) {
    return this.call({ ...callerOf(this.run), folders: folders as ObjectFolder[] }, remainingMs);
  }

  afterRun(change: Record<string, unknown> = {}, countOnly = false) {
    const input = { run: this.run.runId, at: '2026-01-08T00:00:00Z', folders: this.folders };
    const { runId: _, ...caller } = callerOf({ runId: '', executionArn: EXPIRY });
    return this.call({ ...caller, input: { ...input, ...change }, countOnly });
  }

  check() {
    return this.memory.get<object>(runKey(this.run.runId, 'check#delete-objects'));
  }

  private call(payload: Parameters<typeof deleteObjects>[0], remainingMs = 900_000) {
    const end = this.clock.now() + remainingMs;
    const { clock, sfn } = this;
    const buckets = new Buckets(this.s3.client);
    return deleteObjects(
      payload,
      { ledger: this.memory.ledger, sfn: sfn.client, clock, buckets },
      { requestId: `worker-${Math.random()}`, remainingMs: () => end - clock.now() },
    );
  }
}

const harness = (change?: Partial<RunItem>) => new Harness().open(change);
const OTHERS = 2;

describe('delete-objects', () => {
  it('W23 deletes what the run left in every folder, and nothing beside them', async () => {
    const h = (await harness()).fill();
    await expect(h.inRun()).resolves.toEqual({ status: 'done', objects: 6, bytes: 60 });
    expect(h.s3.left).toEqual([
      'archive/pa/MigrateAdHoc/other/PA/part',
      `archive/${h.folders[0]!.folder}B/part`,
    ]);
    expect(await h.check()).toMatchObject({
      name: 'objects of the run in S3 are deleted',
      expected: '0 left',
      actual: '0 left of 6 with 60 bytes',
      ok: true,
    });
  });

  it('deletes old versions and delete markers, in which the rows would stay', async () => {
    const h = await harness();
    const [{ bucket, folder }] = h.folders as [ObjectFolder];
    h.s3.put(bucket, `${folder}/part`, 10, 'v1');
    h.s3.put(bucket, `${folder}/part`, 12, 'v2');
    h.s3.put(bucket, `${folder}/part`, 0, 'v3', true);
    await expect(h.inRun()).resolves.toEqual({ status: 'done', objects: 3, bytes: 22 });
    expect(h.s3.left).toEqual([]);
  });

  it('deletes at most 1,000 at a time, and counts all pages', async () => {
    const h = (await harness()).fill(2_300);
    await expect(h.inRun()).resolves.toEqual({ status: 'done', objects: 4_600, bytes: 46_000 });
    expect(h.s3.deleted).toEqual([1_000, 1_000, 300, 1_000, 1_000, 300]);
    expect(h.s3.left).toHaveLength(OTHERS);
  });

  it('looks at its execution after twenty pages, and goes on in the next turn', async () => {
    const h = (await harness()).fill(12_500);
    await expect(h.inRun(h.folders, 124_000)).resolves.toMatchObject({ status: 'running' });
    expect(h.s3.deleted).toHaveLength(20);
    await expect(h.inRun()).resolves.toEqual({ status: 'done', objects: 25_000, bytes: 250_000 });
    expect(h.s3.left).toHaveLength(OTHERS);
  });

  it('asked twice answers the same', async () => {
    const h = (await harness()).fill();
    const first = await h.inRun();
    await expect(h.inRun()).resolves.toEqual(first);
    expect(h.s3.deleted).toEqual([3, 3]);
  });

  it('an empty folder is done at once', async () => {
    const h = await harness();
    await expect(h.inRun()).resolves.toEqual({ status: 'done', objects: 0, bytes: 0 });
    expect(h.s3.deleted).toEqual([]);
  });

  it('a death before or after any change leads to the same end, with the same counts', async () => {
    const whole = (await harness()).fill(1_200);
    const changes = new Interruption().on(whole.memory, whole.s3);
    await whole.inRun();
    expect(changes.count).toBeGreaterThan(8);
    for (const [nth, place] of everyChange(changes.count)) {
      const h = (await harness()).fill(1_200);
      new Interruption(nth, place).on(h.memory, h.s3);
      await expect(h.inRun()).rejects.toThrow(`${place} change ${nth}`);
      await expect(h.inRun()).resolves.toEqual({ status: 'done', objects: 2_400, bytes: 24_000 });
      expect([nth, place, h.s3.left.length]).toEqual([nth, place, OTHERS]);
    }
  });

  it('what S3 keeps is an error that names code and key; the rest is gone, and a redrive ends it', async () => {
    const h = (await harness()).fill();
    const kept = `${h.folders[0]!.folder}/extract/part_1`;
    h.s3.keeps[kept] = ['AccessDenied'];
    await expect(h.inRun()).rejects.toMatchObject({
      name: 'ObjectsLeftError',
      message: expect.stringContaining(
        `S3 does not let 1 of 3 object(s) below s3://archive/${h.folders[0]!.folder}/ be deleted: AccessDenied: kept by AccessDenied (${kept})`,
      ),
    });
    expect(h.s3.left).toContain(`archive/${kept}`);
    expect(await h.check()).toBeUndefined();
    await expect(h.inRun()).resolves.toEqual({ status: 'done', objects: 6, bytes: 60 });
  });

  it.each(['SlowDown', 'InternalError'])('%s for some objects is tried again', async (code) => {
    const h = (await harness()).fill();
    h.s3.keeps[`${h.folders[0]!.folder}/extract/part_1`] = [code];
    await expect(h.inRun()).rejects.toMatchObject({ name: 'TryAgainError' });
    await expect(h.inRun()).resolves.toMatchObject({ status: 'done', objects: 6 });
  });

  it('an object that somebody else has deleted meanwhile is no error', async () => {
    const h = (await harness()).fill();
    h.s3.keeps[`${h.folders[0]!.folder}/extract/part_1`] = ['NoSuchVersion'];
    await expect(h.inRun()).resolves.toMatchObject({ status: 'done' });
  });

  it.each(['ListObjectVersions', 'DeleteObjects'])(
    'a refused %s says which folder and what to look at',
    async (operation) => {
      const h = (await harness()).fill();
      h.s3.fail[operation] = [serviceError('AccessDenied', 'no')];
      await expect(h.inRun()).rejects.toMatchObject({
        name: 'ObjectsLeftError',
        message: expect.stringMatching(
          /below s3:\/\/archive\/.*: AccessDenied: no\. .*then redrive/,
        ),
      });
    },
  );

  it('other errors of S3 go on as they are', async () => {
    const h = (await harness()).fill();
    h.s3.fail.ListObjectVersions = [serviceError('NoSuchBucket')];
    await expect(h.inRun()).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('a stopped execution deletes nothing; one that lost the run throws', async () => {
    const h = (await harness()).fill();
    h.sfn.statuses[h.run.executionArn] = 'ABORTED';
    await expect(h.inRun()).resolves.toEqual({ status: 'running', objects: 0, bytes: 0 });
    expect(h.s3.asked).toEqual([]);
    const taken = { ...h.run, executionArn: executionArn('newer') };
    await h.memory.ledger.put(runKey(h.run.runId), taken);
    await expect(h.inRun()).rejects.toMatchObject({ name: 'RunTakenOverError' });
  });

  it.each([
    [
      'a folder of another run',
      'pa/MigrateAdHoc/run-20250101-0000000000/PA',
      /is no folder of run-/,
    ],
    ['the location', 'pa/MigrateAdHoc', /is no folder of run-/],
    ['a folder whose name only begins like the run', 'pa/RUNx/PA', /is no folder of run-/],
    ['nothing', '', /must be parts of a key/],
    ['a way up', 'pa/RUN/../PA', /must be parts of a key/],
    ['a slash at the end', 'pa/RUN/', /must be parts of a key/],
    ['an empty part', 'pa//RUN', /must be parts of a key/],
  ])('refuses %s before any call', async (_, folder, message) => {
    const h = (await harness()).fill();
    const named = folder.replace('RUN', h.run.runId);
    const one = [...h.folders, { bucket: 'archive', folder: named }];
    await expect(h.inRun(one)).rejects.toMatchObject({
      name: 'RefusedInputError',
      message: expect.stringMatching(message),
    });
    expect(h.s3.asked).toEqual([]);
  });
});

describe('delete-objects after the run', () => {
  const succeeded = { status: 'succeeded' as const };

  it.each(['succeeded', 'released'] as const)(
    'deletes those of a run that is %s',
    async (status) => {
      const h = (await harness({ status })).fill();
      await expect(h.afterRun()).resolves.toEqual({ status: 'done', objects: 6, bytes: 60 });
      expect(h.s3.left).toHaveLength(OTHERS);
      expect(await h.check()).toMatchObject({ ok: true });
    },
  );

  it('checks the input and counts, and deletes nothing yet', async () => {
    const h = (await harness()).fill(1_500);
    const counted = { status: 'done', objects: 3_000, bytes: 30_000 };
    await expect(h.afterRun({}, true)).resolves.toEqual(counted);
    expect(h.s3.deleted).toEqual([]);
    expect(await h.check()).toBeUndefined();
  });

  it('leaves those of a run that is not over, which a redrive needs; then a redrive deletes them', async () => {
    const h = (await harness()).fill();
    await expect(h.afterRun()).rejects.toMatchObject({
      name: 'ObjectsNeededError',
      message: expect.stringContaining(`a redrive of it needs its objects: ${h.run.executionArn}`),
    });
    expect(h.s3.deleted).toEqual([]);
    await h.memory.ledger.put(runKey(h.run.runId), { ...h.run, ...succeeded });
    await expect(h.afterRun()).resolves.toMatchObject({ status: 'done', objects: 6 });
  });

  it('leaves the backup of a run while another brings it back', async () => {
    const h = (await harness(succeeded)).fill();
    const restore = await openedRun(h.memory.ledger, {
      machine: 'rdw-restore',
      input: { backupOf: h.run.runId },
      leases: ['rdw.-deployment'],
    });
    await expect(h.afterRun()).rejects.toMatchObject({
      name: 'ObjectsNeededError',
      message: expect.stringContaining(`run ${restore.runId} brings the backup of ${h.run.runId}`),
    });
    await h.memory.ledger.put(runKey(restore.runId), { ...restore, ...succeeded });
    await expect(h.afterRun()).resolves.toMatchObject({ status: 'done' });
  });

  it('a run that restores another backup is no reason to wait', async () => {
    const h = (await harness(succeeded)).fill();
    const input = { backupOf: 'run-20250101-0000000000' };
    await openedRun(h.memory.ledger, { input, leases: ['rdw.-deployment'] });
    await expect(h.afterRun()).resolves.toMatchObject({ status: 'done' });
  });

  it('nor is one that the ledger has lost', async () => {
    const h = (await harness({ ...succeeded, leases: ['a', 'b', 'c'] })).fill();
    await h.memory.remove(leaseKey('a'));
    await h.memory.ledger.put(leaseKey('b'), { target: 'b', runId: 'run-gone' });
    await expect(h.afterRun()).resolves.toMatchObject({ status: 'done' });
  });

  it('refuses a run the ledger does not know', async () => {
    const h = (await harness()).fill();
    const run = 'run-20260101-ffffffffff';
    const folders = [{ bucket: 'archive', folder: `pa/${run}` }];
    await expect(h.afterRun({ run, folders })).rejects.toMatchObject({ name: 'UnknownRunError' });
  });

  it.each([
    ['no run', { run: undefined }, /run: is missing/],
    ['a name that is no run', { run: 'all' }, /run: must be the id of a run/],
    ['no instant', { at: undefined }, /at: must be an instant|at: is missing/],
    ['a date', { at: '2026-01-08' }, /at: must be an instant in UTC/],
    ['no folder', { folders: [] }, /folders: /],
    ['a member nobody knows', { dryRun: true }, /dryRun/],
    [
      'a foreign folder',
      { folders: [{ bucket: 'archive', folder: 'pa' }] },
      /pa is no folder of run-/,
    ],
    [
      'a bucket that is none',
      { folders: [{ bucket: 'A', folder: 'x' }] },
      /must be the name of a bucket/,
    ],
  ])('refuses %s before it waits, with an example', async (_, change, message) => {
    const h = await harness(succeeded);
    await expect(h.afterRun(change, true)).rejects.toMatchObject({
      name: 'RefusedInputError',
      message: expect.stringMatching(message),
    });
    await expect(h.afterRun(change, true)).rejects.toThrow('"folders":[{"bucket":"archive"');
    expect(h.s3.asked).toEqual([]);
  });
});
