// Who may reach a server, as its security groups say: ec2:DescribeSecurityGroups, which reads.

import { DescribeSecurityGroupsCommand, EC2Client, type SecurityGroup } from '@aws-sdk/client-ec2';
import type { Aws } from '../operate/aws';

/** Client of EC2. */
export const ec2 = (aws: Aws): EC2Client => aws.of('ec2', (settings) => new EC2Client(settings));

/** Groups by their ids; a few at a time, all in one answer. */
export async function readGroups(aws: Aws, ids: readonly string[]): Promise<SecurityGroup[]> {
  const GroupIds = [...new Set(ids)];
  if (GroupIds.length === 0) return [];
  const { SecurityGroups } = await ec2(aws).send(new DescribeSecurityGroupsCommand({ GroupIds }));
  return SecurityGroups ?? [];
}

/** What may come in to whoever is in all of these groups. */
export interface LetIn {
  readonly groups: readonly string[];
  /** Addresses are let in: whoever has one of them needs no group. */
  readonly cidrs: readonly string[];
}

/** Who is let in at a port by one of the groups `ids`. */
export function letIn(all: readonly SecurityGroup[], ids: readonly string[], port: number): LetIn {
  const rules = all
    .filter(({ GroupId }) => ids.includes(GroupId!))
    .flatMap(({ IpPermissions = [] }) => IpPermissions)
    .filter(
      ({ IpProtocol, FromPort = 0, ToPort = 65_535 }) =>
        (IpProtocol === '-1' || IpProtocol === 'tcp' || IpProtocol === '6') &&
        (IpProtocol === '-1' || (FromPort <= port && port <= ToPort)),
    );
  const groups = rules.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs);
  const cidrs = rules.flatMap(({ IpRanges = [] }) => IpRanges);
  return {
    groups: [...new Set(groups.flatMap(({ GroupId }) => GroupId ?? []))].sort(),
    cidrs: [...new Set(cidrs.flatMap(({ CidrIp }) => CidrIp ?? []))].sort(),
  };
}
