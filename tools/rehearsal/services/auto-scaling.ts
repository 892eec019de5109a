// EC2 Auto Scaling for groups of servers. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/

import { type Service, ServiceError, type ServiceRequest } from '../types';
import type { Fleet } from './servers/fleet';
import type { Group, Template } from './servers/group';

const refuse = (message: string, code = 'ValidationError') => new ServiceError(code, message);
const number = (value: unknown) => (value === undefined ? undefined : Number(value));

const describeTemplate = ({ launchConfiguration, launchTemplate }: Template) => ({
  LaunchConfigurationName: launchConfiguration,
  LaunchTemplate: launchTemplate && {
    LaunchTemplateId: launchTemplate.id,
    Version: launchTemplate.version,
  },
});

const describeInstances = (instances: Group['instances']) =>
  instances.map(({ id, lifecycle, template }) => ({
    InstanceId: id,
    LifecycleState: lifecycle,
    HealthStatus: 'Healthy',
    ...describeTemplate(template),
  }));

/** The stand-in; see the head of the file. */
export class AutoScalingService implements Service {
  readonly target = 'autoscaling';
  readonly protocol = 'query';

  constructor(private readonly fleets: readonly Fleet[]) {}

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, input, region } = request;
    const action = `autoscaling:${operation}`;
    const here = this.fleets.filter((one) => one.region === region);
    if (operation === 'DescribeAutoScalingGroups') {
      request.authorize(action, '*');
      const names = input.AutoScalingGroupNames;
      const asked = here.filter(({ group }) => !Array.isArray(names) || names.includes(group.name));
      return { AutoScalingGroups: asked.map(({ group }) => describe(group)) };
    }
    const fleet = here.find(({ group }) =>
      operation === 'TerminateInstanceInAutoScalingGroup'
        ? group.instances.some(({ id }) => id === input.InstanceId)
        : group.name === input.AutoScalingGroupName,
    );
    const arn = `autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/${fleet?.group.name}`;
    const readOnly = operation === 'DescribeWarmPool';
    request.authorize(action, fleet && !readOnly ? fleet.arn('autoscaling', arn) : '*');
    if (!fleet) throw refuse('AutoScalingGroup or instance not found');
    const answer = change(fleet.group, operation, input);
    fleet.settle();
    return answer;
  }
}

function change(group: Group, operation: string, input: ServiceRequest['input']) {
  switch (operation) {
    case 'DescribeWarmPool':
      return { WarmPoolConfiguration: poolOf(group), Instances: describeInstances(group.warm) };
    case 'UpdateAutoScalingGroup':
      group.resize(number(input.MinSize), number(input.MaxSize), number(input.DesiredCapacity));
      return {};
    case 'PutWarmPool': {
      const { MaxGroupPreparedCapacity, MinSize, InstanceReusePolicy } = input;
      const { ReuseOnScaleIn } = (InstanceReusePolicy ?? {}) as Record<string, string>;
      group.putPool({
        minSize: number(MinSize) ?? 0,
        maxPrepared: number(MaxGroupPreparedCapacity),
        reuse: ReuseOnScaleIn === 'true',
      });
      return {};
    }
    case 'DeleteWarmPool':
      group.deletePool();
      return {};
    case 'TerminateInstanceInAutoScalingGroup':
      group.terminate(String(input.InstanceId), input.ShouldDecrementDesiredCapacity === 'true');
      return {};
    default:
      throw refuse(`Auto Scaling ${operation} is not rehearsed`, 'InvalidAction');
  }
}

const describe = (group: Group) => ({
  AutoScalingGroupName: group.name,
  MinSize: group.min,
  MaxSize: group.max,
  DesiredCapacity: group.desired,
  ...describeTemplate(group.template),
  Instances: describeInstances(group.instances.filter((one) => !group.warm.includes(one))),
});

const poolOf = ({ pool }: Group) =>
  pool && {
    MinSize: pool.minSize,
    MaxGroupPreparedCapacity: pool.maxPrepared,
    PoolState: 'Stopped',
    InstanceReusePolicy: { ReuseOnScaleIn: pool.reuse ?? false },
    Status: pool.deleting ? 'PendingDelete' : undefined,
  };
