// The Tutor host as an account knows it: ssm:DescribeInstanceInformation and ec2:DescribeInstances, which read.

import { type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import {
  type InstanceInformation,
  paginateDescribeInstanceInformation,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { RefusedError, UsageError } from '../errors';
import type { Aws } from '../operate/aws';
import { ec2 } from './security-groups';

/** What EC2 and Systems Manager say of an instance. */
export interface Host {
  readonly id: string;
  readonly account: string;
  /** Tag Name. */
  readonly name?: string;
  readonly state: string;
  readonly privateIp?: string;
  readonly vpcId?: string;
  readonly subnetId?: string;
  readonly securityGroupIds: readonly string[];
  /** As Systems Manager has it: `Online`, `ConnectionLost`. @default - it does not know the instance */
  readonly ping?: string;
}

/** Who is looked for. */
interface Wanted {
  readonly instance?: string;
  readonly name?: string;
}

/** @throws RefusedError, UsageError when it is not there, or several may be meant */
export async function readHost(aws: Aws, wanted: Wanted): Promise<Host> {
  const nodes = await readNodes(aws);
  const hosts = await readHosts(aws, wanted.instance, nodes);
  if (wanted.instance !== undefined) return hosts[0]!;
  const managed = hosts.filter(({ ping, state }) => ping !== undefined && state !== 'terminated');
  const meant = managed.filter(({ name }) => wanted.name === undefined || name === wanted.name);
  if (meant.length === 1) return meant[0]!;
  const known = managed.map(({ id, name }) => (name === undefined ? id : `${id} (${name})`));
  const there = `Systems Manager knows ${known.join(', ') || 'no instance'} in this region`;
  if (meant.length > 1) throw new UsageError(`say with --instance which has Tutor: ${there}`);
  const named = wanted.name === undefined ? '' : `no instance is named ${wanted.name}: `;
  throw new RefusedError(`${named}${there}`);
}

async function readNodes(aws: Aws): Promise<ReadonlyMap<string, InstanceInformation>> {
  const client = aws.of('ssm', (settings) => new SSMClient(settings));
  const all: InstanceInformation[] = [];
  for await (const page of paginateDescribeInstanceInformation({ client }, { MaxResults: 50 })) {
    all.push(...(page.InstanceInformationList ?? []));
  }
  return new Map(all.map((one) => [one.InstanceId!, one]));
}

async function readHosts(
  aws: Aws,
  id: string | undefined,
  nodes: ReadonlyMap<string, InstanceInformation>,
): Promise<Host[]> {
  const asked = id === undefined ? {} : { InstanceIds: [id] };
  const hosts: Host[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2(aws) }, asked)) {
    for (const { OwnerId, Instances = [] } of page.Reservations ?? []) {
      hosts.push(
        ...Instances.map((one) => hostOf(one, OwnerId!, nodes.get(one.InstanceId!)?.PingStatus)),
      );
    }
  }
  return hosts;
}

const hostOf = (one: Instance, account: string, ping: string | undefined): Host => ({
  id: one.InstanceId!,
  account,
  name: one.Tags?.find(({ Key }) => Key === 'Name')?.Value,
  state: one.State?.Name ?? 'unknown',
  privateIp: one.PrivateIpAddress,
  vpcId: one.VpcId,
  subnetId: one.SubnetId,
  securityGroupIds: (one.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
  ping,
});
