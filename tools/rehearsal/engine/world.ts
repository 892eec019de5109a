// What the parts of the engine share with each other and get from the house around them.
import type { Clock, CloudEvent, FunctionInvoker } from '../types';
import type { Callbacks } from './callbacks';
import type { Definition, StateType } from './definition';
import type { Execution } from './execution';
import type { Expressions } from './expressions';
import type { HistoryEvent } from './history';
import type { MapRun } from './map-run';

export interface EngineOptions {
  readonly clock: Clock;
  readonly invoker: FunctionInvoker;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  /** Where `Step Functions Execution Status Change` events go. */
  publish(event: CloudEvent): void;
  /** @throws ServiceError AccessDeniedException when the machine's role lacks the right */
  authorize(roleArn: string, action: string, resource: string): void;
}

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  /** The definition's text. */
  readonly definition: string;
  readonly parsed: Definition;
  /** Epoch milliseconds. */
  readonly creationDate: number;
}

/** An event was appended to a history. */
export interface EventProgress {
  readonly executionArn: string;
  readonly event: HistoryEvent;
}

/** A state was entered, left, tried again, or left by an error that nothing caught. */
export interface StateProgress {
  readonly executionArn: string;
  /** Execution at the top, the one that was started or redriven by its ARN. */
  readonly rootExecutionArn: string;
  readonly name: string;
  readonly type: StateType;
  readonly phase: 'entered' | 'exited' | 'retried' | 'failed';
  /** Epoch milliseconds. */
  readonly at: number;
  readonly error?: string;
  readonly cause?: string;
}

export interface EngineEvents {
  event: [EventProgress];
  state: [StateProgress];
}

export interface World extends EngineOptions {
  readonly expressions: Expressions;
  readonly callbacks: Callbacks;
  /** Aborted when the engine is closed; invocations follow nothing else. */
  readonly signal: AbortSignal;
  /** An ARN of the service, `kind` e.g. `execution`. */
  arn(kind: string, rest: string): string;
  /** Next number in the order of starts. */
  nextNumber(): number;
  register(thing: Execution | MapRun): void;
  emit<Name extends keyof EngineEvents>(name: Name, ...payload: EngineEvents[Name]): void;
}
