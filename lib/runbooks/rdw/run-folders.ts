// Folders in S3 that runs of a target use, and the right to empty them.

import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ObjectFolder } from '../../../lambdas/delete-objects/input';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { tenantsOf } from '../../../lambdas/shared/rdw/tenant';
import { allow } from '../../platform/allow';
import type { TaskFunction } from '../../platform/task-function';

/** Folders of back-fills by bucket. */
function places(target: RdwTarget): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { bucket, location } of tenantsOf(target)) {
    found.set(bucket, (found.get(bucket) ?? new Set()).add(location));
  }
  return found;
}

/**
 * Where the run may have left objects, for payloads. All tenants of the target: a run that was continued
 * has objects of tenants that its plan does not name any more.
 *
 * @param id JSONata for the run's id
 */
export const runFolders = (target: RdwTarget, id = '$states.input.run.id'): ObjectFolder[] =>
  [...places(target)].flatMap(([bucket, locations]) =>
    [...locations].map((location) => ({
      bucket,
      folder: `{% '${location}/' & ${id} %}`,
    })),
  );

/** Rights on the tenants' folders of runs, and on nothing else in their buckets. */
export function grantDeletion(task: TaskFunction, target: RdwTarget): void {
  const arn = (resource: string) => `arn:${Aws.PARTITION}:s3:::${resource}`;
  for (const [bucket, locations] of places(target)) {
    const prefixes = [...locations].map((location) => `${location}/run-*`);
    task.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['s3:ListBucketVersions'],
        resources: [arn(bucket)],
        conditions: { StringLike: { 's3:prefix': prefixes } },
      }),
    );
    allow(
      task,
      ['s3:DeleteObjectVersion'],
      prefixes.map((prefix) => arn(`${bucket}/${prefix}`)),
      'Folders are named after their runs.',
    );
  }
}
