// The changes of a refresh, one call each. All but the last may be made again without harm.

import {
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DeleteWarmPoolCommand,
  PutWarmPoolCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import type { IngestionClients } from './clients';
import type { Server, ServersRef, ServingTask } from './servers';
import { type ScalingSizes, type WarmPoolSizes, warmPoolInput } from './sizes';
import { chunks } from './tasks';

/** What ECS changes at once: ten tasks, ten container instances. */
const MOST = 10;

/** Longer than old tasks take to stop, and over by itself when nobody takes it back. */
const PROTECTED_MINUTES = 120;

/** How Application Auto Scaling calls the service. */
export const scalableTarget = ({ cluster, service }: ServersRef) =>
  ({
    ServiceNamespace: 'ecs',
    ResourceId: `service/${cluster}/${service.split('/').at(-1)}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  }) as const satisfies ScalableTarget | object;

/** Changes to the servers of one pipeline. */
export class Changes {
  constructor(
    private readonly clients: IngestionClients,
    private readonly ref: ServersRef,
  ) {}

  async limitGroup({ min, max }: { readonly min: number; readonly max: number }): Promise<void> {
    const { group: AutoScalingGroupName } = this.ref;
    await this.clients.groups.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: min, MaxSize: max }),
    );
  }

  async limitScaling({ min, max, suspended }: ScalingSizes): Promise<void> {
    await this.clients.scaling.send(
      new RegisterScalableTargetCommand({
        ...scalableTarget(this.ref),
        MinCapacity: min,
        MaxCapacity: max,
        SuspendedState: {
          DynamicScalingInSuspended: suspended.in,
          DynamicScalingOutSuspended: suspended.out,
          ScheduledScalingSuspended: suspended.scheduled,
        },
      }),
    );
  }

  async want(desiredCount: number): Promise<void> {
    const { cluster, service } = this.ref;
    await this.clients.ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
  }

  /** Whether a scale-in spares these tasks; without that ECS chooses among all of them. */
  async protect(tasks: readonly ServingTask[], protectionEnabled: boolean): Promise<void> {
    const expiresInMinutes = protectionEnabled ? PROTECTED_MINUTES : undefined;
    for (const some of chunks(tasks, MOST)) {
      const arns = some.map(({ arn }) => arn);
      const { cluster } = this.ref;
      await this.clients.ecs.send(
        new UpdateTaskProtectionCommand({
          cluster,
          tasks: arns,
          protectionEnabled,
          expiresInMinutes,
        }),
      );
    }
  }

  async mark(servers: readonly Server[], status: 'ACTIVE' | 'DRAINING'): Promise<void> {
    const arns = servers.flatMap(({ container }) => container?.arn ?? []);
    for (const containerInstances of chunks(arns, MOST)) {
      const { cluster } = this.ref;
      await this.clients.ecs.send(
        new UpdateContainerInstancesStateCommand({ cluster, containerInstances, status }),
      );
    }
  }

  async putWarmPool(pool: WarmPoolSizes): Promise<void> {
    await this.clients.groups.send(new PutWarmPoolCommand(warmPoolInput(this.ref.group, pool)));
  }

  async deleteWarmPool(): Promise<void> {
    const { group: AutoScalingGroupName } = this.ref;
    await this.clients.groups.send(
      new DeleteWarmPoolCommand({ AutoScalingGroupName, ForceDelete: true }),
    );
  }

  /**
   * Through the group: EC2's own call would pass by the hook that lets tasks end, and the group would
   * replace the instance.
   */
  async terminate({ id }: Server, decrement: boolean): Promise<void> {
    await this.clients.once.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: id,
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
  }
}
