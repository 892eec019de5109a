// What can go wrong inside a state, and which Retry or Catch entry catches it.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html

/** An error of a state: the Error and Cause that Retry, Catch and the history see. */
export class StateError extends Error {
  override readonly name = 'StateError';
  constructor(
    readonly error: string | undefined,
    readonly reason?: string,
    /** Field whose evaluation failed, for the `EvaluationFailed` event. */
    readonly location?: string,
    /** What Retry and Catch may know it by, when that is not what is shown. */
    readonly kind = error,
  ) {
    super(reason === undefined ? `${error}` : `${error}: ${reason}`);
  }
}

/** Ends the code of a thread that was stopped; nothing may be recorded any more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export const TIMEOUT = 'States.Timeout';
export const HEARTBEAT_TIMEOUT = 'States.HeartbeatTimeout';
export const RUNTIME = 'States.Runtime';
export const DATA_LIMIT = 'States.DataLimitExceeded';
export const EVALUATION = 'States.QueryEvaluationError';
export const PERMISSIONS = 'States.Permissions';
export const THRESHOLD = 'States.ExceedToleratedFailureThreshold';
export const NO_CHOICE = 'States.NoChoiceMatched';

/** Where the pages are silent, `States.TaskFailed` means what a task reported, not what the service did. */
const NOT_TASK_FAILED: ReadonlySet<string> = new Set([
  TIMEOUT,
  HEARTBEAT_TIMEOUT,
  DATA_LIMIT,
  THRESHOLD,
  NO_CHOICE,
]);

/** Whether an entry's `ErrorEquals` names this error. */
export function matchesError(errorEquals: readonly string[], error = ''): boolean {
  if (error === RUNTIME) return false;
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return error !== DATA_LIMIT;
    if (name === 'States.TaskFailed') return !NOT_TASK_FAILED.has(error);
    return name === TIMEOUT && error === HEARTBEAT_TIMEOUT;
  });
}
