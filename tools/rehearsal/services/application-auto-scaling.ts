// Application Auto Scaling for services of ECS.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/

import { type Service, ServiceError, type ServiceRequest } from '../types';
import { flag, integer, listOf, needed, oneOf, read, structure, text } from './members';
import type { Fleet } from './servers/fleet';

const SHAPES = {
  DescribeScalableTargets: {
    ServiceNamespace: needed(oneOf('ecs')),
    ScalableDimension: oneOf('ecs:service:DesiredCount'),
    ResourceIds: needed(listOf(text(1, 1600), 1, 50)),
  },
  RegisterScalableTarget: {
    ServiceNamespace: needed(oneOf('ecs')),
    ScalableDimension: needed(oneOf('ecs:service:DesiredCount')),
    ResourceId: needed(text(1, 1600)),
    MinCapacity: integer(0, 10_000),
    MaxCapacity: integer(0, 10_000),
    SuspendedState: structure({
      DynamicScalingInSuspended: flag,
      DynamicScalingOutSuspended: flag,
      ScheduledScalingSuspended: flag,
    }),
  },
};

const resourceId = ({ data }: Fleet) => `service/${data.cluster}/${data.service}`;

/** The stand-in; see the head of the file. */
export class ApplicationAutoScalingService implements Service {
  readonly target = 'AnyScaleFrontendService';
  readonly protocol = 'json-1.1';

  constructor(private readonly fleets: readonly Fleet[]) {}

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, region } = request;
    const here = this.fleets.filter((one) => one.region === region);
    const action = `application-autoscaling:${operation}`;
    if (operation === 'DescribeScalableTargets') {
      const { ResourceIds } = read(request.input, SHAPES.DescribeScalableTargets);
      request.authorize(action, '*');
      const asked = here.filter((one) => ResourceIds.includes(resourceId(one)));
      return { ScalableTargets: asked.map(describe) };
    }
    if (operation !== 'RegisterScalableTarget') {
      throw new ServiceError('ValidationException', `${operation} is not rehearsed`);
    }
    const input = read(request.input, SHAPES.RegisterScalableTarget);
    const fleet = here.find((one) => resourceId(one) === input.ResourceId);
    if (!fleet) throw new ServiceError('ValidationException', 'ECS service doesn’t exist');
    const context = {
      'application-autoscaling:service-namespace': input.ServiceNamespace,
      'application-autoscaling:scalable-dimension': input.ScalableDimension,
    };
    const arn = fleet.arn('application-autoscaling', 'scalable-target/0123456789abcdef');
    request.authorize(action, arn, context);
    const { suspended, min, max } = fleet.scaling;
    const { SuspendedState: given } = input;
    fleet.scaling = {
      min: input.MinCapacity ?? min,
      max: input.MaxCapacity ?? max,
      suspended: {
        in: given?.DynamicScalingInSuspended ?? suspended.in,
        out: given?.DynamicScalingOutSuspended ?? suspended.out,
        scheduled: given?.ScheduledScalingSuspended ?? suspended.scheduled,
      },
    };
    fleet.settle();
    return { ScalableTargetARN: arn };
  }
}

function describe(fleet: Fleet): Record<string, unknown> {
  const { min, max, suspended } = fleet.scaling;
  return {
    ServiceNamespace: 'ecs',
    ResourceId: resourceId(fleet),
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: min,
    MaxCapacity: max,
    SuspendedState: {
      DynamicScalingInSuspended: suspended.in,
      DynamicScalingOutSuspended: suspended.out,
      ScheduledScalingSuspended: suspended.scheduled,
    },
  };
}
