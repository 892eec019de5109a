// A tenant of the instance as tasks know it: where its rows are, and which names a run uses for it. Pure.

import type { RdwTarget } from '../inputs/target';
import type { MySqlRef } from '../mysql/credentials';

/** What the target's configuration says about a tenant. */
export interface TenantRef {
  /** Its key in the operator's configuration, e.g. `PA`. */
  readonly id: string;
  readonly warehouseSchema: string;
  readonly migrateSchema: string;
  readonly reportingSchema: string;
  readonly bucket: string;
  /** Folder of all back-fills of the tenant, without slashes at its ends: `pa/MigrateAdHoc`. */
  readonly location: string;
  /** Secret with its user of the warehouse; null: that of all tenants. */
  readonly secretArn: string | null;
  /** False: it is known to have no alt scores. */
  readonly altScores: boolean;
}

/** A tenant with the names that one run uses for it; what a child of the tenants' Map works with. */
export interface TenantWork extends TenantRef {
  /** Folder of the run's objects of this tenant in `bucket`: `pa/MigrateAdHoc/run-…/PA`. */
  readonly folder: string;
  /** Table in `reportingSchema` that the run loads into. */
  readonly staging: string;
  /** Ids of its alt scores, looked up in its warehouse; they differ from tenant to tenant. */
  readonly subjectIds: readonly number[];
}

/** All tenants of a target. */
export function tenantsOf({ tenants, bucket, location }: RdwTarget): TenantRef[] {
  return tenants.map((tenant) => ({
    id: tenant.id,
    warehouseSchema: tenant.warehouseSchema,
    migrateSchema: tenant.migrateSchema,
    reportingSchema: tenant.reportingSchema,
    bucket: tenant.bucket ?? bucket,
    location: [tenant.pathPrefix, location].filter((part) => part !== undefined).join('/'),
    secretArn: tenant.sourceSecretArn ?? null,
    altScores: tenant.altScores,
  }));
}

/** Names a run uses for a tenant. */
export function workOf(
  tenant: TenantRef,
  runId: string,
  subjectIds: readonly number[],
): TenantWork {
  return {
    ...tenant,
    folder: `${tenant.location}/${runId}/${tenant.id}`,
    staging: stagingOf(runId),
    subjectIds,
  };
}

/** `exam_alt_score_load_20260131_0a1b2c3d4e`: one a run, in each tenant's schema. */
export const stagingOf = (runId: string): string =>
  `exam_alt_score_load_${runId.replace(/^run-/, '').replaceAll('-', '_')}`;

/** The table that says that the staged rows were swapped. */
export const swapMarkOf = (staging: string): string => `${staging}_swapped`;

/** The warehouse as the tenant's own user, where it has one. */
export const sourceOf = (source: MySqlRef, { secretArn }: TenantRef): MySqlRef =>
  secretArn === null ? source : { ...source, secretArn };

/** The columns of `exam_alt_score`, in its order. */
export const COLUMNS = [
  'id',
  'exam_id',
  'subject_score_id',
  'student_id',
  'asmt_id',
  'school_year',
  'scale_score',
  'performance_level',
  'completed_at',
  'migrate_id',
  'updated',
  'update_import_id',
] as const;

/** What `migrate_id` says of rows that no regular job has loaded. */
export const BACKFILLED = -1;

/** The step that unloads a tenant's table; the name under which another run finds the backup weeks later. */
export const BACKUP_STEP = 'backup';

/** The check that holds the checksum of that table, likewise; see `sql/rdw/backup-checks.sql`. */
export const BACKUP_CHECKSUM = 'backup checksum';
