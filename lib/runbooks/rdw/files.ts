// Where files of a run lie, and with which role Redshift reads and writes them.

import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';

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

/** Folders of backups, of every tenant and run. */
export const backupPattern = ({ location }: RdwTarget): string => `*${location}/*/backup`;
