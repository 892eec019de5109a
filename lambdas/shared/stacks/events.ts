// Reading the events of one update: how it ended, and what went wrong first.

import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { type UpdateEnd, updateEndOf } from './stack-status';

const ofStackItself = ({ PhysicalResourceId, StackId }: StackEvent) =>
  PhysicalResourceId === StackId;

/** Events of the update that was started with this token. */
export const ofUpdate = (events: readonly StackEvent[], token: string): StackEvent[] =>
  events.filter(({ ClientRequestToken }) => ClientRequestToken === token);

/** Token of the latest update, whoever started it. */
export const latestToken = (events: readonly StackEvent[]): string | undefined =>
  events.findLast((event) => ofStackItself(event) && event.ResourceStatus === 'UPDATE_IN_PROGRESS')
    ?.ClientRequestToken;

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
