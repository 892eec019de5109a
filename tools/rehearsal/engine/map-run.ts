// A Map Run: the child executions of a distributed Map.
// https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
import { randomUUID } from 'node:crypto';
import { ServiceError } from '../types';
import type { State } from './definition';
import { PERMISSIONS, RUNTIME, StateError, THRESHOLD } from './errors';
import { Execution } from './execution';
import type { Payload } from './payload';
import { isRedrivable } from './redrive';
import type { Thread } from './thread';

export interface MapRunLimits {
  /** 0 = no limit of ours. */
  readonly maxConcurrency: number;
  readonly toleratedCount?: number;
  readonly toleratedPercentage?: number;
}

interface Child {
  readonly input: Payload;
  execution?: Execution;
}

type MapRunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

const MAX_CONCURRENCY = 10_000;
const MAX_REDRIVES = 1_000;

export class MapRun {
  readonly arn: string;
  readonly label: string;
  readonly number: number;
  readonly startDate: number;
  readonly children: readonly Child[];
  status: MapRunStatus = 'RUNNING';
  stopDate: number | undefined;
  redriveCount = 0;
  redriveDate: number | undefined;
  private queue: Child[] = [];
  private running = 0;
  private failures = 0;
  private settle: { resolve(): void; reject(error: StateError): void } | undefined;

  /** Throws when the role may not start children: then there is no Map Run yet, also for a redrive. */
  constructor(
    readonly parent: Execution,
    private readonly state: State,
    inputs: readonly Payload[],
    readonly limits: MapRunLimits,
  ) {
    const { world, props } = parent;
    this.demand('states:StartExecution', props.machine.arn);
    this.label = state.label!;
    this.number = world.nextNumber();
    this.startDate = world.clock.now();
    this.arn = world.arn('mapRun', `${props.machine.name}/${this.label}:${randomUUID()}`);
    this.children = inputs.map((input) => ({ input }));
  }

  get machineName(): string {
    return `${this.parent.props.machine.name}/${this.label}`;
  }

  /** Runs all children; throws when more fail than is tolerated. */
  async start(thread: Thread): Promise<void> {
    this.parent.mapRuns.push(this);
    this.parent.world.register(this);
    thread.record('MapRunStarted', { mapRunArn: this.arn });
    await this.follow(thread, [...this.children]);
  }

  /** Runs the children that did not succeed, each from its own unfinished state. */
  async redrive(thread: Thread): Promise<void> {
    if (this.redriveCount >= MAX_REDRIVES) {
      throw new StateError(RUNTIME, `The Map Run was redriven ${MAX_REDRIVES} times.`);
    }
    const open = this.children.filter(({ execution }) => execution?.status !== 'SUCCEEDED');
    const queue = open.filter(
      ({ execution }) => execution === undefined || isRedrivable(execution),
    );
    const again = queue.flatMap(({ execution }) => execution ?? []);
    if (again[0] !== undefined) this.demand('states:RedriveExecution', again[0].arn);
    this.redriveCount += 1;
    this.redriveDate = this.parent.world.clock.now();
    const { arn: mapRunArn, redriveCount } = this;
    thread.record('MapRunRedriven', { mapRunArn, redriveCount });
    this.status = 'RUNNING';
    this.stopDate = undefined;
    this.running = 0;
    this.failures = open.length - queue.length;
    for (const execution of again) execution.pendingRedrive = true;
    await this.follow(thread, queue);
  }

  childClosed(execution: Execution): void {
    if (this.status !== 'RUNNING') return;
    this.running -= 1;
    if (execution.status === 'FAILED' || execution.status === 'TIMED_OUT') this.failures += 1;
    this.pump();
  }

  /** Outputs of the children that succeeded, in the order of the items. */
  results(): Payload[] {
    return this.children.flatMap(({ execution }) => execution?.outcome.output ?? []);
  }

  private async follow(thread: Thread, queue: Child[]): Promise<void> {
    thread.onClose = () => this.end('ABORTED');
    try {
      await thread.idle(
        new Promise<void>((resolve, reject) => {
          this.settle = { resolve, reject };
          this.queue = queue;
          this.pump();
        }),
      );
      thread.record('MapRunSucceeded');
    } catch (error) {
      if (error instanceof StateError && thread.isLive) {
        thread.record('MapRunFailed', { error: error.error, cause: error.reason });
      }
      throw error;
    } finally {
      if (thread.isLive) thread.onClose = undefined;
    }
  }

  private pump(): void {
    if (this.exceeded()) {
      const reason = 'The specified tolerated failure threshold was exceeded';
      this.end('FAILED');
      this.settle?.reject(new StateError(THRESHOLD, reason));
      return;
    }
    const limit = Math.min(this.limits.maxConcurrency || MAX_CONCURRENCY, MAX_CONCURRENCY);
    while (this.running < limit && this.queue.length > 0) {
      this.running += 1;
      this.launch(this.queue.shift()!);
    }
    if (this.running > 0) return;
    this.end('SUCCEEDED');
    this.settle?.resolve();
  }

  /** Both limits may be given: whichever is exceeded first counts. */
  private exceeded(): boolean {
    const { toleratedCount, toleratedPercentage } = this.limits;
    if (this.failures === 0) return false;
    if (toleratedCount === undefined && toleratedPercentage === undefined) return true;
    if (toleratedCount !== undefined && this.failures > toleratedCount) return true;
    if (toleratedPercentage === undefined) return false;
    return (this.failures * 100) / this.children.length > toleratedPercentage;
  }

  private launch(child: Child): void {
    if (child.execution !== undefined) {
      child.execution.redrive();
      return;
    }
    const { world, props } = this.parent;
    const { machine } = props;
    const name = randomUUID();
    child.execution = new Execution(world, {
      arn: world.arn('execution', `${machine.name}/${this.label}:${name}`),
      name,
      machine,
      definition: this.state.processor!,
      input: child.input,
      mapRun: this,
    });
    child.execution.start();
  }

  private end(status: MapRunStatus): void {
    if (this.status !== 'RUNNING') return;
    this.status = status;
    this.stopDate = this.parent.world.clock.now();
    this.queue = [];
    for (const { execution } of this.children) {
      if (execution === undefined) continue;
      execution.pendingRedrive = false;
      if (status !== 'SUCCEEDED') execution.close('ABORTED', {});
    }
  }

  private demand(action: string, resource: string): void {
    const { world, props } = this.parent;
    try {
      world.authorize(props.machine.roleArn, action, resource);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new StateError(PERMISSIONS, error.message);
    }
  }
}
