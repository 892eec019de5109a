import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { MySqlRef } from '../../lambdas/shared/mysql/ref';
import { allow, allowSecret } from '../platform/allow';
import type { TaskVpc } from '../platform/task-rights';

/** Where a MySQL server is. */
export interface MySqlAddress {
  /**
   * Name of its host: the writer, or one instance. A replica lacks what it has not got yet: it is no source of
   * rows that must all arrive.
   *
   * Behind the endpoint of all readers of an Aurora cluster two connections meet two servers.
   */
  readonly host: string;

  /**
   * Port it listens on.
   *
   * @default 3306
   */
  readonly port?: number;

  /**
   * Region of the server.
   *
   * @default - the stack's region
   */
  readonly region?: string;

  /**
   * Where tasks run that talk to it. All servers of a step are reached from one place.
   *
   * @default - in no VPC: the server has a public address
   */
  readonly vpc?: TaskVpc;
}

/** Properties of {@link MySqlServer.withSecret}. */
export interface MySqlServerWithSecret extends MySqlAddress {
  /**
   * Secret with `username` and `password`. A `host` and a `port` in it, as RDS writes them, count before
   * those given here; `certificateAuthority` (PEM) is needed where RDS has not signed the certificate.
   */
  readonly secret: secretsmanager.ISecret;
}

/** Properties of {@link MySqlServer.withToken}. */
export interface MySqlServerWithToken extends MySqlAddress {
  /** User of the database who logs in with a token of IAM. */
  readonly user: string;
}

/** A MySQL, MariaDB or Aurora MySQL server, and who logs in there. Connections are encrypted. */
export class MySqlServer {
  /** A user with a password. */
  static withSecret(props: MySqlServerWithSecret): MySqlServer {
    return new MySqlServer(props, props.secret, null);
  }

  /**
   * A user of IAM database authentication:
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
   */
  static withToken(props: MySqlServerWithToken): MySqlServer {
    return new MySqlServer(props, null, props.user);
  }

  /** Where tasks run that talk to it. */
  readonly vpc?: TaskVpc;

  private constructor(
    private readonly address: MySqlAddress,
    private readonly secret: secretsmanager.ISecret | null,
    private readonly user: string | null,
  ) {
    this.vpc = address.vpc;
  }

  /**
   * What the tasks are told.
   *
   * @internal
   */
  render(scope: IConstruct): MySqlRef {
    const { host, port = 3306, region = Stack.of(scope).region } = this.address;
    return { host, port, secretArn: this.secret?.secretArn ?? null, user: this.user, region };
  }

  /** Lets a task log in. */
  grantConnect(grantee: iam.IGrantable & IConstruct): void {
    const { region } = this.render(grantee);
    if (this.secret) allowSecret(grantee, this.secret, region);
    if (this.user === null) return;
    const user = Stack.of(grantee).formatArn({
      service: 'rds-db',
      region,
      resource: 'dbuser',
      resourceName: `*/${this.user}`,
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
