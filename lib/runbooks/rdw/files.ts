// Where files of a run lie, and with which role Redshift reads and writes them.

import { Arn, ArnFormat, Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import type { TaskFunction } from '../../platform/task-function';

/** `migrate.aws.redshift.role`, which is there already and keeps the rights it has. */
export function copyRole(scope: Construct, { copyRoleArn }: RdwTarget): iam.IRole {
  const known = scope.node.tryFindChild('CopyRole') as iam.IRole | undefined;
  return known ?? iam.Role.fromRoleArn(scope, 'CopyRole', copyRoleArn, { mutable: false });
}

/** Buckets of all tenants, each once. */
export function bucketsOf(scope: Construct, { bucket, tenants }: RdwTarget): s3.IBucket[] {
  const names = [bucket, ...tenants.map((tenant) => tenant.bucket ?? bucket)];
  return [...new Set(names)].map((name) => {
    const id = `Bucket-${name}`;
    const known = scope.node.tryFindChild(id) as s3.IBucket | undefined;
    return known ?? s3.Bucket.fromBucketName(scope, id, name);
  });
}

/**
 * Lets a task use the customer's key of the buckets, through S3 and for nothing else. The key's own policy
 * must let the account's roles do so too.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function useBucketKey(
  task: TaskFunction,
  { bucketKeyArn }: RdwTarget,
  actions: readonly ('kms:Decrypt' | 'kms:GenerateDataKey')[],
): void {
  if (bucketKeyArn === undefined) return;
  const region = Arn.split(bucketKeyArn, ArnFormat.SLASH_RESOURCE_NAME).region;
  task.addToRolePolicy(
    new iam.PolicyStatement({
      actions: [...actions],
      resources: [bucketKeyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${Aws.URL_SUFFIX}` } },
    }),
  );
}

/** Folders of backups, of every tenant and run. */
export const backupPattern = ({ location }: RdwTarget): string => `*${location}/*/backup`;
