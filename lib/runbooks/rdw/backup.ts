// The way back: every row of the table by UNLOAD, counted, with the checksum a restore is compared with.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { BACKUP_STEP } from '../../../lambdas/shared/rdw/tenant';
import { Platform } from '../../platform/platform';
import { RedshiftStatement } from '../../steps/redshift-statement';
import { RedshiftUnload } from '../../steps/redshift-unload';
import type { Warehouse } from '../../steps/warehouse';
import { backupPattern, bucketsOf, copyRole, useBucketKey } from './files';

/** Properties of the states that work in Redshift for one tenant. */
export interface RedshiftPartProps {
  /** As the owner of the tables. */
  readonly warehouse: Warehouse;

  /** The target's configuration. */
  readonly target: RdwTarget;
}

/** Identifiers of every statement; never an unqualified name: an admin user has no search path. */
export const SCHEMA = '{% $states.input.value.reportingSchema %}';
export const STAGING = '{% $states.input.value.staging %}';

/**
 * Backs the table of a tenant up. In the state data `backup` has the `manifest` and its `rows`.
 *
 * Stands inside the tenants' ForEach, whose `value` is a TenantWork.
 */
export function backup(scope: Construct, { warehouse, target }: RedshiftPartProps): sfn.Chain {
  const [bucket, ...moreBuckets] = bucketsOf(scope, target);
  const unload = new RedshiftUnload(scope, 'Backup', {
    noun: 'alt scores',
    step: BACKUP_STEP,
    warehouse,
    role: copyRole(scope, target),
    query: { sql: { file: 'rdw/backup-query' }, ids: { schema: SCHEMA } },
    bucket: bucket!,
    moreBuckets,
    bucketName: '{% $states.input.value.bucket %}',
    folder: "{% $states.input.value.folder & '/backup' %}",
    folderPattern: backupPattern(target),
    inItem: true,
  });
  useBucketKey(Platform.of(scope).task('run-batches'), target, ['kms:Decrypt']);
  const checks = new RedshiftStatement(scope, 'BackupChecks', {
    work: 'backup checks',
    step: 'backupChecks',
    warehouse,
    statements: {
      checks: {
        sql: { file: 'rdw/backup-checks' },
        ids: { schema: SCHEMA },
        parameters: { rows: `{% $states.input.${BACKUP_STEP}.rows %}` },
      },
    },
    evidence: { kind: 'checks' },
    readOnly: true,
    inItem: true,
  });
  return sfn.Chain.start(unload).next(checks);
}
