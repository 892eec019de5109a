import { readBackup } from '../../../lambdas/read-backup/core';
import { progressKey } from '../../../lambdas/run-batches/progress';
import { runKey } from '../../../lambdas/shared/ledger';
import { keepHighWater } from '../../../lambdas/shared/rdw/high-water';
import { workOf } from '../../../lambdas/shared/rdw/tenant';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, openedRun } from '../../support/runs';

const OLD = 'run-20260101-0a1b2c3d4e';
const MANIFEST = 's3://archive/pa/backup/manifest';
const tenant = workOf(
  {
    id: 'PA',
    warehouseSchema: 'warehouse_pa',
    migrateSchema: 'migrate_olap_pa',
    reportingSchema: 'reporting_pa',
    bucket: 'archive',
    location: 'pa/MigrateAdHoc',
    secretArn: null,
    altScores: true,
  },
  'run-20260131-0a1b2c3d4e',
  [7],
);
const plan = (schema: string) => ({
  kind: 'list',
  statements: [{ name: 'unload', query: { ids: { schema } } }],
});
const whole = { done: true, manifest: MANIFEST, rows: 12, payload: { plan: plan('reporting_pa') } };

async function reads({
  progress = whole as object | null,
  checksum = '123' as string | null,
  manifest = '{"meta":{"record_count":12}}' as string | null,
  error = 'NoSuchKey',
  marked = true,
} = {}) {
  const { ledger } = new MemoryLedger();
  const caller = callerOf(await openedRun(ledger));
  if (progress) {
    await ledger.put(
      progressKey({ runId: OLD, item: { map: 't', key: 'PA' } }, 'backup'),
      progress,
    );
  }
  if (checksum !== null) {
    await ledger.put(runKey(OLD, 'check#PA#backup checksum'), { actual: checksum });
  }
  if (marked) {
    await keepHighWater(ledger, OLD, 'PA', { high: '2022-07-01 01:00:00', migrateId: '3' }, 0);
  }
  return readBackup({ ...caller, backupOf: OLD, tenant } as never, {
    ledger,
    readObject: async () => {
      if (manifest === null) throw Object.assign(new Error('gone'), { name: error });
      return manifest;
    },
  });
}

it('finds manifest, rows and checksum', async () => {
  await expect(reads()).resolves.toEqual({
    manifest: MANIFEST,
    rows: 12,
    checksum: '123',
    migrateId: '3',
    high: '2022-07-01 01:00:00',
  });
});

it('finds the backup of a table without rows, which has no manifest', async () => {
  const progress = { ...whole, manifest: null, rows: 0 };
  await expect(reads({ progress, manifest: null })).resolves.toMatchObject({
    manifest: null,
    rows: 0,
  });
});

it('refuses one without a high-water mark: nothing tells what came since', async () => {
  await expect(reads({ marked: false })).rejects.toMatchObject({ name: 'BackupMissingError' });
});

it.each([
  ['a run that the ledger does not know', { progress: null }, /the ledger knows none/],
  [
    'a backup that was not finished',
    { progress: { ...whole, done: false } },
    /the ledger knows none/,
  ],
  [
    'a backup of another schema',
    { progress: { ...whole, payload: { plan: plan('reporting_ca') } } },
    /of schema reporting_ca, and the tenant has reporting_pa/,
  ],
  [
    'a plan that unloads nothing',
    { progress: { ...whole, payload: { plan: { kind: 'count', batches: 1 } } } },
    /of schema undefined/,
  ],
  ['a backup that was not compared', { checksum: null }, /was not compared with the table/],
  ['a manifest that is gone', { manifest: null }, /is not there any more/],
  [
    'a manifest that counts other rows',
    { manifest: '{"meta":{"record_count":11}}' },
    /counts 11 rows/,
  ],
  ['a manifest that is none', { manifest: 'x' }, /counts no rows/],
])('refuses %s', async (_, change, message) => {
  await expect(reads(change)).rejects.toMatchObject({
    name: 'BackupMissingError',
    message: expect.stringMatching(message),
  });
});

it('hands on what S3 says when it is not that the manifest is gone', async () => {
  const denied = { manifest: null, error: 'AccessDenied' };
  await expect(reads(denied)).rejects.toMatchObject({ name: 'AccessDenied' });
});
