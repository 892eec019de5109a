// Stand-ins for the administration of a warehouse: which IAM roles it may work with.
// https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/
// https://docs.aws.amazon.com/redshift/latest/APIReference/

import { type Service, ServiceError, type ServiceRequest } from '../types';
import type { WarehouseRoles } from '../warehouse/roles';
import { Elements } from './protocols';

function passRoles(request: ServiceRequest, roles: readonly string[], service: string): void {
  for (const role of roles) {
    request.authorize('iam:PassRole', role, { 'iam:PassedToService': service });
  }
}

/** Namespace and workgroup of a serverless warehouse. */
export class RedshiftServerlessService implements Service {
  readonly target = 'RedshiftServerless';
  readonly protocol = 'json-1.1';

  constructor(private readonly roles: WarehouseRoles) {}

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, input } = request;
    const { warehouse } = this.roles;
    const workgroup = warehouse.kind === 'serverless' ? warehouse.workgroup : undefined;
    const namespace = workgroup && (warehouse.namespace ?? workgroup);
    const namespaceArn = warehouse.arn.replace(/:workgroup\//, ':namespace/');
    const known = (given: unknown, own: string | undefined, what: string, arn: string) => {
      const found = own !== undefined && given === own;
      request.authorize(
        `redshift-serverless:${operation}`,
        found ? arn : arn.replace(/[^/]*$/, '*'),
      );
      if (found) return;
      throw new ServiceError('ResourceNotFoundException', `${what} ${given} not found`);
    };
    if (operation === 'GetWorkgroup') {
      known(input.workgroupName, workgroup, 'Workgroup', warehouse.arn);
      const { arn: workgroupArn } = warehouse;
      const status = 'AVAILABLE';
      return {
        workgroup: { workgroupName: workgroup, workgroupArn, namespaceName: namespace, status },
      };
    }
    if (operation !== 'GetNamespace' && operation !== 'UpdateNamespace') {
      throw new ServiceError('ValidationException', `${operation} is not rehearsed`);
    }
    known(input.namespaceName, namespace, 'Namespace', namespaceArn);
    if (operation === 'UpdateNamespace') this.update(request);
    return {
      namespace: {
        namespaceName: namespace,
        namespaceArn,
        defaultIamRoleArn: this.roles.defaultRole,
        iamRoles: this.roles.all.map(
          ({ arn, status }) => `IamRole(applyStatus=${status}, iamRoleArn=${arn})`,
        ),
        status: this.roles.changing ? 'MODIFYING' : 'AVAILABLE',
      },
    };
  }

  private update(request: ServiceRequest): void {
    const { namespaceName, iamRoles, defaultIamRoleArn, ...others } = request.input;
    if (Object.keys(others).length > 0) {
      const names = Object.keys(others).join(', ');
      throw new ServiceError('ValidationException', `${names} of a namespace is not rehearsed`);
    }
    if (!Array.isArray(iamRoles)) {
      throw new ServiceError('ValidationException', 'iamRoles are needed');
    }
    const wrong = iamRoles.find((arn) => !/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(String(arn)));
    if (wrong !== undefined) {
      throw new ServiceError('ValidationException', `Invalid IAM role ARN: ${String(wrong)}`);
    }
    passRoles(request, iamRoles, 'redshift-serverless.amazonaws.com');
    if (this.roles.changing) {
      const message = `There is an operation running on the namespace ${String(namespaceName)}`;
      throw new ServiceError('ConflictException', message);
    }
    // Without a default role in the call the namespace has none any more.
    this.roles.defaultRole = defaultIamRoleArn as string | undefined;
    this.roles.set(iamRoles);
  }
}

/** A provisioned cluster. */
export class RedshiftService implements Service {
  readonly target = 'redshift';
  readonly protocol = 'query';

  constructor(private readonly roles: WarehouseRoles) {}

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, input } = request;
    const { warehouse } = this.roles;
    if (operation !== 'DescribeClusters' && operation !== 'ModifyClusterIamRoles') {
      throw new ServiceError('InvalidAction', `Redshift ${operation} is not rehearsed`);
    }
    const [, , , region, account] = warehouse.arn.split(':');
    const own = `arn:aws:redshift:${region}:${account}:cluster:${String(input.ClusterIdentifier)}`;
    request.authorize(`redshift:${operation}`, own);
    if (warehouse.kind !== 'provisioned' || input.ClusterIdentifier !== warehouse.cluster) {
      const message = `Cluster ${String(input.ClusterIdentifier)} not found.`;
      throw new ServiceError('ClusterNotFound', message, 404);
    }
    if (operation === 'ModifyClusterIamRoles') this.modify(request);
    const cluster = {
      ClusterIdentifier: warehouse.cluster,
      ClusterStatus: this.roles.changing ? 'modifying' : 'available',
      DefaultIamRoleArn: this.roles.defaultRole,
      IamRoles: new Elements(
        'ClusterIamRole',
        this.roles.all.map(({ arn, status }) => ({ IamRoleArn: arn, ApplyStatus: status })),
      ),
    };
    return operation === 'DescribeClusters'
      ? { Clusters: new Elements('Cluster', [cluster]) }
      : { Cluster: cluster };
  }

  private modify(request: ServiceRequest): void {
    const listed = (member: string): string[] => {
      const list = request.input[member] as { IamRoleArn?: Record<string, string> } | undefined;
      return Object.values(list?.IamRoleArn ?? {});
    };
    const [added, removed] = [listed('AddIamRoles'), listed('RemoveIamRoles')];
    passRoles(request, added, 'redshift.amazonaws.com');
    if (this.roles.changing) {
      throw new ServiceError('InvalidClusterState', 'The cluster is being modified.');
    }
    const kept = this.roles.all.map(({ arn }) => arn).filter((arn) => !removed.includes(arn));
    this.roles.set([...kept, ...added]);
  }
}
