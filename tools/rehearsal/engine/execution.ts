// One execution: its dates, its history, and how it starts, ends and is redriven.

import type { Definition } from './definition';
import { Interrupted, RUNTIME, StateError, TIMEOUT } from './errors';
import { type Frame, newFrame, reopen } from './frame';
import type { HistoryEvent } from './history';
import { runFrame } from './interpreter';
import type { MapRun } from './map-run';
import type { Payload } from './payload';
import { isRedrivable, MAX_OPEN_MS } from './redrive';
import { Thread } from './thread';
import type { StateMachine, World } from './world';

export type ExecutionStatus =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE';

const ENDINGS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

export interface Outcome {
  readonly output?: Payload;
  readonly error?: string;
  readonly cause?: string;
}

/** What distinguishes an execution from another of the same machine. */
export interface ExecutionProps {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  readonly definition: Definition;
  readonly input: Payload;
  /** Map Run this is a child of. */
  readonly mapRun?: MapRun;
  /** Number of its item there. */
  readonly item?: number;
}

export class Execution {
  events: HistoryEvent[] = [];
  readonly number: number;
  readonly startDate: number;
  /** Where it stands, for a redrive. */
  root: Frame;
  stopDate: number | undefined;
  outcome: Outcome = {};
  redriveCount = 0;
  redriveDate: number | undefined;
  /** Waits in its Map Run for its turn to be redriven. */
  pendingRedrive = false;
  /** Milliseconds this has been open, up to the last time it closed. */
  openMs = 0;
  transitions = 0;
  private ended: keyof typeof ENDINGS | undefined;
  private thread: Thread | undefined;
  private cancelTimeout: (() => void) | undefined;
  private waiters: (() => void)[] = [];

  constructor(
    readonly world: World,
    readonly props: ExecutionProps,
  ) {
    this.number = world.nextNumber();
    this.startDate = world.clock.now();
    this.root = newFrame(props.definition, props.input);
    world.register(this);
  }

  get arn(): string {
    return this.props.arn;
  }

  get status(): ExecutionStatus {
    return this.pendingRedrive ? 'PENDING_REDRIVE' : (this.ended ?? 'RUNNING');
  }

  /** Name of the machine as its ARN has it: a child's is `<machine>/<label>`. */
  get machineName(): string {
    const { machine, mapRun } = this.props;
    return mapRun?.machineName ?? machine.name;
  }

  get stateMachineArn(): string {
    return this.world.arn('stateMachine', this.machineName);
  }

  start(): void {
    const { input, machine } = this.props;
    const details = { input: input.text, roleArn: machine.roleArn };
    this.append('ExecutionStarted', details, 0);
    // The first state follows nothing, as recorded histories have it.
    this.drive(0);
  }

  /** The caller has checked that this may be redriven. */
  redrive(): void {
    this.pendingRedrive = false;
    this.ended = undefined;
    this.stopDate = undefined;
    this.outcome = {};
    this.redriveCount += 1;
    this.redriveDate = this.world.clock.now();
    reopen(this.root);
    const last = this.events.length;
    this.drive(this.append('ExecutionRedriven', { redriveCount: this.redriveCount }, last));
  }

  /** Ends the execution and all that runs in it; Lambda invocations under way are left alone. */
  close(status: keyof typeof ENDINGS, outcome: Outcome): void {
    if (this.ended !== undefined) return;
    const now = this.world.clock.now();
    this.ended = status;
    this.outcome = outcome;
    this.stopDate = now;
    this.openMs += now - (this.redriveDate ?? this.startDate);
    this.cancelTimeout?.();
    this.thread?.close();
    this.thread = undefined;
    const { output, error, cause } = outcome;
    // What ends an execution from outside follows nothing, as recorded histories have it.
    const previous = status === 'ABORTED' || status === 'TIMED_OUT' ? 0 : this.events.length;
    this.append(ENDINGS[status], { output: output?.text, error, cause }, previous);
    this.publish();
    const waiters = this.waiters;
    this.waiters = [];
    for (const wake of waiters) wake();
    this.props.mapRun?.childClosed(this);
  }

  /** Lets go of what its record has. */
  release(): void {
    this.events = [];
    this.root = newFrame(this.props.definition, this.props.input);
  }

  /** Resolves when the execution is closed, at once when it is. */
  closed(): Promise<void> {
    if (this.ended !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** Appends an event and returns its id. */
  append(
    type: string,
    details: Readonly<Record<string, unknown>> | undefined,
    previousEventId: number,
  ): number {
    const id = this.events.length + 1;
    const timestamp = this.world.clock.now();
    this.events.push({ id, previousEventId, type, timestamp, details });
    return id;
  }

  private drive(lastEventId: number): void {
    const thread = new Thread(this, lastEventId);
    this.thread = thread;
    this.publish();
    const { timeoutSeconds = Number.POSITIVE_INFINITY } = this.props.definition;
    const ms = Math.min(timeoutSeconds * 1000, MAX_OPEN_MS - this.openMs);
    this.cancelTimeout = this.world.clock.at(this.world.clock.now() + ms, () =>
      this.close('TIMED_OUT', { error: TIMEOUT }),
    );
    const work = async () => {
      try {
        const output = await runFrame(thread, this.root);
        thread.assertLive();
        this.close('SUCCEEDED', { output });
      } catch (error) {
        if (error instanceof Interrupted || !thread.isLive) return;
        this.close('FAILED', failure(error));
      }
    };
    void thread.run(work);
  }

  /** Children of a Map Run tell their Map Run, not the bus. */
  private publish(): void {
    const { world, props, outcome } = this;
    if (props.mapRun !== undefined) return;
    world.publish({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      account: world.account,
      region: world.region,
      time: new Date(world.clock.now()).toISOString(),
      resources: [this.arn],
      detail: {
        executionArn: this.arn,
        stateMachineArn: this.stateMachineArn,
        name: props.name,
        status: this.status,
        startDate: this.startDate,
        stopDate: this.stopDate ?? null,
        input: props.input.text,
        inputDetails: { included: true },
        output: outcome.output?.text ?? null,
        outputDetails: outcome.output === undefined ? null : { included: true },
        error: outcome.error ?? null,
        cause: outcome.cause ?? null,
        redriveCount: this.redriveCount,
        redriveDate: this.redriveDate ?? null,
        redriveStatus: isRedrivable(this) ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      },
    });
  }
}

/** A mistake of the engine itself must not pass for an error of a state. */
function failure(error: unknown): Outcome {
  if (error instanceof StateError) return { error: error.error, cause: error.reason };
  return { error: RUNTIME, cause: error instanceof Error ? (error.stack ?? '') : String(error) };
}
