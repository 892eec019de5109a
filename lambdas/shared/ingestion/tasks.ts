// Tasks of an ECS service, the container instances they run on, and the targets they are.

import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  paginateListContainerInstances,
  paginateListTasks,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IngestionClients } from './clients';

/** A container instance of the cluster. */
export interface ContainerInstance {
  readonly arn: string;
  /** Id of its EC2 instance. */
  readonly instance: string;
  /** Gets new tasks; otherwise it is draining, or has not finished registering. */
  readonly active: boolean;
  readonly draining: boolean;
}

/** ECS describes so many at once. */
const MOST = 100;

export const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );

/** A task of the cluster, as long as it is there. */
export interface ClusterTask {
  readonly arn: string;
  /** `service:<name>` of a service's task. */
  readonly group: string;
  readonly running: boolean;
  /** It was told to stop: requests on their way are still served, events still sent. */
  readonly stopping: boolean;
  readonly addresses: readonly string[];
  /** ARN of the container instance; undefined while there is no room for it. */
  readonly on?: string;
}

/**
 * All tasks of a cluster. Neither the list of tasks nor the counts of a container instance show those
 * that are stopping, unless they are asked for.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
 */
export async function tasksOf(
  { ecs: client }: IngestionClients,
  cluster: string,
): Promise<ClusterTask[]> {
  const arns: string[] = [];
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    for await (const page of paginateListTasks({ client }, { cluster, desiredStatus })) {
      arns.push(...(page.taskArns ?? []));
    }
  }
  // One that is told to stop between the two lists is on both.
  const answers = await Promise.all(
    chunks([...new Set(arns)], MOST).map((tasks) =>
      client.send(new DescribeTasksCommand({ cluster, tasks })),
    ),
  );
  return answers
    .flatMap(({ tasks = [] }) => tasks)
    .filter(({ lastStatus }) => lastStatus !== 'STOPPED' && lastStatus !== 'DELETED')
    .map((task) => ({
      arn: task.taskArn!,
      group: task.group ?? '',
      running: task.lastStatus === 'RUNNING' && task.desiredStatus !== 'STOPPED',
      stopping: task.desiredStatus === 'STOPPED',
      addresses: addressesOf(task),
      on: task.containerInstanceArn,
    }));
}

/** In network mode awsvpc a task is a target by its own address, otherwise by that of its instance. */
const addressesOf = ({ attachments = [] }: Task): string[] =>
  attachments
    .flatMap(({ details = [] }) => details)
    .flatMap(({ name, value }) => (name === 'privateIPv4Address' && value ? [value] : []));

/** Container instances in every state but INACTIVE. */
export async function containersOf(
  { ecs: client }: IngestionClients,
  cluster: string,
): Promise<ContainerInstance[]> {
  const arns: string[] = [];
  for await (const page of paginateListContainerInstances({ client }, { cluster })) {
    arns.push(...(page.containerInstanceArns ?? []));
  }
  const answers = await Promise.all(
    chunks(arns, MOST).map((containerInstances) =>
      client.send(new DescribeContainerInstancesCommand({ cluster, containerInstances })),
    ),
  );
  return answers
    .flatMap(({ containerInstances = [] }) => containerInstances)
    .map((one) => ({
      arn: one.containerInstanceArn!,
      instance: one.ec2InstanceId ?? '',
      active: one.status === 'ACTIVE',
      draining: one.status === 'DRAINING',
    }));
}

/** Tells whether a task with these addresses is healthy in every target group of the service. */
export async function healthyTargets(
  { targets }: IngestionClients,
  { loadBalancers = [] }: Service,
): Promise<(addresses: readonly string[]) => boolean> {
  const groups = loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const answers = await Promise.all(
    groups.map((TargetGroupArn) =>
      targets.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
    ),
  );
  const healthy = answers.map(({ TargetHealthDescriptions: all = [] }) =>
    all.flatMap(({ Target, TargetHealth }) =>
      TargetHealth?.State === 'healthy' ? (Target?.Id ?? []) : [],
    ),
  );
  return (addresses) => healthy.every((ids) => addresses.some((address) => ids.includes(address)));
}
