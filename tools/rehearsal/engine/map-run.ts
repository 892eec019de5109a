// A Map Run: the child executions of a distributed Map.
// https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
import { randomUUID } from 'node:crypto';
import { ServiceError } from '../types';
import { Children } from './children';
import type { State } from './definition';
import { RUNTIME, StateError, THRESHOLD } from './errors';
import { Execution } from './execution';
import { type Payload, tooLarge } from './payload';
import { isRedrivable } from './redrive';
import type { Thread } from './thread';

export interface MapRunLimits {
  /** 0 = no limit of ours. */
  readonly maxConcurrency: number;
  readonly toleratedCount?: number;
  readonly toleratedPercentage?: number;
}

type MapRunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

const MAX_CONCURRENCY = 10_000;
const MAX_REDRIVES = 1_000;

export class MapRun {
  readonly arn: string;
  readonly label: string;
  readonly number: number;
  readonly startDate: number;
  readonly children: Children;
  status: MapRunStatus = 'RUNNING';
  stopDate: number | undefined;
  redriveCount = 0;
  redriveDate: number | undefined;
  /** An input could not be made: a redrive starts a new Map Run. */
  isBroken = false;
  /** Items that wait for their turn, from `head` on. */
  private queue: readonly number[] = [];
  private head = 0;
  private running = 0;
  private failures = 0;
  private settle: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(
    readonly parent: Execution,
    private readonly state: State,
    size: number,
    readonly limits: MapRunLimits,
    /** Makes the input of a child when its turn comes. */
    private inputOf: ((index: number) => Promise<Payload>) | undefined,
  ) {
    const { world, props } = parent;
    this.label = state.label!;
    this.number = world.nextNumber();
    this.startDate = world.clock.now();
    this.arn = world.arn('mapRun', `${props.machine.name}/${this.label}:${randomUUID()}`);
    this.children = new Children(world, size);
  }

  get machineName(): string {
    return `${this.parent.props.machine.name}/${this.label}`;
  }

  childArn(name: string): string {
    return this.parent.world.arn('execution', `${this.machineName}:${name}`);
  }

  /** Runs all children; throws when more fail than is tolerated. */
  async start(thread: Thread): Promise<void> {
    this.parent.world.register(this);
    thread.record('MapRunStarted', { mapRunArn: this.arn });
    await this.follow(thread, this.children.unsuccessful());
  }

  /** Runs the children that did not succeed, each from its own unfinished state. */
  async redrive(thread: Thread): Promise<void> {
    if (this.redriveCount >= MAX_REDRIVES) {
      throw new StateError(RUNTIME, `The Map Run was redriven ${MAX_REDRIVES} times.`);
    }
    const { open } = this.children;
    const unsuccessful = this.children.unsuccessful();
    const queue = unsuccessful.filter((index) => {
      const execution = open.get(index);
      return execution === undefined || isRedrivable(execution);
    });
    this.redriveCount += 1;
    this.redriveDate = this.parent.world.clock.now();
    const { arn: mapRunArn, redriveCount } = this;
    thread.record('MapRunRedriven', { mapRunArn, redriveCount });
    this.status = 'RUNNING';
    this.stopDate = undefined;
    this.running = 0;
    this.failures = unsuccessful.length - queue.length;
    await this.follow(thread, queue);
  }

  childClosed(execution: Execution): void {
    const { status, props } = execution;
    try {
      if (status === 'SUCCEEDED') this.children.putAway(props.item!, execution);
    } catch (error) {
      // No room on the disk: nobody must wait for a child whose end cannot be kept.
      this.fail(error);
    }
    if (this.status !== 'RUNNING') return;
    this.running -= 1;
    if (status === 'FAILED' || status === 'TIMED_OUT') this.failures += 1;
    this.pump();
  }

  private async follow(thread: Thread, queue: readonly number[]): Promise<void> {
    const { openRuns } = this.parent.world;
    thread.onClose = () => this.end('ABORTED');
    try {
      this.admit(queue);
      await thread.idle(
        new Promise<void>((resolve, reject) => {
          this.settle = { resolve, reject };
          this.queue = queue;
          this.head = 0;
          openRuns.enter(this, () => this.pump());
        }),
      );
      thread.record('MapRunSucceeded');
    } catch (error) {
      if (error instanceof StateError && thread.isLive) {
        this.end('FAILED');
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
      this.fail(new StateError(THRESHOLD, reason));
      return;
    }
    const limit = Math.min(this.limits.maxConcurrency || MAX_CONCURRENCY, MAX_CONCURRENCY);
    while (this.running < limit && this.head < this.queue.length) {
      this.running += 1;
      this.launch(this.queue[this.head++]!);
    }
    if (this.running > 0 || this.status !== 'RUNNING') return;
    if (!this.children.fit) {
      this.fail(tooLarge(`The result of the state '${this.state.name}'`));
      return;
    }
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
    return (this.failures * 100) / this.children.size > toleratedPercentage;
  }

  private launch(index: number): void {
    const known = this.children.open.get(index);
    if (known !== undefined) {
      known.redrive();
      return;
    }
    const { redriveCount } = this;
    this.inputOf!(index).then(
      (input) => {
        // What was being evaluated at a stop is started by the redrive, or never.
        if (this.status === 'RUNNING' && this.redriveCount === redriveCount)
          this.begin(index, input);
      },
      (error: unknown) => {
        this.isBroken = true;
        this.fail(error);
      },
    );
  }

  private begin(item: number, input: Payload): void {
    const { world, props } = this.parent;
    const { machine } = props;
    const name = this.children.nameOf(item);
    const execution = new Execution(world, {
      arn: this.childArn(name),
      name,
      machine,
      definition: this.state.processor!,
      input,
      mapRun: this,
      item,
    });
    this.children.open.set(item, execution);
    execution.start();
  }

  private fail(error: unknown): void {
    this.end('FAILED');
    this.settle?.reject(error);
  }

  private end(status: MapRunStatus): void {
    if (this.status !== 'RUNNING') return;
    this.status = status;
    this.stopDate = this.parent.world.clock.now();
    this.queue = [];
    if (status === 'SUCCEEDED') this.inputOf = undefined;
    for (const execution of [...this.children.open.values()]) {
      execution.pendingRedrive = false;
      if (status !== 'SUCCEEDED') execution.close('ABORTED', {});
    }
    this.parent.world.openRuns.leave(this);
  }

  /** A role without a right fails the Map Run beyond Retry and Catch; its children stay as they are. */
  private admit(queue: readonly number[]): void {
    const again = queue.flatMap((index) => this.children.open.get(index) ?? []);
    if (again.length < queue.length) {
      this.demand('states:StartExecution', this.parent.props.machine.arn);
    }
    if (again[0] !== undefined) this.demand('states:RedriveExecution', again[0].arn);
    for (const execution of again) execution.pendingRedrive = true;
  }

  private demand(action: string, resource: string): void {
    const { world, props } = this.parent;
    try {
      world.authorize(props.machine.roleArn, action, resource);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new StateError(RUNTIME, error.message);
    }
  }
}
