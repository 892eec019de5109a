// Executions and Map Runs as the API describes them; times are epoch milliseconds here.
import type { Execution, ExecutionStatus } from './execution';
import type { MapRun } from './map-run';
import { type RedriveEligibility, redriveEligibility } from './redrive';

export interface ExecutionDescription extends RedriveEligibility {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: number;
  readonly stopDate?: number;
  /** JSON text. */
  readonly input: string;
  /** JSON text, of a succeeded execution. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly mapRunArn?: string;
  readonly redriveCount: number;
  readonly redriveDate?: number;
  /** State transitions so far, those of children not included. */
  readonly transitions: number;
}

export function describeExecution(execution: Execution): ExecutionDescription {
  const { arn, props, outcome, redriveCount, redriveDate, transitions } = execution;
  return {
    executionArn: arn,
    stateMachineArn: execution.stateMachineArn,
    name: props.name,
    status: execution.status,
    startDate: execution.startDate,
    stopDate: execution.stopDate,
    input: props.input.text,
    output: outcome.output?.text,
    error: outcome.error,
    cause: outcome.cause,
    mapRunArn: props.mapRun?.arn,
    redriveCount,
    redriveDate,
    transitions,
    ...redriveEligibility(execution),
  };
}

export function describeMapRun(run: MapRun): Record<string, unknown> {
  // Without batches of items each child has one: the two tell the same.
  const counts = run.children.counts();
  return {
    mapRunArn: run.arn,
    executionArn: run.parent.arn,
    stateMachineArn: run.parent.world.arn('stateMachine', run.machineName),
    status: run.status,
    startDate: run.startDate,
    stopDate: run.stopDate,
    maxConcurrency: run.limits.maxConcurrency,
    toleratedFailurePercentage: run.limits.toleratedPercentage ?? 0,
    toleratedFailureCount: run.limits.toleratedCount ?? 0,
    itemCounts: counts,
    executionCounts: counts,
    redriveCount: run.redriveCount,
    redriveDate: run.redriveDate,
  };
}
