// Sizes of ingestion servers: what a run changes for a while and gives back.

import type { PutWarmPoolCommandInput, WarmPoolConfiguration } from '@aws-sdk/client-auto-scaling';

/** Plain JSON, as the ledger keeps it. */
export interface Sizes {
  readonly group: { readonly min: number; readonly max: number; readonly desired: number };
  /** Tasks the service wants. */
  readonly tasks: number;
  /** Application Auto Scaling of the service; null when it has none. */
  readonly scaling: ScalingSizes | null;
  /** Null when the group has no warm pool. */
  readonly warmPool: WarmPoolSizes | null;
  /** Servers that get no new task. */
  readonly draining: number;
}

export interface ScalingSizes {
  readonly min: number;
  readonly max: number;
  readonly suspended: { readonly in: boolean; readonly out: boolean; readonly scheduled: boolean };
}

export interface WarmPoolSizes {
  readonly min: number;
  /** Null: as many as the group may grow by. */
  readonly prepared: number | null;
  readonly state: string;
  readonly reuse: boolean;
}

/**
 * What the sizes are while new servers start beside the old ones: twice the tasks, room for them, and
 * nobody who takes them away. A group of ServerMin = ServerMax servers has no room of its own.
 */
export function raised({ group, tasks, scaling }: Sizes): Sizes {
  const servers = Math.max(group.desired, tasks) + tasks;
  return {
    group: { ...group, max: Math.max(group.max, servers), desired: servers },
    tasks: 2 * tasks,
    scaling: scaling && {
      min: scaling.min,
      max: Math.max(scaling.max, 2 * tasks),
      suspended: { ...scaling.suspended, in: true },
    },
    warmPool: null,
    draining: 0,
  };
}

/**
 * The number of instances is the capacity provider's to choose, as long as it is not above what it was;
 * and whoever drained a server before may have it back.
 */
export function sameSizes(now: Sizes, wanted: Sizes): boolean {
  const text = ({ group, tasks, scaling, warmPool }: Sizes) =>
    JSON.stringify([
      [group.min, group.max, tasks],
      scaling && scalingText(scaling),
      warmPool && [warmPool.min, warmPool.prepared, warmPool.state, warmPool.reuse],
    ]);
  const more = now.group.desired > wanted.group.desired || now.draining > wanted.draining;
  return !more && text(now) === text(wanted);
}

/** The ledger does not keep the order of members. */
export const scalingText = ({ min, max, suspended }: ScalingSizes): string =>
  JSON.stringify([min, max, suspended.in, suspended.out, suspended.scheduled]);

/** Settings of a warm pool; one that is being deleted is none. */
export function warmPoolSizes(pool: WarmPoolConfiguration | undefined): WarmPoolSizes | null {
  if (!pool || pool.Status === 'PendingDelete') return null;
  return {
    min: pool.MinSize ?? 0,
    prepared: pool.MaxGroupPreparedCapacity ?? null,
    state: pool.PoolState ?? 'Stopped',
    reuse: pool.InstanceReusePolicy?.ReuseOnScaleIn ?? false,
  };
}

/** The call that makes a warm pool with these settings; its instances are made anew. */
export function warmPoolInput(
  AutoScalingGroupName: string,
  { min, prepared, state, reuse }: WarmPoolSizes,
): PutWarmPoolCommandInput {
  return {
    AutoScalingGroupName,
    MinSize: min,
    ...(prepared === null ? {} : { MaxGroupPreparedCapacity: prepared }),
    PoolState: state as PutWarmPoolCommandInput['PoolState'],
    ...(reuse ? { InstanceReusePolicy: { ReuseOnScaleIn: true } } : {}),
  };
}
