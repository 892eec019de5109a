// `runbooks stop`: stops an execution, with a cause. Its workers end what they have begun within a minute.

import { setTimeout as delay } from 'node:timers/promises';
import { DescribeExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { RefusedError } from '../errors';
import { type OperateOptions, operate } from './kit';
import { namingProblems, subjectOf } from './subject';

export interface StopOptions extends OperateOptions {
  readonly cause?: string;
}

/** Name of the error an execution ends with that was stopped here. */
const ERROR = 'StoppedByOperator';
const LOOK_MS = 500;

export function stop(
  named: string | undefined,
  options: StopOptions,
  signal: AbortSignal,
): Promise<number> {
  const problems = [
    ...namingProblems(named, options),
    ...(options.cause?.trim()
      ? []
      : ['say why with --cause: it stands in the history and in notices']),
  ];
  return operate({ command: 'stop', problems, arn: named }, options, signal, async (kit) => {
    const { sfn } = kit.aws;
    const subject = await subjectOf(kit, named!);
    const { execution: executionArn } = subject;
    const describe = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { status: before } = await describe();
    // AWS takes the call for a closed execution and does nothing.
    if (before !== 'RUNNING')
      throw new RefusedError(`${executionArn} is ${before}: nothing to stop`);
    await sfn.send(new StopExecutionCommand({ executionArn, error: ERROR, cause: options.cause }));
    let now = await describe();
    while (now.status === 'RUNNING') {
      await delay(LOOK_MS, undefined, { signal });
      now = await describe();
    }
    const { status } = now;
    const run = subject.run ?? null;
    kit.terminal.line(`${executionArn} is ${status}: ${options.cause}`);
    if (status === 'ABORTED') {
      kit.terminal.line(
        '  what still runs on servers ends within a minute where the role may end it',
      );
      kit.terminal.line(`  go on with it:   runbooks redrive ${executionArn}`);
      if (run)
        kit.terminal.line(
          `  or give it up:   start ${subject.stack.name}-release with {"run":"${run}"}`,
        );
    }
    // It may have come to its own end first.
    const document = { execution: executionArn, run, status, cause: now.cause ?? null };
    return { code: status === 'ABORTED' ? 0 : 1, document };
  });
}
