// Reading the events of one update: how it ended, and what went wrong first.

import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { type UpdateEnd, updateEndOf } from './stack-status';

const ofStackItself = ({ PhysicalResourceId, StackId }: StackEvent) =>
  PhysicalResourceId === StackId;

const begins = (event: StackEvent) =>
  ofStackItself(event) && event.ResourceStatus === 'UPDATE_IN_PROGRESS';

/** Stands for the token of an update that was started without one. */
const NO_TOKEN = '';

const tokenOf = ({ ClientRequestToken }: StackEvent) => ClientRequestToken ?? NO_TOKEN;

/**
 * Events of the update that was started with this token. Updates without one cannot be told apart by
 * it: of those it is the latest, from the stack's own first event on.
 */
export function ofUpdate(events: readonly StackEvent[], token: string): StackEvent[] {
  const own = events.filter((event) => tokenOf(event) === token);
  if (token !== NO_TOKEN) return own;
  const start = own.findLastIndex(begins);
  return start === -1 ? [] : own.slice(start);
}

/** Token of the latest update that began since an instant, whoever started it; undefined: none has. */
export function latestToken(events: readonly StackEvent[], since: number): string | undefined {
  const start = events.findLast((event) => begins(event) && Number(event.Timestamp) >= since);
  return start && tokenOf(start);
}

/** Status of the stack's own latest event, and what it means. Undefined: the update has no event yet. */
export function endOf(
  events: readonly StackEvent[],
): { status: string; end: UpdateEnd } | undefined {
  const status = events.filter(ofStackItself).at(-1)?.ResourceStatus;
  if (status === undefined)
    return events.length > 0 ? { status: 'starting', end: 'running' } : undefined;
  return { status, end: updateEndOf(status) };
}

/**
 * The first resource that failed by itself. Those that only say they were cancelled were stopped
 * because of it.
 */
export function firstFailure(events: readonly StackEvent[]): string | undefined {
  const failed = events.filter(
    (event) => !ofStackItself(event) && /_FAILED$/.test(event.ResourceStatus ?? ''),
  );
  const own = failed.find(
    ({ ResourceStatusReason }) =>
      !/^Resource (update|creation|deletion) cancelled/i.test(ResourceStatusReason ?? ''),
  );
  const event = own ?? failed[0];
  if (!event) return undefined;
  return `${event.LogicalResourceId} (${event.ResourceType}) ${event.ResourceStatus}: ${event.ResourceStatusReason ?? 'no reason given'}`;
}
