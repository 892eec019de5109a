// An Auto Scaling group whose instances are servers of an ECS cluster: they start, wait in a warm pool,
// register, drain and go, each in its time.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html

import { randomBytes } from 'node:crypto';
import { ServiceError } from '../../types';
import type { Agenda } from './agenda';

/** What instances are made of: the name of a launch configuration, or a launch template. */
export interface Template {
  readonly launchConfiguration?: string;
  readonly launchTemplate?: { readonly id: string; readonly version: string };
}

export interface Instance {
  readonly id: string;
  readonly template: Template;
  /** `Pending`, `InService`, `Terminating:Wait`, `Warmed:Pending`, `Warmed:Stopped`. */
  lifecycle: string;
  /** What ECS says of it; null until its agent has registered. */
  agent: 'ACTIVE' | 'DRAINING' | null;
}

export interface WarmPool {
  readonly minSize: number;
  readonly maxPrepared?: number;
  readonly reuse?: boolean;
  deleting: boolean;
}

/** Seconds things take. */
export const GROUP_SECONDS = { boot: 120, warmStart: 40, hook: 300, leave: 15, emptyPool: 60 };

const id = (prefix: string) => `${prefix}-${randomBytes(8).toString('hex').padEnd(17, '0')}`;
const refuse = (message: string) => new ServiceError('ValidationError', message);

/** The group; who changes it calls `agenda.settle` behind it. */
export class Group {
  desired: number;
  pool?: WarmPool;
  instances: Instance[] = [];

  constructor(
    readonly name: string,
    public template: Template,
    public min: number,
    public max: number,
    private readonly agenda: Agenda,
    private readonly seconds: typeof GROUP_SECONDS,
    /** Whether the drain hook still sees tasks on an instance: it does not see those that are stopping. */
    private readonly busy: (instance: Instance) => boolean,
  ) {
    this.desired = min;
    for (let i = 0; i < min; i++) this.add('InService', 'ACTIVE');
  }

  /** Instances that count as capacity. */
  get living(): Instance[] {
    return this.instances.filter(({ lifecycle }) => /^(Pending|InService)$/.test(lifecycle));
  }

  get warm(): Instance[] {
    return this.instances.filter(({ lifecycle }) => lifecycle.startsWith('Warmed'));
  }

  resize(min = this.min, max = this.max, desired = this.desired): void {
    if (min > max) throw refuse('Max bound must be greater than or equal to min bound');
    Object.assign(this, { min, max, desired: Math.max(min, Math.min(max, desired)) });
  }

  putPool(pool: Omit<WarmPool, 'deleting'>): void {
    if (this.pool?.deleting) throw refuse('You cannot update a warm pool that is pending deletion');
    this.pool = { ...pool, deleting: false };
  }

  deletePool(): void {
    if (!this.pool) throw refuse(`No warm pool found for group ${this.name}`);
    if (this.pool.deleting) throw refuse('The warm pool is already pending deletion');
    this.pool.deleting = true;
    this.agenda.after(this.seconds.emptyPool, () => {
      for (const instance of this.warm) this.remove(instance);
      this.pool = undefined;
    });
  }

  /** What TerminateInstanceInAutoScalingGroup does; the hook drains the instance first. */
  terminate(instanceId: string, decrement: boolean): void {
    const instance = this.living.find((one) => one.id === instanceId);
    if (!instance) {
      throw refuse(
        `Instance Id not found - No managed instance found for instance ID ${instanceId}`,
      );
    }
    if (decrement && this.desired <= this.min) {
      throw refuse(
        `Currently, desiredSize equals minSize (${this.min}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
      );
    }
    if (decrement) this.desired -= 1;
    this.drain(instance);
  }

  /** Brings the instances to the number that is wanted. */
  settle(): void {
    for (const one of this.instances) {
      const leaves = one.lifecycle === 'Terminating:Wait' && !this.busy(one);
      this.agenda.when(`leave ${one.id}`, leaves, this.seconds.leave, () => this.remove(one));
    }
    while (this.living.length < this.desired) this.launch();
    // The default policy takes those of another launch configuration or template first.
    const others = this.living.filter(({ template }) => template !== this.template);
    const order = [...others, ...this.living.filter(({ template }) => template === this.template)];
    for (const one of order.slice(0, Math.max(0, order.length - this.desired))) this.drain(one);
    const { pool } = this;
    if (!pool || pool.deleting) return;
    const size = Math.max(pool.minSize, (pool.maxPrepared ?? this.max) - this.desired);
    while (this.warm.length < size) {
      const one = this.add('Warmed:Pending', null);
      this.agenda.after(this.seconds.boot, () => {
        if (one.lifecycle === 'Warmed:Pending') one.lifecycle = 'Warmed:Stopped';
      });
    }
  }

  /** A warm instance is started before a new one is made, whatever it was made of. */
  private launch(): void {
    const warm = this.instances.find(({ lifecycle }) => lifecycle === 'Warmed:Stopped');
    const one = warm ?? this.add('Pending', null);
    one.lifecycle = 'Pending';
    this.agenda.after(warm ? this.seconds.warmStart : this.seconds.boot, () => {
      if (one.lifecycle === 'Pending')
        Object.assign(one, { lifecycle: 'InService', agent: 'ACTIVE' });
    });
  }

  private drain(one: Instance): void {
    Object.assign(one, { lifecycle: 'Terminating:Wait', agent: one.agent && 'DRAINING' });
    this.agenda.after(this.seconds.hook, () => this.remove(one));
  }

  private add(lifecycle: string, agent: Instance['agent']): Instance {
    const one: Instance = { id: id('i'), template: this.template, lifecycle, agent };
    this.instances.push(one);
    return one;
  }

  private remove(one: Instance): void {
    this.instances = this.instances.filter((other) => other !== one);
  }
}
