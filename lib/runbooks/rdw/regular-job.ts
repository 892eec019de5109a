// migrate-olap, the job that brings every tenant's exams to Redshift at night, as a thing a run holds still.

import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { QuietThings } from '../../steps/quiesce';

/**
 * The Deployment of a target. The role that signs needs, in the namespace, get on deployments, patch on
 * deployments/scale and list on pods.
 */
export function regularJob(scope: Construct, { kubernetes, vpc }: RdwTarget): QuietThings {
  const { secretArn, roleArn, region, ...place } = kubernetes;
  const job = new Construct(scope, 'RegularJob');
  return QuietThings.deployment({
    ...place,
    region: region ?? Stack.of(scope).region,
    vpc,
    ...(secretArn !== undefined && {
      secret: secretsmanager.Secret.fromSecretCompleteArn(job, 'Secret', secretArn),
    }),
    ...(roleArn !== undefined && {
      role: iam.Role.fromRoleArn(job, 'Role', roleArn, { mutable: false }),
    }),
  });
}
