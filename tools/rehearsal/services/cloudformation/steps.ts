// The course an update or a creation takes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html

import type { FailedResource, StackWork } from './data';

/** A status the stack takes after some seconds, or a resource that fails then. */
export interface Step {
  readonly after: number;
  readonly status: string;
  readonly failed?: FailedResource & { readonly reason: string };
  /** What it brings about, just before. */
  readonly effect?: () => void;
}

interface Course extends Pick<StackWork, 'fails'> {
  readonly seconds: number;
  readonly cleanup: number;
  /** The change is in force, or has failed. */
  done(good: boolean): void;
}

const failuresOf = ({ fails, seconds }: Course, status: string): Step[] => {
  if (!fails) return [];
  const { resource = 'Resource', type = 'AWS::CloudFormation::CustomResource', reason } = fails;
  const neighbour = { resource: 'Neighbour', type: 'AWS::Lambda::Function' };
  const cancelled = { ...neighbour, reason: `Resource ${status.toLowerCase()} cancelled` };
  return [{ resource, type, reason }, cancelled].map((failed) => ({
    after: seconds / 2,
    status: `${status}_FAILED`,
    failed,
  }));
};

export function updateSteps(course: Course): Step[] {
  const { fails, seconds, cleanup, done } = course;
  const begun = { after: 0, status: 'UPDATE_IN_PROGRESS' };
  const end = fails ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE';
  const last = [
    { after: seconds, status: `${end}_CLEANUP_IN_PROGRESS`, effect: () => done(!fails) },
    { after: seconds + cleanup, status: end },
  ];
  if (!fails) return [begun, ...last];
  const back = { after: seconds / 2, status: 'UPDATE_ROLLBACK_IN_PROGRESS' };
  const stuck = { after: seconds, status: 'UPDATE_ROLLBACK_FAILED', effect: () => done(false) };
  return [begun, ...failuresOf(course, 'UPDATE'), back, ...(fails.rollbackFails ? [stuck] : last)];
}

export function createSteps(course: Course): Step[] {
  const { fails, seconds, done } = course;
  const begun = { after: 0, status: 'CREATE_IN_PROGRESS' };
  const effect = () => done(!fails);
  if (!fails) return [begun, { after: seconds, status: 'CREATE_COMPLETE', effect }];
  const back = { after: seconds / 2, status: 'ROLLBACK_IN_PROGRESS' };
  const last = { after: seconds, status: 'ROLLBACK_COMPLETE', effect };
  return [begun, ...failuresOf(course, 'CREATE'), back, last];
}
