// What a stack's status means for an update. Compared as a whole: a test for `_COMPLETE` at the end
// would take a rollback for success.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html

/** Standing of a stack. */
export type StackStanding = 'ready' | 'busy' | 'stuck' | 'never created' | 'gone';

const STANDINGS: Readonly<Record<string, StackStanding>> = {
  CREATE_COMPLETE: 'ready',
  UPDATE_COMPLETE: 'ready',
  IMPORT_COMPLETE: 'ready',
  UPDATE_ROLLBACK_COMPLETE: 'ready',
  IMPORT_ROLLBACK_COMPLETE: 'ready',
  UPDATE_FAILED: 'ready',
  CREATE_IN_PROGRESS: 'busy',
  UPDATE_IN_PROGRESS: 'busy',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'busy',
  ROLLBACK_IN_PROGRESS: 'busy',
  UPDATE_ROLLBACK_IN_PROGRESS: 'busy',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'busy',
  DELETE_IN_PROGRESS: 'busy',
  IMPORT_IN_PROGRESS: 'busy',
  IMPORT_ROLLBACK_IN_PROGRESS: 'busy',
  UPDATE_ROLLBACK_FAILED: 'stuck',
  IMPORT_ROLLBACK_FAILED: 'stuck',
  REVIEW_IN_PROGRESS: 'never created',
  CREATE_FAILED: 'never created',
  ROLLBACK_COMPLETE: 'never created',
  ROLLBACK_FAILED: 'never created',
  DELETE_FAILED: 'gone',
  DELETE_COMPLETE: 'gone',
};

/** How an update of ours stands, from the status its own event carries. */
export type UpdateEnd = 'running' | 'updated' | 'rolled back';

const ENDS: Readonly<Record<string, UpdateEnd>> = {
  UPDATE_COMPLETE: 'updated',
  UPDATE_ROLLBACK_COMPLETE: 'rolled back',
  UPDATE_ROLLBACK_FAILED: 'rolled back',
  UPDATE_FAILED: 'rolled back',
};

/** @throws Error for a status this release does not know */
export function standingOf(status: string): StackStanding {
  const standing = STANDINGS[status];
  if (!standing) throw new Error(`unexpected stack status ${JSON.stringify(status)}`);
  return standing;
}

/** @throws Error for a status this release does not know */
export function updateEndOf(status: string): UpdateEnd {
  const end = ENDS[status];
  if (end) return end;
  if (standingOf(status) === 'busy') return 'running';
  throw new Error(`an update cannot end in stack status ${status}`);
}

/** What an operator does with a stack that cannot be updated; undefined when it can. */
export function notUpdatable(stackName: string, status: string): string | undefined {
  switch (standingOf(status)) {
    case 'ready':
    case 'busy':
      return undefined;
    case 'stuck':
      return (
        `stack ${stackName} is in ${status}: continue the update rollback in the CloudFormation console ` +
        '(skip the resource that cannot be rolled back, after repairing it by hand) until it is UPDATE_ROLLBACK_COMPLETE'
      );
    case 'never created':
      return `stack ${stackName} is in ${status}: it was never created and cannot be updated`;
    case 'gone':
      return `stack ${stackName} is in ${status}: it is deleted, or its deletion must be ended first`;
  }
}
