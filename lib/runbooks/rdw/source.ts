// The warehouse of all tenants, as tasks reach it: address, user, and the place in the VPC.

import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import type { MySqlRef } from '../../../lambdas/shared/mysql/credentials';
import { allow, allowSecret } from '../../platform/allow';
import type { TaskVpc } from '../../platform/task-rights';

/** The Aurora MySQL cluster of a target. */
export class MySqlSource {
  /** For payloads. */
  readonly ref: MySqlRef;
  /** Where tasks run that talk to it. */
  readonly vpc: TaskVpc;

  constructor(
    private readonly scope: Construct,
    private readonly target: RdwTarget,
  ) {
    const { host, port, secretArn = null, user = null, region } = target.source;
    this.ref = { host, port, secretArn, user, region: region ?? Stack.of(scope).region };
    this.vpc = target.vpc;
  }

  /** Lets a task log in, as every user the tenants have. */
  grant(grantee: iam.IGrantable & Construct): void {
    const { source, tenants } = this.target;
    const arns = [source.secretArn, ...tenants.map(({ sourceSecretArn }) => sourceSecretArn)];
    for (const arn of new Set(arns.filter((one) => one !== undefined))) {
      const id = `Secret${arn.split(':').at(-1)!.replaceAll(/\W/g, '')}`;
      const known = this.scope.node.tryFindChild(id) as Secret | undefined;
      const secret = known ?? Secret.fromSecretCompleteArn(this.scope, id, arn);
      allowSecret(grantee, secret);
    }
    if (source.user === undefined) return;
    const user = Stack.of(this.scope).formatArn({
      service: 'rds-db',
      region: this.ref.region,
      resource: 'dbuser',
      resourceName: `*/${source.user}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    allow(
      grantee,
      ['rds-db:connect'],
      [user],
      'The id of the cluster is not known, only its host.',
    );
  }
}
