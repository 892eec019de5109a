// Ingestion servers: an ECS service of one task a server behind a target group, its capacity provider
// and its Application Auto Scaling, over an Auto Scaling group. Where AWS does not say which of several
// tasks or servers it takes, this one takes those a careless runbook would miss.

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../types';
import { Agenda } from './agenda';
import { GROUP_SECONDS, Group, type Instance, type Template } from './group';

/** Entry of `ingestion` in `cloud.json`. */
export interface FleetData extends Template {
  readonly group: string;
  readonly cluster: string;
  readonly service: string;
  /** @default - that of the account */
  readonly region?: string;
  /** ServerMin and ServerMax; the service begins with the smallest number of tasks. */
  readonly min: number;
  readonly max: number;
  /** @default - no warm pool */
  readonly warmPool?: { readonly minSize: number; readonly maxPrepared?: number };
  /** What an update of the stack has made the group's template since. @default - no update yet */
  readonly updatedTo?: Template;
  readonly seconds?: Partial<typeof SECONDS>;
}

/** Seconds things take; a capacity provider grows its group, and shrinks it after a quarter of an hour. */
const SECONDS = {
  ...GROUP_SECONDS,
  task: 20,
  health: 30,
  stop: 90,
  grow: 60,
  shrink: 900,
  /** Of Application Auto Scaling after a scale-in. */
  coolDown: 2_700,
};

const MINIMUM_HEALTHY = 0.5;

export interface Task {
  readonly id: string;
  readonly ip: string;
  readonly createdAt: Date;
  status: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING';
  healthy: boolean;
  instance?: Instance;
  /** Epoch milliseconds until which scale-in spares it. */
  protectedUntil: number;
}

/** The servers of one pipeline; see the head of the file. */
export class Fleet {
  readonly group: Group;
  readonly seconds: typeof SECONDS;
  tasks: Task[] = [];
  desired: number;
  scaling: { min: number; max: number; suspended: Record<'in' | 'out' | 'scheduled', boolean> };
  /** Healthy tasks, whenever their number changed. */
  readonly samples: { readonly at: number; readonly healthy: number }[] = [];
  /** Tasks whose server went away while they were stopping: what they still had to send is lost. */
  cutOff = 0;
  /** New tasks never get healthy while this is set. */
  broken = false;
  private readonly agenda: Agenda;
  private made = 0;

  constructor(
    readonly data: FleetData,
    private readonly clock: Clock,
    readonly region: string,
    /** ARN of a resource by its service and the rest. */
    readonly arn: (service: string, rest: string) => string,
  ) {
    const { group, min, max, warmPool, launchConfiguration, launchTemplate } = data;
    this.seconds = { ...SECONDS, ...data.seconds };
    this.agenda = new Agenda(clock, () => this.settle());
    const template = launchTemplate ? { launchTemplate } : { launchConfiguration };
    this.group = new Group(group, template, min, max, this.agenda, this.seconds, (instance) =>
      this.live.some((task) => task.instance === instance),
    );
    if (warmPool) this.group.putPool(warmPool);
    this.desired = min;
    this.scaling = { min, max, suspended: { in: false, out: false, scheduled: false } };
    for (const instance of this.group.instances) {
      Object.assign(this.add(), { instance, status: 'RUNNING', healthy: true });
    }
    this.settle();
    for (const one of this.group.warm) one.lifecycle = 'Warmed:Stopped';
    if (data.updatedTo) this.useTemplate(data.updatedTo);
  }

  get healthy(): number {
    return this.tasks.filter((task) => task.healthy).length;
  }

  /** Fewest healthy tasks since an instant. */
  least(since = 0): number {
    const before = this.samples.filter(({ at }) => at <= since).slice(-1);
    const after = this.samples.filter(({ at }) => at > since);
    return Math.min(...[...before, ...after].map(({ healthy }) => healthy));
  }

  /** What the update of the ingestion stack does: later instances are made of this, no other. */
  useTemplate(template: Template): void {
    this.group.template = template;
  }

  /** A task dies for reasons of its own. */
  kill(task: Task): void {
    this.stop(task);
    this.settle();
  }

