// What the parts of the engine share with each other and get from the house around them.
import type { Clock, CloudEvent, FunctionInvoker } from '../types';
import type { Callbacks } from './callbacks';
import type { Definition } from './definition';
import type { Execution } from './execution';
import type { Expressions } from './expressions';
import type { MapRun } from './map-run';
import type { Spill } from './spill';
import type { Turns } from './turns';

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
  /** Of the definition; epoch milliseconds. */
  readonly updateDate: number;
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
  /** Drops an execution whose record is in the spill file. */
  forget(execution: Execution): void;
  readonly spill: Spill;
  /** Map Runs that are open at the same time. */
  readonly openRuns: Turns<MapRun>;
}
