// Namespace and workgroup of a serverless warehouse.

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../../types';
import type { WarehouseRoles } from '../../warehouse/roles';
import { integer, listOf, needed, read, refuse, structure, text } from '../members';
import { PageTokens } from '../page-tokens';
import { passRoles, SNAPSHOT_NAME, type Snapshot, Snapshots } from './snapshots';

const NAME = text(1, 255);
const ROLE = /^arn:[\w-]+:iam::\d{12}:role\/\S+$/;
const TAG = structure({ key: needed(text(1, 128)), value: needed(text(0, 256)) });
const SHAPES = {
  GetWorkgroup: { workgroupName: needed(NAME) },
  UpdateWorkgroup: { workgroupName: needed(NAME), baseCapacity: needed(integer(0, 100_000)) },
  GetNamespace: { namespaceName: needed(NAME) },
  UpdateNamespace: {
    namespaceName: needed(NAME),
    iamRoles: needed(listOf(needed(text(1, 2048, { pattern: ROLE })), 0)),
    defaultIamRoleArn: text(0, 2048),
  },
  CreateSnapshot: {
    namespaceName: needed(NAME),
    snapshotName: needed(text(1, 255, { pattern: SNAPSHOT_NAME })),
    retentionPeriod: integer(-1, 3653),
    tags: listOf(needed(TAG), 0, 200),
  },
  GetSnapshot: { snapshotName: needed(NAME) },
  ListSnapshots: { namespaceName: NAME, maxResults: integer(1, 100), nextToken: text(1, 2048) },
} as const;

const CHANGE_SECONDS = 120;

/** 4, 8 to 512 in steps of 8, from there to 1024 in steps of 32. */
const isCapacity = (rpus: number): boolean =>
  rpus === 4 || (rpus >= 8 && rpus <= 1024 && rpus % (rpus > 512 ? 32 : 8) === 0);

const conflict = (message: string) => new ServiceError('ConflictException', message);

/** The stand-in; there is one warehouse. */
export class RedshiftServerlessService implements Service {
  readonly target = 'RedshiftServerless';
  readonly protocol = 'json-1.1';
  private readonly snapshots: Snapshots;
  private readonly tokens: PageTokens;
  private capacity: number;
  private changingUntil = 0;

  constructor(
    private readonly roles: WarehouseRoles,
    private readonly clock: Clock,
  ) {
    this.snapshots = new Snapshots(clock, roles.warehouse.snapshots);
    this.tokens = new PageTokens(clock, 'ValidationException');
    this.capacity = roles.warehouse.baseCapacity ?? 128;
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { input } = request;
    switch (request.operation) {
      case 'GetWorkgroup':
        this.known(request, 'workgroup', read(input, SHAPES.GetWorkgroup).workgroupName);
        return this.workgroup;
      case 'UpdateWorkgroup':
        return this.updateWorkgroup(request);
      case 'GetNamespace':
        this.known(request, 'namespace', read(input, SHAPES.GetNamespace).namespaceName);
        return this.namespace;
      case 'UpdateNamespace':
        return this.updateNamespace(request);
      case 'CreateSnapshot':
        return this.createSnapshot(request);
      case 'GetSnapshot':
        return this.getSnapshot(request);
      case 'ListSnapshots':
        return this.listSnapshots(request);
      default:
        throw refuse(`${request.operation} is not rehearsed`);
    }
  }

  /** Names and ARNs; without names when the warehouse is a provisioned one. */
  private get names() {
    const { warehouse } = this.roles;
    const workgroup = warehouse.kind === 'serverless' ? warehouse.workgroup : undefined;
    const namespace = workgroup && (warehouse.namespace ?? workgroup);
    const arn = (kind: string) => warehouse.arn.replace(/:(workgroup\/|cluster:)/, `:${kind}/`);
    return { workgroup, namespace, arn };
  }

  /** Checks the right to a thing, and that there is one of this name in the region. */
  private known(request: ServiceRequest, kind: 'workgroup' | 'namespace', given: string): void {
    const { names } = this;
    const own = names.arn(kind);
    const found = names[kind] === given && own.split(':')[3] === request.region;
    const resource = found ? own : own.replace(/[^/]*$/, '*');
    request.authorize(`redshift-serverless:${request.operation}`, resource);
    if (!found) throw new ServiceError('ResourceNotFoundException', `${kind} ${given} not found`);
  }

