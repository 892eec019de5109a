import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { WarehouseTarget } from '../../lambdas/shared/warehouse-target';
import { acknowledgeWildcards, allow, allowSecret } from '../platform/allow';

/** Services that assume the roles of a warehouse. */
const PRINCIPALS = ['redshift.amazonaws.com', 'redshift-serverless.amazonaws.com'].map((name) =>
  iam.ServicePrincipal.servicePrincipalName(name),
);

const UNKNOWN_IDS = 'The ids of workgroup, namespace and snapshot are not known, only their names.';

/** Who a warehouse is for a step, whichever kind it is. */
export interface WarehouseAccess {
  /** Database the statements run in. */
  readonly database: string;

  /**
   * Role to assume for every call. Statements belong to the role that submits them; give the one
   * that owns the tables.
   *
   * @default - the task's own role calls the Data API
   */
  readonly role?: iam.IRole;

  /**
   * Secret with user name and password of the database user.
   *
   * @default - the database user follows from the calling IAM role
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Region of the warehouse.
   *
   * @default - the stack's region
   */
  readonly region?: string;
}

/** Properties of {@link Warehouse.serverless}. */
export interface ServerlessWarehouse extends WarehouseAccess {
  /** Name of the Redshift Serverless workgroup. */
  readonly workgroup: string;

  /**
   * Id of the workgroup, the last part of its ARN.
   *
   * @default - the policy allows every workgroup of the account, because the ARN cannot be known
   */
  readonly workgroupId?: string;
}

/** Properties of {@link Warehouse.provisioned}. */
export interface ProvisionedWarehouse extends WarehouseAccess {
  /** Identifier of the cluster. */
  readonly cluster: string;

  /**
   * Database user to get temporary credentials for.
   *
   * @default - the user that follows from the calling IAM role
   */
  readonly dbUser?: string;
}

/** A Redshift warehouse that steps run statements in, with the rights that takes. */
export class Warehouse {
  /** A Redshift Serverless workgroup. */
  static serverless(props: ServerlessWarehouse): Warehouse {
    const { workgroup, database, region, role, secret } = props;
    return new Warehouse(
      { workgroup, database, region, roleArn: role?.roleArn, secretArn: secret?.secretArn },
      props,
    );
  }

  /** A provisioned cluster. */
  static provisioned(props: ProvisionedWarehouse): Warehouse {
    const { cluster, dbUser, database, region, role, secret } = props;
    return new Warehouse(
      { cluster, dbUser, database, region, roleArn: role?.roleArn, secretArn: secret?.secretArn },
      props,
    );
  }

  private constructor(
    /** What the tasks are told. */
    readonly target: WarehouseTarget,
    private readonly props: WarehouseAccess & { workgroupId?: string },
  ) {}

  /** Lets a task run, follow, read, find and cancel statements. */
  grantStatements(grantee: iam.IGrantable & IConstruct): void {
    const { role, secret } = this.props;
    if (role) {
      allow(grantee, ['sts:AssumeRole'], [role.roleArn]);
      return;
    }
    if (secret) allowSecret(grantee, secret, this.target.region);
    const reason =
      'The id of the workgroup is not known, only its name; give workgroupId to narrow this.';
    allow(grantee, ['redshift-data:ExecuteStatement'], [this.arn(grantee)], reason);
    allow(
      grantee,
      [
        'redshift-data:DescribeStatement',
        'redshift-data:GetStatementResult',
        'redshift-data:CancelStatement',
        'redshift-data:ListStatements',
      ],
      ['*'],
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
      'These actions know no resource; the service shows a role its own statements only.',
    );
    if (!secret) this.grantCredentials(grantee, reason);
  }

  /** Lets a task that may run statements also run several in one transaction. */
  grantTransactions(grantee: iam.IGrantable & IConstruct): void {
    if (this.props.role) return;
    const reason = 'The id of the workgroup is not known, only its name.';
    allow(grantee, ['redshift-data:BatchExecuteStatement'], [this.arn(grantee)], reason);
  }

