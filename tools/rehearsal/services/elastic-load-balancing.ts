// Elastic Load Balancing: whether the targets of a group are healthy.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html

import { type Service, ServiceError, type ServiceRequest } from '../types';
import { targetGroupArn } from './ecs';
import type { Fleet, Task } from './servers/fleet';

/** The stand-in; see the head of the file. */
export class ElasticLoadBalancingService implements Service {
  readonly target = 'elasticloadbalancing';
  readonly protocol = 'query';

  constructor(private readonly fleets: readonly Fleet[]) {}

  async call({ operation, input, authorize }: ServiceRequest): Promise<Record<string, unknown>> {
    if (operation !== 'DescribeTargetHealth') {
      throw new ServiceError(
        'InvalidAction',
        `Elastic Load Balancing ${operation} is not rehearsed`,
      );
    }
    authorize(`elasticloadbalancing:${operation}`, '*');
    const fleet = this.fleets.find((one) => targetGroupArn(one) === input.TargetGroupArn);
    if (!fleet)
      throw new ServiceError('TargetGroupNotFound', 'One or more target groups not found');
    const registered = fleet.tasks.filter(({ status }) => /RUNNING|DEACTIVATING/.test(status));
    return {
      TargetHealthDescriptions: registered.map((task) => ({
        Target: { Id: task.ip, Port: 8088 },
        TargetHealth: { State: stateOf(task, fleet) },
      })),
    };
  }
}

function stateOf({ status, healthy }: Task, { broken }: Fleet): string {
  if (status === 'DEACTIVATING') return 'draining';
  return healthy ? 'healthy' : broken ? 'unhealthy' : 'initial';
}
