// EC2: where instances are, and what their security groups let in. Its protocol is one of its own.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/

import { type Service, ServiceError, type ServiceRequest } from '../types';

/** Member `ec2` of a scenario. */
export interface Ec2Data {
  readonly instances?: readonly {
    readonly id: string;
    readonly privateIp: string;
    readonly vpc: string;
    readonly subnet: string;
    readonly securityGroups: readonly string[];
    /** @default - none */
    readonly tags?: Readonly<Record<string, string>>;
    /** @default running */
    readonly state?: string;
  }[];
  readonly securityGroups?: readonly {
    readonly id: string;
    readonly vpc: string;
    /** What may come in: from groups and addresses, to ports (two are a range); without ports everything. */
    readonly ingress: readonly {
      readonly ports?: readonly [number, number?];
      readonly groups?: readonly string[];
      readonly cidrs?: readonly string[];
    }[];
  }[];
}

type Instance = NonNullable<Ec2Data['instances']>[number];
type Group = NonNullable<Ec2Data['securityGroups']>[number];

/** The stand-in; see the head of the file. */
export class Ec2Service implements Service {
  readonly target = 'ec2';
  readonly protocol = 'ec2';

  constructor(
    private readonly account: string,
    private readonly data: Ec2Data,
  ) {}

  async call({ operation, input, authorize }: ServiceRequest): Promise<Record<string, unknown>> {
    const { Action: _, Version: __, InstanceId, GroupId, ...more } = input;
    if (Object.keys(more).length > 0) {
      throw new ServiceError('InvalidParameterValue', `${Object.keys(more)} is not rehearsed`);
    }
    const { instances = [], securityGroups = [] } = this.data;
    switch (operation) {
      case 'DescribeInstances': {
        authorize('ec2:DescribeInstances', '*');
        const found = named(instances, InstanceId, 'InvalidInstanceID.NotFound', 'instance ID');
        return { reservationSet: found.map((one) => this.reservation(one)) };
      }
      case 'DescribeSecurityGroups': {
        authorize('ec2:DescribeSecurityGroups', '*');
        const found = named(securityGroups, GroupId, 'InvalidGroup.NotFound', 'security group');
        return { securityGroupInfo: found.map((one) => this.group(one)) };
      }
      default:
        throw new ServiceError('InvalidAction', `EC2 ${operation} is not rehearsed`);
    }
  }

  private reservation(instance: Instance): object {
    const { id, privateIp, vpc, subnet, securityGroups, tags = {}, state = 'running' } = instance;
    const described = {
      instanceId: id,
      instanceState: { code: state === 'running' ? 16 : 80, name: state },
      privateIpAddress: privateIp,
      vpcId: vpc,
      subnetId: subnet,
      groupSet: securityGroups.map((groupId) => ({ groupId, groupName: groupId })),
      tagSet: Object.entries(tags).map(([key, value]) => ({ key, value })),
    };
    const reservationId = id.replace('i-', 'r-');
    return { reservationId, ownerId: this.account, groupSet: [], instancesSet: [described] };
  }

  private group({ id, vpc, ingress }: Group): object {
    return {
      groupId: id,
      groupName: id,
      groupDescription: id,
      ownerId: this.account,
      vpcId: vpc,
      ipPermissions: ingress.map(({ ports, groups = [], cidrs = [] }) => ({
        ipProtocol: ports ? 'tcp' : '-1',
        fromPort: ports?.[0],
        toPort: ports && (ports[1] ?? ports[0]),
        groups: groups.map((groupId) => ({ userId: this.account, groupId })),
        ipRanges: cidrs.map((cidrIp) => ({ cidrIp })),
      })),
    };
  }
}

/** `InstanceId.1=…`: all without one, as on AWS refused when one of them is not there. */
function named<One extends { readonly id: string }>(
  all: readonly One[],
  asked: unknown,
  code: string,
  what: string,
): readonly One[] {
  if (asked === undefined) return all;
  return Object.values(asked as Record<string, string>).map((id) => {
    const found = all.find((one) => one.id === id);
    if (found) return found;
    throw new ServiceError(code, `The ${what} '${id}' does not exist`);
  });
}