  private get changing(): boolean {
    return this.clock.now() < this.changingUntil;
  }

  private get workgroup() {
    const { workgroup: workgroupName, namespace: namespaceName, arn } = this.names;
    const status = this.changing ? 'MODIFYING' : 'AVAILABLE';
    const names = { workgroupName, workgroupArn: arn('workgroup'), namespaceName };
    return { workgroup: { ...names, status, baseCapacity: this.capacity } };
  }

  private updateWorkgroup(request: ServiceRequest) {
    const { workgroupName, baseCapacity } = read(request.input, SHAPES.UpdateWorkgroup);
    this.known(request, 'workgroup', workgroupName);
    if (!isCapacity(baseCapacity)) throw refuse(`Invalid base capacity: ${baseCapacity}`);
    if (this.changing || this.roles.changing) {
      throw conflict(`There is an operation running on the workgroup ${workgroupName}`);
    }
    this.capacity = baseCapacity;
    const { capacitySeconds = CHANGE_SECONDS } = this.roles.warehouse;
    this.changingUntil = this.clock.now() + capacitySeconds * 1000;
    return this.workgroup;
  }

  private get namespace() {
    const { namespace: namespaceName, arn } = this.names;
    return {
      namespace: {
        namespaceName,
        namespaceArn: arn('namespace'),
        defaultIamRoleArn: this.roles.defaultRole,
        iamRoles: this.roles.all.map(
          ({ arn: role, status }) => `IamRole(applyStatus=${status}, iamRoleArn=${role})`,
        ),
        status: this.roles.changing ? 'MODIFYING' : 'AVAILABLE',
      },
    };
  }

  private updateNamespace(request: ServiceRequest) {
    const { namespaceName, iamRoles, defaultIamRoleArn } = read(
      request.input,
      SHAPES.UpdateNamespace,
    );
    this.known(request, 'namespace', namespaceName);
    passRoles(request, iamRoles, 'redshift-serverless.amazonaws.com');
    if (this.roles.changing) {
      throw conflict(`There is an operation running on the namespace ${namespaceName}`);
    }
    // Without a default role in the call the namespace has none any more.
    this.roles.defaultRole = defaultIamRoleArn;
    this.roles.set(iamRoles);
    return this.namespace;
  }

  private createSnapshot(request: ServiceRequest) {
    const { namespaceName, snapshotName } = read(request.input, SHAPES.CreateSnapshot);
    // Of what is not there yet the id is not known, but both types of resources are asked for.
    request.authorize('redshift-serverless:CreateSnapshot', this.snapshotArn(undefined));
    this.known(request, 'namespace', namespaceName);
    if (this.snapshots.named(snapshotName)) {
      throw conflict(`A snapshot with the name ${snapshotName} already exists`);
    }
    if (this.changing || this.roles.changing) throw conflict(`${namespaceName} is being modified`);
    return { snapshot: this.describe(this.snapshots.make(snapshotName)) };
  }

  private getSnapshot(request: ServiceRequest) {
    const { snapshotName } = read(request.input, SHAPES.GetSnapshot);
    const found = this.snapshots.named(snapshotName);
    request.authorize('redshift-serverless:GetSnapshot', this.snapshotArn(found));
    if (found) return { snapshot: this.describe(found) };
    throw new ServiceError('ResourceNotFoundException', `Snapshot ${snapshotName} not found`);
  }

  private listSnapshots(request: ServiceRequest) {
    const given = read(request.input, SHAPES.ListSnapshots);
    request.authorize('redshift-serverless:ListSnapshots', '*');
    const own = given.namespaceName ?? this.names.namespace;
    const all = own === this.names.namespace ? this.snapshots.all : [];
    const describe = (one: Snapshot) => this.describe(one);
    const { items, nextToken } = this.tokens.of('ListSnapshots', given, all, describe);
    return { snapshots: items, nextToken };
  }

  private snapshotArn(snapshot: Snapshot | undefined): string {
    return this.names.arn('snapshot').replace(/[^/]*$/, snapshot?.id ?? '*');
  }

  private describe(snapshot: Snapshot) {
    const { namespace: namespaceName, arn } = this.names;
    return {
      snapshotName: snapshot.name,
      snapshotArn: this.snapshotArn(snapshot),
      namespaceName,
      namespaceArn: arn('namespace'),
      snapshotCreateTime: new Date(snapshot.created).toISOString(),
      status: this.snapshots.status(snapshot),
    };
  }
}