  /** Number of tasks the service shall have; which ones go, AWS does not say: here the youngest. */
  want(desired: number): void {
    const surplus = desired < this.desired ? this.live.length - desired : 0;
    this.desired = desired;
    const open = this.live.filter((task) => task.protectedUntil <= this.clock.now());
    for (const task of open.reverse().slice(0, Math.max(0, surplus))) this.stop(task);
  }

  /** Everybody who looks after the servers looks once; called behind each change. */
  settle(): void {
    const stay = this.tasks.filter(
      ({ instance }) => !instance || this.group.instances.includes(instance),
    );
    this.cutOff += this.tasks.length - stay.length;
    this.tasks = stay;
    this.replaceDraining();
    this.place();
    this.scale();
    this.group.settle();
    const { healthy } = this;
    if (this.samples.at(-1)?.healthy !== healthy) {
      this.samples.push({ at: this.clock.now(), healthy });
    }
  }

  private get live(): Task[] {
    return this.tasks.filter(({ status }) => status !== 'DEACTIVATING');
  }

  private get staying(): Task[] {
    return this.live.filter(({ instance }) => instance?.agent !== 'DRAINING');
  }

  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html */
  private replaceDraining(): void {
    const floor = Math.ceil(this.desired * MINIMUM_HEALTHY);
    const running = () => this.live.filter(({ status }) => status === 'RUNNING').length;
    for (const task of this.live.filter(({ instance }) => instance?.agent === 'DRAINING')) {
      if (task.status !== 'RUNNING' || running() > floor) this.stop(task);
    }
    while (this.staying.length < this.desired && this.live.length < 2 * this.desired) this.add();
    const open = this.staying.filter((task) => task.protectedUntil <= this.clock.now()).reverse();
    const surplus = Math.max(0, this.staying.length - this.desired);
    for (const task of open.slice(0, surplus)) this.stop(task);
  }

  /** A task takes a whole server: containers of 2 vCPU on instances of 2 vCPU. */
  private place(): void {
    for (const task of this.tasks.filter(({ status }) => status === 'PROVISIONING')) {
      const room = this.group.living.find(
        (one) => one.agent === 'ACTIVE' && !this.tasks.some(({ instance }) => instance === one),
      );
      if (!room) return;
      Object.assign(task, { instance: room, status: 'PENDING' });
      this.agenda.after(this.seconds.task, () => {
        if (task.status !== 'PENDING') return;
        task.status = 'RUNNING';
        this.agenda.after(this.seconds.health, () => {
          task.healthy = task.status === 'RUNNING' && !this.broken;
        });
      });
    }
  }

  /**
   * The capacity provider, and Application Auto Scaling under little load.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
   */
  private scale(): void {
    const { group, seconds, scaling, agenda } = this;
    const room = () => group.living.filter(({ agent }) => agent !== 'DRAINING').length;
    const lacking = () => this.staying.length - room();
    agenda.when('grow', lacking() > 0 && group.desired < group.max, seconds.grow, () => {
      group.resize(group.min, group.max, group.desired + Math.max(0, lacking()));
    });
    const surplus = () => Math.min(group.desired - this.live.length, group.desired - group.min);
    agenda.when('shrink', surplus() > 0, seconds.shrink, () => {
      group.resize(group.min, group.max, group.desired - surplus());
    });
    const above = this.desired > scaling.max;
    agenda.when('above', above, seconds.grow, () => this.want(scaling.max));
    const idle = this.desired > scaling.min && !scaling.suspended.in;
    agenda.when('idle', idle, seconds.coolDown, () => this.want(scaling.min));
  }

  private add(): Task {
    this.made += 1;
    const task: Task = {
      id: randomUUID().replaceAll('-', ''),
      ip: `10.0.${Math.floor(this.made / 250)}.${(this.made % 250) + 4}`,
      createdAt: new Date(this.clock.now()),
      status: 'PROVISIONING',
      healthy: false,
      protectedUntil: 0,
    };
    this.tasks.push(task);
    return task;
  }

  private stop(task: Task): void {
    const remove = () => {
      this.tasks = this.tasks.filter((other) => other !== task);
    };
    const { status } = task;
    Object.assign(task, { status: 'DEACTIVATING', healthy: false });
    if (status === 'PROVISIONING') remove();
    else this.agenda.after(this.seconds.stop, remove);
  }
}
