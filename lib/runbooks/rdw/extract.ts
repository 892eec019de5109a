// The extract of a tenant: its alt scores from MySQL to files in S3, which one manifest names.

import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskFunction } from '../../platform/task-function';
import { WaitLoop } from '../../steps/wait-loop';
import { useBucketKey } from './files';
import type { MySqlSource } from './source';

/** Properties of {@link extractSlices}. */
export interface ExtractProps {
  /** The target's configuration. */
  readonly target: RdwTarget;

  /** The warehouse of all tenants. */
  readonly source: MySqlSource;

  /**
   * JSONata for the high-water mark.
   *
   * @default '{% $states.input.highWater.high %}'
   */
  readonly high?: string;
}

/**
 * Extracts the alt scores of a tenant, inside the tenants' ForEach, whose `common` has `start`, `sliceDays`
 * and `sliceMinutes`. In the state data `extract` has `rows`, `slices`, `nullScores` and the address of the
 * `manifest`, which is null when there are no rows.
 */
export function extractSlices(
  scope: Construct,
  { target, source, high = '{% $states.input.highWater.high %}' }: ExtractProps,
): sfn.Chain {
  const task = Platform.of(scope).task('extract-slices', {
    ledger: ['GetItem', 'PutItem', 'Query'],
    states: ['DescribeExecution'],
    vpc: source.vpc,
  });
  source.grant(task);
  allowFiles(task, target);
  useBucketKey(task, target, ['kms:Decrypt', 'kms:GenerateDataKey']);
  const loop = new WaitLoop(scope, 'Extract', {
    step: 'extract',
    act: 'Extract alt scores',
    question: 'Are all alt scores extracted?',
    done: 'The files of the extract are complete',
    task,
    payload: {
      source: source.ref,
      tenant: '{% $states.input.value %}',
      start: '{% $states.input.common.start %}',
      high,
      sliceDays: '{% $states.input.common.sliceDays %}',
      sliceMinutes: '{% $states.input.common.sliceMinutes %}',
    },
    comment:
      'Lets MySQL write one slice of time after the other to S3, and a manifest of all files in the end. On redrive: ' +
      'follows a statement that still runs, keeps slices that are done, and runs the failed one again',
    inItem: true,
  });
  return sfn.Chain.start(loop);
}

const REASON = 'Folders are named after their runs.';

/** Rights on what lies in the folders of extracts, and on nothing else in the buckets. */
function allowFiles(task: TaskFunction, { bucket, location, tenants }: RdwTarget): void {
  const buckets = new Set([bucket, ...tenants.map((tenant) => tenant.bucket ?? bucket)]);
  const folders = `*${location}/run-*/extract/*`;
  const arns = [...buckets].map((name) => `arn:${Aws.PARTITION}:s3:::${name}`);
  task.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: arns,
      conditions: { StringLike: { 's3:prefix': folders } },
    }),
  );
  const objects = arns.map((arn) => `${arn}/${folders}`);
  allow(task, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], objects, REASON);
}
