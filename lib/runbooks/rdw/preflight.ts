// The state that looks at everything a back-fill will touch.

import { Aws, Stack } from 'aws-cdk-lib';
import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { tenantsOf } from '../../../lambdas/shared/rdw/tenant';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskRights } from '../../platform/task-rights';
import { addResult, taskState } from '../../platform/task-state';
import type { QuietThings } from '../../steps/quiesce';
import type { Warehouse } from '../../steps/warehouse';
import type { MySqlSource } from './source';

/** What the states about an instance work with. */
export interface Instance {
  readonly target: RdwTarget;
  readonly source: MySqlSource;
  readonly warehouse: Warehouse;
  /** The regular job (`regularJob`). */
  readonly job: QuietThings;
}

const INPUT = '$states.input.input';

/** Name of the ForEach step of the tenants. */
export const TENANTS = 'tenants';

const RIGHTS: TaskRights = { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] };

/** Reads both engines, Kubernetes, S3 and the roles; puts `plan` into the state data. */
export function preflightBackfill(
  scope: Construct,
  { target, source, warehouse, job, start }: Instance & { readonly start: string },
): tasks.LambdaInvoke {
  const task = Platform.of(scope).task('preflight-backfill', { ...RIGHTS, vpc: source.vpc });
  source.grant(task);
  warehouse.grantStatements(task);
  warehouse.grantRoleList(task);
  job.grant(task, 'hold');
  const tenants = tenantsOf(target);
  const buckets = [...new Set(tenants.map(({ bucket }) => bucket))];
  const arns = buckets.map((bucket) => `arn:${Aws.PARTITION}:s3:::${bucket}`);
  allow(task, ['s3:ListBucket'], arns);
  return taskState(scope, 'Look at tenants, engines and roles', {
    task,
    payload: {
      source: source.ref,
      warehouse: warehouse.target,
      region: warehouse.target.region ?? Stack.of(scope).region,
      copyRoleArn: target.copyRoleArn,
      things: job.render(scope),
      tenants,
      chosen: `{% [${INPUT}.tenants] %}`,
      start,
      map: TENANTS,
      dryRun: `{% ${INPUT}.dryRun %}`,
    },
    outputs: addResult('plan'),
    comment:
      'Looks at schemas, columns, ids, rights, roles, places in S3, the regular job and its pod, and reports every finding at once; changes nothing. ' +
      'On redrive: looks again',
  });
}
