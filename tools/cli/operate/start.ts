// `runbooks start`: one execution. Nothing is checked here that the machine's first state checks.

import { readFileSync } from 'node:fs';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { consoleLink } from '../../../lambdas/shared/inputs/links';
import { UsageError } from '../errors';
import { type OperateOptions, operate } from './kit';
import { nameOf, readStack, stackOf } from './stack';
import { follow } from './watch';

export interface StartOptions extends OperateOptions {
  readonly input?: string;
  readonly name?: string;
  readonly watch?: boolean;
  readonly every: number;
}

export function start(
  machine: string | undefined,
  options: StartOptions,
  signal: AbortSignal,
): Promise<number> {
  const problems = [
    ...(machine === undefined ? ['name the machine, e.g. prod-clickstream-upgrade'] : []),
    ...(options.input === undefined
      ? ['give --input FILE, or --input - for stdin; the stack’s output ExampleInput is an example']
      : []),
  ];
  const given = machine?.startsWith('arn:') ? machine : undefined;
  return operate({ command: 'start', problems, arn: given }, options, signal, async (kit) => {
    const input = textOf(options.input!);
    const name = nameOf(machine!);
    const stack = options.stack
      ? await readStack(kit.aws.cloudFormation, options.stack)
      : await stackOf(kit.aws.cloudFormation, name, undefined);
    const stateMachineArn = stack.machineArn(name);
    const { executionArn } = await kit.aws.sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: options.name, input }),
    );
    const execution = executionArn!;
    const link = consoleLink(execution);
    kit.terminal.line(`Started ${execution}`);
    kit.terminal.line(`  ${link}`);
    const subject = { stack, execution, machine: nameOf(stateMachineArn), run: undefined };
    if (options.watch) return follow(kit, subject, options);
    kit.terminal.line(`  watch it: runbooks watch ${execution}`);
    return { code: 0, document: { execution, link, stack: stack.name } };
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
