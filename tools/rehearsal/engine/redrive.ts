// Who may be redriven, in the words of DescribeExecution.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
import type { Execution } from './execution';
import { MAX_EVENTS } from './history';

const DAY_MS = 86_400_000;
const REDRIVABLE_DAYS = 14;
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_OPEN_MS = 365 * DAY_MS;

export interface RedriveEligibility {
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE' | 'REDRIVABLE_BY_MAP_RUN';
  readonly redriveStatusReason?: string;
}

export function redriveEligibility(execution: Execution): RedriveEligibility {
  const reason = obstacle(execution);
  if (reason !== undefined) return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
  const child = execution.props.mapRun !== undefined;
  return { redriveStatus: child ? 'REDRIVABLE_BY_MAP_RUN' : 'REDRIVABLE' };
}

export function isRedrivable(execution: Execution): boolean {
  return obstacle(execution) === undefined;
}

function obstacle(execution: Execution): string | undefined {
  const { status, events, openMs, stopDate = 0, world } = execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED' || status === 'PENDING_REDRIVE') {
    return `Execution is ${status} and cannot be redriven.`;
  }
  if (events.length >= MAX_EVENTS - 1) return 'Execution history event limit exceeded.';
  if (openMs >= MAX_OPEN_MS) return 'Execution has exceeded the max execution time.';
  if (world.clock.now() - stopDate > REDRIVABLE_DAYS * DAY_MS) {
    return 'Execution redrivable period exceeded.';
  }
  return undefined;
}
