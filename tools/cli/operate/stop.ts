// `runbooks stop`: stops an execution, with a cause. Its workers end what they have begun within a minute.

import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { RefusedError } from '../errors';
import { type Kit, type OperateOptions, operate } from './kit';
import { namingProblems, subjectOf } from './subject';
import { typed } from './typed';

export interface StopOptions extends OperateOptions {
  readonly cause?: string;
}

/** Name of the error an execution ends with that was stopped here. */
const ERROR = 'StoppedByOperator';
const LOOK_MS = 500;
/** Looks at an execution that seemed closed: what is read may be from before a redrive. */
const LOOKS = 10;

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
    const subject = await subjectOf(kit, named!);
    const { execution } = subject;
    const { status, cause } = await stopped(kit, execution, options.cause!);
    const run = subject.run ?? null;
    kit.terminal.line(`${execution} is ${status}: ${options.cause}`);
    if (status === 'ABORTED') {
      kit.terminal.line(
        '  what still runs on servers ends within a minute where the role may end it',
      );
      kit.terminal.line(`  go on with it:   ${typed(options, 'redrive', execution)}`);
      if (run)
        kit.terminal.line(
          `  or give it up:   start ${subject.stack.name}-release with {"run":"${run}"}`,
        );
    }
    // It may have come to its own end first.
    const document = { execution, run, status, cause: cause ?? null };
    return { code: status === 'ABORTED' ? 0 : 1, document };
  });
}

/** Stops it and waits for its end. @throws RefusedError when it was closed all along */
async function stopped(
  kit: Kit,
  executionArn: string,
  cause: string,
): Promise<DescribeExecutionCommandOutput> {
  const { sfn } = kit.aws;
  const describe = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
  const before = await describe();
  const nothing = () => new RefusedError(`${executionArn} is ${before.status}: nothing to stop`);
  // Only what succeeded is closed for good: anything else may have been redriven a moment ago. AWS takes the call
  // for a closed execution and does nothing.
  if (before.status === 'SUCCEEDED') throw nothing();
  const sent = { what: `the stop of ${executionArn} was sent`, execution: executionArn };
  const command = new StopExecutionCommand({ executionArn, error: ERROR, cause });
  await kit.sending(sent, () => sfn.send(command));
  for (let look = 1; ; look++) {
    const now = await describe();
    const old =
      (now.redriveCount ?? 0) < (before.redriveCount ?? 0) ||
      (before.stopDate !== undefined && now.stopDate?.getTime() === before.stopDate.getTime());
    if (now.status !== 'RUNNING' && !old) return now;
    if (before.status !== 'RUNNING' && old && look >= LOOKS) throw nothing();
    await delay(LOOK_MS, undefined, { signal: kit.signal });
  }
}
