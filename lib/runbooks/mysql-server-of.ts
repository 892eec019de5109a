// A MySQL server as a target's configuration names it.

import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { TaskVpc } from '../platform/task-rights';
import { MySqlServer } from '../steps/mysql-server';

/** Who and where, in a target's configuration: either a secret or a user. */
export interface MySqlServerConfig {
  readonly host: string;
  readonly port: number;
  readonly secretArn?: string;
  readonly user?: string;
  readonly region?: string;
}

/** A secret that is known by its whole ARN; made once in its scope. */
export function secretOf(scope: Construct, arn: string): ISecret {
  const id = `Secret${arn.split(':').at(-1)!.replaceAll(/\W/g, '')}`;
  const known = scope.node.tryFindChild(id) as ISecret | undefined;
  return known ?? Secret.fromSecretCompleteArn(scope, id, arn);
}

export function mySqlServerOf(
  scope: Construct,
  { host, port, secretArn, user, region }: MySqlServerConfig,
  vpc: TaskVpc,
): MySqlServer {
  const address = { host, port, region, vpc };
  return secretArn === undefined
    ? MySqlServer.withToken({ ...address, user: user! })
    : MySqlServer.withSecret({ ...address, secret: secretOf(scope, secretArn) });
}
