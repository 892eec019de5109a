// The warehouse of all tenants, as tasks reach it: address, user, and the place in the VPC.

import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import type { MySqlRef } from '../../../lambdas/shared/mysql/ref';
import { allowSecret } from '../../platform/allow';
import type { TaskVpc } from '../../platform/task-rights';
import type { MySqlServer } from '../../steps/mysql-server';
import { mySqlServerOf, secretOf } from '../mysql-server-of';

/** The Aurora MySQL cluster of a target. */
export class MySqlSource {
  /** For payloads. */
  readonly ref: MySqlRef;
  /** Where tasks run that talk to it. */
  readonly vpc: TaskVpc;
  private readonly server: MySqlServer;

  constructor(
    private readonly scope: Construct,
    private readonly target: RdwTarget,
  ) {
    this.server = mySqlServerOf(scope, target.source, target.vpc);
    this.ref = this.server.render(scope);
    this.vpc = target.vpc;
  }

  /** Lets a task log in, as every user the tenants have. */
  grant(grantee: iam.IGrantable & Construct): void {
    this.server.grantConnect(grantee);
    const { source, tenants } = this.target;
    const own = tenants.flatMap(({ sourceSecretArn }) => sourceSecretArn ?? []);
    for (const arn of new Set(own.filter((one) => one !== source.secretArn))) {
      allowSecret(grantee, secretOf(this.scope, arn));
    }
  }
}