  /**
   * Lets a task associate a role with the warehouse, by its own rights. A namespace's list of roles is
   * replaced as a whole, so that those it has are passed again.
   */
  grantRoleAssociation(grantee: iam.IGrantable & IConstruct, role: iam.IRole): void {
    if (this.target.workgroup === undefined) {
      const actions = ['redshift:DescribeClusters', 'redshift:ModifyClusterIamRoles'];
      allow(grantee, actions, [this.arn(grantee)]);
      this.grantPassRole(grantee, role.roleArn);
      return;
    }
    allow(grantee, ['redshift-serverless:GetWorkgroup'], [this.arn(grantee)], UNKNOWN_IDS);
    const namespaces = this.format(grantee, 'redshift-serverless', 'namespace', '*');
    const actions = ['redshift-serverless:GetNamespace', 'redshift-serverless:UpdateNamespace'];
    allow(grantee, actions, [namespaces], UNKNOWN_IDS);
    const roles = Stack.of(grantee).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: '*',
    });
    this.grantPassRole(grantee, roles);
    acknowledgeWildcards(
      grantee,
      [roles],
      'The roles a namespace has are passed again with ours, and are known when the runbook runs; the condition keeps them with Redshift.',
    );
  }

  /** Lets a task ask which roles the warehouse works with, by its own rights. */
  grantRoleList(grantee: iam.IGrantable & IConstruct): void {
    if (this.target.workgroup === undefined) {
      allow(grantee, ['redshift:DescribeClusters'], [this.arn(grantee)]);
      return;
    }
    allow(grantee, ['redshift-serverless:GetWorkgroup'], [this.arn(grantee)], UNKNOWN_IDS);
    const namespaces = this.format(grantee, 'redshift-serverless', 'namespace', '*');
    allow(grantee, ['redshift-serverless:GetNamespace'], [namespaces], UNKNOWN_IDS);
  }

  /** Lets a task read and change the base capacity of a serverless workgroup, by its own rights. */
  grantCapacity(grantee: iam.IGrantable & IConstruct): void {
    const actions = ['redshift-serverless:GetWorkgroup', 'redshift-serverless:UpdateWorkgroup'];
    allow(grantee, actions, [this.arn(grantee)], UNKNOWN_IDS);
  }

  /** Lets a task make snapshots whose names begin with `runbook-` and follow them, by its own rights. */
  grantSnapshots(grantee: iam.IGrantable & IConstruct): void {
    const { workgroup, cluster } = this.target;
    if (workgroup === undefined) {
      const snapshots = this.format(grantee, 'redshift', `snapshot:${cluster}`, 'runbook-*');
      const named = 'The run whose snapshot it is stands at the end of its name.';
      allow(grantee, ['redshift:CreateClusterSnapshot'], [this.arn(grantee), snapshots], named);
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshift.html
      const reason = 'This action knows no resource.';
      allow(grantee, ['redshift:DescribeClusterSnapshots'], ['*'], reason);
      return;
    }
    const service = 'redshift-serverless';
    allow(grantee, ['redshift-serverless:GetWorkgroup'], [this.arn(grantee)], UNKNOWN_IDS);
    const snapshots = this.format(grantee, service, 'snapshot', '*');
    const namespaces = this.format(grantee, service, 'namespace', '*');
    const actions = ['redshift-serverless:CreateSnapshot', 'redshift-serverless:GetSnapshot'];
    // The ARN of a snapshot ends in an id, not in its name.
    allow(grantee, actions, [snapshots, namespaces], UNKNOWN_IDS);
  }

  /** https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html */
  private grantPassRole(grantee: iam.IGrantable & IConstruct, resource: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [resource],
        conditions: {
          StringEquals: {
            'iam:PassedToService': PRINCIPALS,
          },
        },
      }),
    );
  }

  /** ARN in the warehouse's region. */
  private format(
    scope: IConstruct,
    service: string,
    resource: string,
    resourceName: string,
  ): string {
    const region = this.target.region ?? Aws.REGION;
    return Stack.of(scope).formatArn({ service, region, resource, resourceName });
  }

  private arn(scope: IConstruct): string {
    const { workgroup, cluster } = this.target;
    return Stack.of(scope).formatArn({
      service: workgroup === undefined ? 'redshift' : 'redshift-serverless',
      resource: workgroup === undefined ? 'cluster' : 'workgroup',
      resourceName: cluster ?? this.props.workgroupId ?? '*',
      arnFormat:
        workgroup === undefined ? ArnFormat.COLON_RESOURCE_NAME : ArnFormat.SLASH_RESOURCE_NAME,
      region: this.target.region ?? Aws.REGION,
    });
  }

  private grantCredentials(grantee: iam.IGrantable & IConstruct, reason: string): void {
    const { workgroup, cluster, dbUser, database } = this.target;
    const part = (resource: string, name: string) =>
      Stack.of(grantee).formatArn({
        service: 'redshift',
        resource: `${resource}:${cluster}`,
        resourceName: name,
        region: this.target.region ?? Aws.REGION,
      });
    if (workgroup !== undefined) {
      allow(grantee, ['redshift-serverless:GetCredentials'], [this.arn(grantee)], reason);
    } else if (dbUser === undefined) {
      allow(grantee, ['redshift:GetClusterCredentialsWithIAM'], [part('dbname', database)]);
    } else {
      const resources = [part('dbname', database), part('dbuser', dbUser)];
      allow(grantee, ['redshift:GetClusterCredentials'], resources);
    }
  }
}
