// What went wrong first in a stack, down to the resource of a nested one that failed by itself.

import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { CloudFormation } from '../shared/stacks/cloudformation';
import { firstFailure, latestToken, ofUpdate } from '../shared/stacks/events';

const NESTED = 'AWS::CloudFormation::Stack';

const isFailedChild = (event: StackEvent): boolean =>
  event.ResourceType === NESTED &&
  event.PhysicalResourceId !== event.StackId &&
  /_FAILED$/.test(event.ResourceStatus ?? '') &&
  !/cancelled/i.test(event.ResourceStatusReason ?? '');

/** @param since epoch milliseconds before which nothing can belong to this upgrade */
export async function reasonOf(
  api: CloudFormation,
  stackName: string,
  since: number,
): Promise<string> {
  let reason = 'no resource says why; the update may have been cancelled';
  for (let name: string | undefined = stackName; name !== undefined; ) {
    const all = await api.events(name, since);
    const token = latestToken(all, since - 300_000);
    const events: StackEvent[] = token === undefined ? all : ofUpdate(all, token);
    reason = firstFailure(events) ?? reason;
    const child = events.find(isFailedChild)?.PhysicalResourceId;
    name = child === name ? undefined : child;
  }
  return reason;
}
