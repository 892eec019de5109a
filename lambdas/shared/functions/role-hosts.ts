// The IAM roles of a warehouse, which it assumes for its statements: a list on a serverless namespace,
// single additions on a provisioned cluster. This file knows both APIs and nothing of runs.

import type { RedshiftClient } from '@aws-sdk/client-redshift';
import { DescribeClustersCommand, ModifyClusterIamRolesCommand } from '@aws-sdk/client-redshift';
import {
  GetNamespaceCommand,
  GetWorkgroupCommand,
  type RedshiftServerlessClient,
  UpdateNamespaceCommand,
} from '@aws-sdk/client-redshift-serverless';
import { ExternalFunctionError } from '../errors';

/** What a look at the roles shows. */
export interface RolesSeen {
  /** Namespace or cluster, for people. */
  readonly host: string;
  readonly roles: readonly string[];
  /** The role new statements use when they name none. */
  readonly defaultRole?: string;
  /** `in-sync`: it can be used. `applying`: it is on its way in or out. */
  readonly ours: 'in-sync' | 'applying' | 'absent';
  /** Another change is under way; a new one would be refused. */
  readonly busy: boolean;
}

export interface RoleHost {
  look(): Promise<RolesSeen>;
  /** Adds our role to those seen. A list that is replaced keeps all of them. */
  add(seen: RolesSeen): Promise<void>;
}

/**
 * Entries are `IamRole(applyStatus=in-sync, iamRoleArn=arn:…)`, the members in either order, where the
 * API reference says ARNs: both are read, ARNs are written.
 * https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_Namespace.html
 */
export function parseRole(entry: string): { arn: string; status: string } {
  const arn = /arn:[^,)\s]+/.exec(entry)?.[0];
  if (arn === undefined) {
    throw new ExternalFunctionError(`the namespace lists a role that is no ARN: ${entry}`);
  }
  return { arn, status: /applyStatus=([\w-]+)/.exec(entry)?.[1] ?? 'in-sync' };
}

const stateOf = (status: string | undefined): RolesSeen['ours'] =>
  status === undefined ? 'absent' : status === 'in-sync' ? 'in-sync' : 'applying';

/** Roles of a workgroup's namespace. */
export class NamespaceRoles implements RoleHost {
  private namespace?: string;

  constructor(
    private readonly client: Pick<RedshiftServerlessClient, 'send'>,
    private readonly workgroup: string,
    private readonly ours: string,
  ) {}

  async look(): Promise<RolesSeen> {
    this.namespace ??= await this.namespaceName();
    const { namespace } = await this.client.send(
      new GetNamespaceCommand({ namespaceName: this.namespace }),
    );
    const roles = (namespace?.iamRoles ?? []).map(parseRole);
    const status = namespace?.status;
    if (status !== 'AVAILABLE' && status !== 'MODIFYING') {
      throw new ExternalFunctionError(`namespace ${this.namespace} is ${status ?? 'gone'}`);
    }
    return {
      host: `namespace ${this.namespace}`,
      roles: roles.map(({ arn }) => arn),
      defaultRole: namespace?.defaultIamRoleArn || undefined,
      ours: stateOf(roles.find(({ arn }) => arn === this.ours)?.status),
      busy: status === 'MODIFYING',
    };
  }

  async add({ roles, defaultRole }: RolesSeen): Promise<void> {
    await this.client.send(
      new UpdateNamespaceCommand({
        namespaceName: this.namespace!,
        iamRoles: [...new Set([...roles, this.ours])],
        // The two are updated together: left out, the default might be taken away.
        defaultIamRoleArn: defaultRole,
      }),
    );
  }

  private async namespaceName(): Promise<string> {
    const { workgroup } = await this.client.send(
      new GetWorkgroupCommand({ workgroupName: this.workgroup }),
    );
    return workgroup!.namespaceName!;
  }
}

/** Roles of a provisioned cluster. */
export class ClusterRoles implements RoleHost {
  constructor(
    private readonly client: Pick<RedshiftClient, 'send'>,
    private readonly cluster: string,
    private readonly ours: string,
  ) {}

  async look(): Promise<RolesSeen> {
    const { Clusters } = await this.client.send(
      new DescribeClustersCommand({ ClusterIdentifier: this.cluster }),
    );
    const { ClusterStatus, IamRoles = [], DefaultIamRoleArn } = Clusters?.[0] ?? {};
    if (ClusterStatus === undefined || /^(paused|deleting|final-snapshot)/.test(ClusterStatus)) {
      throw new ExternalFunctionError(
        `cluster ${this.cluster} is ${ClusterStatus ?? 'gone'}; resume it, then redrive`,
      );
    }
    const role = IamRoles.find(({ IamRoleArn }) => IamRoleArn === this.ours);
    return {
      host: `cluster ${this.cluster}`,
      roles: IamRoles.map(({ IamRoleArn }) => IamRoleArn!),
      defaultRole: DefaultIamRoleArn,
      ours: stateOf(role && (role.ApplyStatus ?? 'in-sync')),
      // https://docs.aws.amazon.com/redshift/latest/mgmt/rs-mgmt-cluster-status.html
      busy: !ClusterStatus.startsWith('available'),
    };
  }

  async add(): Promise<void> {
    await this.client.send(
      new ModifyClusterIamRolesCommand({
        ClusterIdentifier: this.cluster,
        AddIamRoles: [this.ours],
      }),
    );
  }
}
