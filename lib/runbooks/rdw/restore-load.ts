// The way back: the backup of another run through a staging table into the table, compared on both sides.

import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import { addResult, taskState } from '../../platform/task-state';
import { RedshiftStatement } from '../../steps/redshift-statement';
import { type RedshiftPartProps, SCHEMA, STAGING } from './backup';
import { backupPattern, bucketsOf, useBucketKey } from './files';
import { loadBackup } from './load';
import { swapBack } from './swap';

/** Name in the state data of the backup that is brought back; `backup` is that of this run. */
const OLD = 'restored';

/**
 * Reads where the backup of run `$states.input.common.backupOf` lies; with `read-backup` in front of the
 * restore's own backup, a backup that is gone is said before anything is done.
 */
export function readBackup(
  scope: Construct,
  { target, warehouse }: RedshiftPartProps,
): sfn.IChainable {
  const platform = Platform.of(scope);
  const task = platform.task('read-backup', { ledger: ['GetItem', 'PutItem'] });
  for (const bucket of bucketsOf(scope, target)) {
    const manifests = bucket.arnForObjects(`${backupPattern(target)}/*/manifest`);
    allow(task, ['s3:GetObject'], [manifests], 'Run, step and attempt are part of the key.');
    // Who may not list a bucket is not told that a manifest is missing:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    allow(task, ['s3:ListBucket'], [bucket.bucketArn]);
  }
  useBucketKey(task, target, ['kms:Decrypt']);
  const { region } = warehouse.target;
  return taskState(scope, 'Find the backup', {
    task,
    payload: {
      backupOf: '{% $states.input.common.backupOf %}',
      tenant: '{% $states.input.value %}',
      ...(region === undefined ? {} : { region }),
    },
    inItem: true,
    outputs: addResult(OLD),
    comment:
      'Reads manifest, rows and checksum of the backup in the ledger of the run that made it, and looks whether the manifest is there. ' +
      'On redrive: looks again',
  });
}

/** Stages the backup, compares it with what it was, swaps, and compares again. Stands behind {@link readBackup}. */
export function restoreLoad(
  scope: Construct,
  props: RedshiftPartProps & { readonly beforeSwap: sfn.IChainable },
): sfn.Chain {
  const rows = `{% $states.input.${OLD}.rows %}`;
  const load = loadBackup(scope, {
    ...props,
    manifest: `{% $states.input.${OLD}.manifest %}`,
    rows,
  });
  const compare = (id: string, table: string, step: string, word: string) =>
    new RedshiftStatement(scope, id, {
      work: `checks of ${word} rows`,
      step,
      warehouse: props.warehouse,
      statements: {
        checks: {
          sql: { file: 'rdw/restore-checks' },
          ids: { schema: SCHEMA, table },
          parameters: {
            rows,
            checksum: `{% $states.input.${OLD}.checksum %}`,
            rows_name: `${word} rows`,
            checksum_name: `${word} checksum`,
          },
        },
      },
      evidence: { kind: 'checks' },
      readOnly: true,
      inItem: true,
    });
  return load
    .next(compare('StagedChecks', STAGING, 'stagedChecks', 'staged'))
    .next(props.beforeSwap)
    .next(
      swapBack(scope, {
        warehouse: props.warehouse,
        rows,
        migrateId: `{% $states.input.${OLD}.migrateId %}`,
        high: `{% $states.input.${OLD}.high %}`,
      }),
    )
    .next(compare('RestoredChecks', 'exam_alt_score', 'restoredChecks', 'restored'));
}
