import type { ExecutionEvent } from './execution-event';
import { type TaskContext, taskHandler } from './handler';
import { PAYLOAD_VERSION } from './run';

/** Makes a handler for the status events of executions, which carry no version of ours. */
export function eventHandler<R>(core: (event: ExecutionEvent) => Promise<R>) {
  const handle = taskHandler(({ event }: { version: number; event: ExecutionEvent }) =>
    core(event),
  );
  return (event: ExecutionEvent, context: TaskContext): Promise<R> =>
    handle({ version: PAYLOAD_VERSION, event }, context);
}
