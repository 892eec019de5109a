// Ingestion servers as they stand: instances of an Auto Scaling group, tasks of an ECS service on them,
// and which of the tasks get requests.

import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeWarmPoolCommand,
  type Instance,
  type LaunchTemplateSpecification,
  type WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs';
import type { IngestionClients } from './clients';
import { type ContainerInstance, containersOf, healthyTargets, tasksOf } from './tasks';

/** Where the servers are. */
export interface ServersRef {
  readonly cluster: string;
  /** ARN of the ECS service. */
  readonly service: string;
  /** Name of the Auto Scaling group. */
  readonly group: string;
}

/** A task of the service. */
export interface ServingTask {
  readonly arn: string;
  /** It runs, and the load balancer sends it requests. */
  readonly healthy: boolean;
}

/** An instance of the group that is not on its way out. */
export interface Server {
  readonly id: string;
  /** Made of another launch configuration or template than the group's of now. */
  readonly old: boolean;
  readonly inService: boolean;
  /** Null until its agent has registered with the cluster. */
  readonly container: ContainerInstance | null;
  /** No task of any service is on it, none that is stopping either. */
  readonly empty: boolean;
  /** Tasks of the service on it that are not stopping. */
  readonly tasks: readonly ServingTask[];
}

/** All there is to see. */
export interface Servers {
  readonly group: Required<Pick<AutoScalingGroup, 'MinSize' | 'MaxSize' | 'DesiredCapacity'>>;
  readonly service: Service;
  readonly servers: readonly Server[];
  /** Old instances that are still in the group, those on their way out as well. */
  readonly oldLeft: number;
  readonly warmPool?: WarmPoolConfiguration;
  readonly oldWarm: number;
  /** All tasks that are not stopping, placed or not. */
  readonly tasks: readonly ServingTask[];
}

/** Looks at everything; undefined when group or service do not exist. */
export async function readServers(
  clients: IngestionClients,
  { cluster, service: serviceArn, group: AutoScalingGroupName }: ServersRef,
): Promise<Servers | undefined> {
  const [{ AutoScalingGroups }, { services }] = await Promise.all([
    clients.groups.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
    ),
    clients.ecs.send(new DescribeServicesCommand({ cluster, services: [serviceArn] })),
  ]);
  const group = AutoScalingGroups?.[0];
  const service = services?.find(({ status }) => status === 'ACTIVE');
  if (!group || !service) return undefined;
  const [tasks, containers, healthy, pool] = await Promise.all([
    tasksOf(clients, cluster),
    containersOf(clients, cluster),
    healthyTargets(clients, service),
    clients.groups.send(new DescribeWarmPoolCommand({ AutoScalingGroupName })),
  ]);
  const own = tasks.filter((task) => task.group === `service:${service.serviceName}`);
  const serving = own
    .filter(({ stopping }) => !stopping)
    .map(({ arn, running, addresses, on }) => {
      const instance = containers.find((one) => one.arn === on)?.instance ?? '';
      return { arn, on, healthy: running && healthy([...addresses, instance]) };
    });
  const members = group.Instances ?? [];
  const current = templateOf(group, group);
  const old = (instance: Instance) => !isOf(templateOf(instance, {}), current);
  const servers = members
    .filter(({ LifecycleState = '' }) => !/^(Terminat|Detach)/.test(LifecycleState))
    .map((instance): Server => {
      const container = containers.find((one) => one.instance === instance.InstanceId) ?? null;
      return {
        id: instance.InstanceId!,
        old: old(instance),
        inService: instance.LifecycleState === 'InService',
        container,
        empty: !tasks.some(({ on }) => on !== undefined && on === container?.arn),
        tasks: serving.filter(({ on }) => on !== undefined && on === container?.arn),
      };
    });
  const { MinSize = 0, MaxSize = 0, DesiredCapacity = 0 } = group;
  return {
    group: { MinSize, MaxSize, DesiredCapacity },
    service,
    servers,
    oldLeft: members.filter(old).length,
    warmPool: pool.WarmPoolConfiguration,
    oldWarm: (pool.Instances ?? []).filter(old).length,
    tasks: serving,
  };
}

/** What instances are, or were, made of: one of the two. */
interface Made {
  readonly configuration?: string;
  readonly template?: LaunchTemplateSpecification;
}

function templateOf(
  {
    LaunchConfigurationName,
    LaunchTemplate,
  }: Pick<Instance, 'LaunchConfigurationName' | 'LaunchTemplate'>,
  { MixedInstancesPolicy }: Pick<AutoScalingGroup, 'MixedInstancesPolicy'>,
): Made {
  const mixed = MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return { configuration: LaunchConfigurationName, template: LaunchTemplate ?? mixed };
}

/** A group's version may be `$Latest`, which says nothing about an instance: then the template alone decides. */
function isOf(own: Made, current: Made): boolean {
  const { LaunchTemplateId: id, Version: version = '' } = current.template ?? {};
  if (id === undefined) return own.configuration === current.configuration;
  const moves = version.startsWith('$');
  return own.template?.LaunchTemplateId === id && (moves || own.template.Version === version);
}

/** Tasks that get requests on servers that stay: of the group's template, in service, not draining. */
export const freshTasks = ({ servers }: Servers): ServingTask[] =>
  servers
    .filter(({ old, inService, container }) => !old && inService && container?.active)
    .flatMap(({ tasks }) => tasks.filter(({ healthy }) => healthy));

/** True when the service has what it wants, and no deployment is under way. */
export const isSteady = ({ service, tasks }: Servers): boolean =>
  service.deployments?.length === 1 &&
  service.runningCount === service.desiredCount &&
  service.pendingCount === 0 &&
  tasks.filter(({ healthy }) => healthy).length === service.desiredCount;
