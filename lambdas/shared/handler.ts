import { isTransient, PayloadVersionError, RunbookError, TryAgainError } from './errors';
import { log } from './log';
import { type Caller, PAYLOAD_VERSION } from './run';

/** What a core gets besides its payload. */
export interface Invocation {
  /** Unique for this invocation; a retry has another. */
  readonly requestId: string;
  /** Milliseconds this function may still run. */
  remainingMs(): number;
}

/** The part of Lambda's context object a task uses. */
export interface TaskContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/**
 * Makes a Lambda handler of a core: checks the payload's version, turns passing faults of services
 * into TryAgainError, and logs the end of every call once. `noteFailure` lets a task that works
 * for an item leave the cause in the ledger, where the settle task finds it.
 */
export function taskHandler<P extends Pick<Caller, 'version'> & Partial<Caller>, R>(
  core: (payload: P, invocation: Invocation) => Promise<R>,
  noteFailure?: (payload: P, error: Error) => Promise<void>,
): (payload: P, context: TaskContext) => Promise<R> {
  return async (payload, context) => {
    const { runId, selfArn } = payload;
    try {
      if (payload.version !== PAYLOAD_VERSION) {
        throw new PayloadVersionError(
          `this release reads payload version ${PAYLOAD_VERSION}, the execution sent ${payload.version}: ` +
            'deploy the release that started the execution, redrive, and update afterwards',
        );
      }
      const result = await core(payload, {
        requestId: context.awsRequestId,
        remainingMs: () => context.getRemainingTimeInMillis(),
      });
      log.info('task ended', { runId, selfArn });
      return result;
    } catch (error) {
      log.error('task failed', { runId, selfArn, error: error as Error });
      if (error instanceof RunbookError || !isTransient(error)) {
        await noteFailure?.(payload, error as Error);
        throw error;
      }
      throw new TryAgainError(`${(error as Error).name}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
}
