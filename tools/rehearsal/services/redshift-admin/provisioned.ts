// A provisioned cluster.

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../../types';
import type { WarehouseRoles } from '../../warehouse/roles';
import { Elements } from '../protocols';
import { passRoles, SNAPSHOT_NAME, type Snapshot, Snapshots } from './snapshots';

const OPERATIONS = [
  'DescribeClusters',
  'ModifyClusterIamRoles',
  'CreateClusterSnapshot',
  'DescribeClusterSnapshots',
];

const invalid = (message: string) => new ServiceError('InvalidParameterValue', message);

/** The stand-in; there is one warehouse. */
export class RedshiftService implements Service {
  readonly target = 'redshift';
  readonly protocol = 'query';
  private readonly snapshots: Snapshots;

  constructor(
    private readonly roles: WarehouseRoles,
    clock: Clock,
  ) {
    this.snapshots = new Snapshots(clock, roles.warehouse.snapshots);
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation } = request;
    if (!OPERATIONS.includes(operation)) {
      throw new ServiceError('InvalidAction', `Redshift ${operation} is not rehearsed`);
    }
    const name = textOf(request, 'ClusterIdentifier');
    const snapshot = textOf(request, 'SnapshotIdentifier');
    const [, , , region, account] = this.roles.warehouse.arn.split(':');
    const arn = (rest: string) => `arn:aws:redshift:${request.region}:${account}:${rest}`;
    const cluster = arn(`cluster:${name ?? '*'}`);
    const snapshotArn = arn(`snapshot:${name ?? '*'}/${snapshot ?? '*'}`);
    const about = operation.endsWith('Snapshots') ? [] : [cluster];
    for (const resource of operation.includes('Snapshot') ? [snapshotArn, ...about] : about) {
      request.authorize(`redshift:${operation}`, resource);
    }
    const { warehouse } = this.roles;
    const own = warehouse.kind === 'provisioned' ? warehouse.cluster : undefined;
    if (operation === 'DescribeClusterSnapshots') return this.describeSnapshots(name, snapshot);
    if (own === undefined || name !== own || region !== request.region) {
      throw new ServiceError('ClusterNotFound', `Cluster ${name} not found.`, 404);
    }
    if (operation === 'CreateClusterSnapshot') return this.createSnapshot(own, snapshot);
    if (operation === 'ModifyClusterIamRoles') this.modify(request);
    const Cluster = this.describe(own);
    return operation === 'DescribeClusters'
      ? { Clusters: new Elements('Cluster', [Cluster]) }
      : { Cluster };
  }

  private describe(ClusterIdentifier: string) {
    return {
      ClusterIdentifier,
      ClusterStatus: this.roles.changing ? 'modifying' : 'available',
      DefaultIamRoleArn: this.roles.defaultRole,
      IamRoles: new Elements(
        'ClusterIamRole',
        this.roles.all.map(({ arn, status }) => ({ IamRoleArn: arn, ApplyStatus: status })),
      ),
    };
  }

  private modify(request: ServiceRequest): void {
    const listed = (member: string): string[] => {
      const list = request.input[member] as { IamRoleArn?: Record<string, string> } | undefined;
      return Object.values(list?.IamRoleArn ?? {});
    };
    const [added, removed] = [listed('AddIamRoles'), listed('RemoveIamRoles')];
    passRoles(request, added, 'redshift.amazonaws.com');
    this.refuseBusy();
    const kept = this.roles.all.map(({ arn }) => arn).filter((arn) => !removed.includes(arn));
    this.roles.set([...kept, ...added]);
  }

  private createSnapshot(cluster: string, name = '') {
    if (!SNAPSHOT_NAME.test(name)) throw invalid(`The parameter SnapshotIdentifier is no name`);
    if (this.snapshots.named(name)) {
      throw new ServiceError('ClusterSnapshotAlreadyExists', `Snapshot ${name} already exists.`);
    }
    this.refuseBusy();
    return { Snapshot: this.describeSnapshot(cluster, this.snapshots.make(name)) };
  }

  private describeSnapshots(cluster: string | undefined, name: string | undefined) {
    const { warehouse } = this.roles;
    const own = warehouse.kind === 'provisioned' ? warehouse.cluster : '';
    const meant = this.snapshots.all.filter(
      (one) => (name ?? one.name) === one.name && (cluster ?? own) === own,
    );
    if (name !== undefined && meant.length === 0) {
      throw new ServiceError('ClusterSnapshotNotFound', `Snapshot ${name} not found.`, 404);
    }
    const described = meant.map((one) => this.describeSnapshot(own, one));
    return { Snapshots: new Elements('Snapshot', described) };
  }

  private describeSnapshot(ClusterIdentifier: string, snapshot: Snapshot) {
    return {
      SnapshotIdentifier: snapshot.name,
      ClusterIdentifier,
      SnapshotType: 'manual',
      SnapshotCreateTime: new Date(snapshot.created),
      Status: this.snapshots.status(snapshot).toLowerCase(),
    };
  }

  private refuseBusy(): void {
    if (!this.roles.changing) return;
    throw new ServiceError('InvalidClusterState', 'The cluster is being modified.');
  }
}

function textOf({ input }: ServiceRequest, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`The parameter ${member} is no text`);
}
