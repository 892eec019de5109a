// Sizes of ingestion servers: back to what they were, without a moment of fewer healthy tasks.

import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { Changes, scalableTarget } from '../ingestion/changes';
import type { IngestionClients } from '../ingestion/clients';
import { readServers, type Server, type Servers, type ServersRef } from '../ingestion/servers';
import {
  raised,
  type ScalingSizes,
  type Sizes,
  sameSizes,
  scalingText,
  warmPoolSizes,
} from '../ingestion/sizes';
import type { QuiescedKind, Seen, Thing } from './thing';

/** A thing's name is the group; `to` says where its cluster and service are. */
export const serversOf = ({ name, to }: Thing): ServersRef => ({
  ...(to as Pick<ServersRef, 'cluster' | 'service'>),
  group: name,
});

/** A state is all sizes together; the way there has phases of its own, in the task `refresh-ingestion`. */
export class IngestionKind implements QuiescedKind<Sizes> {
  constructor(private readonly clients: (region: string) => IngestionClients) {}

  async read(thing: Thing): Promise<Seen<Sizes> | undefined> {
    const clients = this.clients(thing.region);
    const seen = await readServers(clients, serversOf(thing));
    return (
      seen && {
        state: sizesOf(seen, await scalingOf(clients, serversOf(thing))),
        busy: seen.warmPool?.Status === 'PendingDelete',
      }
    );
  }

  during(before: Sizes): Sizes {
    return raised(before);
  }

  is(now: Sizes, wanted: Sizes): boolean {
    return sameSizes(now, wanted);
  }

  async set(thing: Thing, wanted: Sizes): Promise<void> {
    const clients = this.clients(thing.region);
    const changes = new Changes(clients, serversOf(thing));
    const seen = await readServers(clients, serversOf(thing));
    if (!seen) return;
    const now = sizesOf(seen, await scalingOf(clients, serversOf(thing)));
    if (now.tasks < wanted.tasks) return raise(changes, now, wanted);
    if (now.tasks > wanted.tasks) return lower(changes, seen, wanted.tasks);
    if (seen.tasks.length > wanted.tasks) return;
    if (await removeSurplus(changes, seen, wanted.group.desired)) return;
    await changes.mark(draining(seen), 'ACTIVE');
    // A smaller maximum would make the group choose which servers go.
    if (now.group.desired > wanted.group.max) return;
    await limit(changes, now, wanted);
    await changes.protect(seen.tasks, false);
    if (!now.warmPool && wanted.warmPool) await changes.putWarmPool(wanted.warmPool);
  }
}

export function sizesOf(seen: Servers, scaling: ScalingSizes | null): Sizes {
  const { MinSize: min, MaxSize: max, DesiredCapacity: desired } = seen.group;
  return {
    group: { min: min!, max: max!, desired: desired! },
    tasks: seen.service.desiredCount ?? 0,
    scaling,
    warmPool: warmPoolSizes(seen.warmPool),
    draining: draining(seen).length,
  };
}

const draining = ({ servers }: Servers): Server[] =>
  servers.filter(({ container, inService }) => inService && container?.draining);

async function scalingOf(clients: IngestionClients, ref: ServersRef): Promise<ScalingSizes | null> {
  const { ResourceId, ...rest } = scalableTarget(ref);
  const { ScalableTargets } = await clients.scaling.send(
    new DescribeScalableTargetsCommand({ ...rest, ResourceIds: [ResourceId] }),
  );
  const found = ScalableTargets?.[0];
  if (!found) return null;
  const { SuspendedState: suspended } = found;
  return {
    min: found.MinCapacity!,
    max: found.MaxCapacity!,
    suspended: {
      in: suspended?.DynamicScalingInSuspended ?? false,
      out: suspended?.DynamicScalingOutSuspended ?? false,
      scheduled: suspended?.ScheduledScalingSuspended ?? false,
    },
  };
}

/** Room first: a task without room would wait for ever. */
export async function raise(changes: Changes, now: Sizes, wanted: Sizes): Promise<void> {
  await limit(changes, now, wanted);
  await changes.want(wanted.tasks);
}

async function limit(changes: Changes, now: Sizes, { group, scaling }: Sizes): Promise<void> {
  if (now.group.min !== group.min || now.group.max !== group.max) await changes.limitGroup(group);
  const same = now.scaling && scaling && scalingText(now.scaling) === scalingText(scaling);
  if (scaling && !same) await changes.limitScaling(scaling);
}

/**
 * Fewer tasks, and none of the healthy ones that are wanted goes. Which tasks a scale-in takes ECS does
 * not say, but it spares protected ones.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 */
export async function lower(changes: Changes, seen: Servers, tasks: number): Promise<void> {
  const rank = ({ old, container }: Server) => (container?.active ? 0 : 2) + (old ? 1 : 0);
  const kept = [...seen.servers]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((server) => server.tasks.map((task) => ({ server, task })))
    .filter(({ task }) => task.healthy)
    .slice(0, tasks);
  // Where the new servers are not enough, old ones are needed once more.
  const needed = kept.filter(({ server }) => server.container?.draining);
  await changes.mark(
    needed.map(({ server }) => server),
    'ACTIVE',
  );
  await changes.protect(
    kept.map(({ task }) => task),
    true,
  );
  await changes.want(tasks);
}

/** Takes servers without a task out of a group that is larger than it was; old ones first. */
async function removeSurplus(changes: Changes, seen: Servers, desired: number): Promise<boolean> {
  const surplus = seen.group.DesiredCapacity! - desired;
  const idle = seen.servers
    .filter(({ inService, empty }) => inService && empty)
    .sort((a, b) => Number(b.old) - Number(a.old))
    .slice(0, Math.max(0, surplus));
  // Drained first, so that no task finds its way there meanwhile.
  await changes.mark(
    idle.filter(({ container }) => container?.active),
    'DRAINING',
  );
  for (const server of idle) await changes.terminate(server, true);
  return idle.length > 0;
}
