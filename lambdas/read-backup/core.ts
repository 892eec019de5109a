// Finds the backup of a tenant in the ledger of the run that made it, and whether it is still in S3. Reads
// only; what is not there is said before anything is staged.

import { type Progress, progressKey } from '../run-batches/progress';
import { BackupMissingError } from '../shared/errors';
import { type Ledger, runKey } from '../shared/ledger';
import { highWaterOf } from '../shared/rdw/high-water';
import { BACKUP_CHECKSUM, BACKUP_STEP } from '../shared/rdw/tenant';
import { ownRun } from '../shared/runs';
import type { ReadBackupPayload, ReadBackupResult } from './payload';

export interface ReadBackupDeps {
  readonly ledger: Ledger;
  /** Text of an object by its `s3://` address; throws `NoSuchKey` when there is none. */
  readObject(uri: string, region: string | undefined): Promise<string>;
}

export async function readBackup(
  payload: ReadBackupPayload,
  deps: ReadBackupDeps,
): Promise<ReadBackupResult> {
  await ownRun(deps.ledger, payload);
  const { backupOf, tenant } = payload;
  const item = { map: '', key: tenant.id };
  const progress = await deps.ledger.get<Progress>(
    progressKey({ runId: backupOf, item }, BACKUP_STEP),
  );
  const { manifest } = progress ?? {};
  if (!progress?.done || manifest === undefined) {
    throw missing(
      payload,
      'the ledger knows none: that run was not about this tenant, or never came so far',
    );
  }
  const schema = schemaOf(progress);
  if (schema !== tenant.reportingSchema) {
    throw missing(
      payload,
      `it is of schema ${schema}, and the tenant has ${tenant.reportingSchema} now`,
    );
  }
  const key = runKey(backupOf, `check#${tenant.id}#${BACKUP_CHECKSUM}`);
  const check = await deps.ledger.get<{ actual: string }>(key);
  if (!check) {
    throw missing(payload, 'it was not compared with the table: nothing tells whether it is whole');
  }
  // A table without rows leaves no manifest: there is nothing to look at, and nothing to load.
  const counted = manifest === null ? 0 : await countedBy(manifest, payload, deps);
  if (counted !== progress.rows) {
    throw missing(
      payload,
      `${manifest} counts ${counted} rows, and the ledger ${progress.rows}: it was changed`,
    );
  }
  const mark = await highWaterOf(deps.ledger, backupOf, tenant.id);
  if (!mark) {
    throw missing(payload, 'it has no high-water mark: nothing tells what came since');
  }
  const { migrateId, high } = mark;
  return { manifest, rows: progress.rows, checksum: check.actual, migrateId, high };
}

/** Schema of the table that was unloaded. */
function schemaOf({ payload: { plan } }: Progress): unknown {
  const [unload] = plan.kind === 'list' ? plan.statements : [];
  return unload && 'query' in unload ? unload.query?.ids?.schema : undefined;
}

/** Rows a manifest counts. https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html */
async function countedBy(
  manifest: string,
  payload: ReadBackupPayload,
  { readObject }: ReadBackupDeps,
): Promise<unknown> {
  try {
    const text = await readObject(manifest, payload.region);
    return (JSON.parse(text) as { meta?: { record_count?: unknown } }).meta?.record_count;
  } catch (error) {
    if (error instanceof SyntaxError) return 'no';
    if ((error as Error).name !== 'NoSuchKey') throw error;
    const why = `${manifest} is not there any more: objects of a run are deleted after its keepObjectsDays`;
    throw missing(payload, why);
  }
}

const missing = ({ backupOf, tenant }: ReadBackupPayload, why: string) =>
  new BackupMissingError(
    `run ${backupOf} has no backup of tenant ${tenant.id} that could be restored: ${why}. Nothing was changed. ` +
      'Give this run up with the release machine, and start one with another backupOf or without this tenant',
  );
