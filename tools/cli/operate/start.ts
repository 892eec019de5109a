// `runbooks start`: one execution. Nothing is checked here that the machine's first state checks.

import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { consoleLink } from '../../../lambdas/shared/inputs/links';
import { UsageError } from '../errors';
import { unlessInterrupted } from '../signals';
import { type OperateOptions, operate } from './kit';
import { nameOf, readStack, stackOf } from './stack';
import { startOnce } from './starting';
import { typed } from './typed';
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
  const use = { command: 'start', problems, arn: given, machine };
  return operate(use, options, signal, async (kit) => {
    const input = await textOf(options.input!, signal);
    const { cloudFormation } = kit.aws;
    // The end of a name is enough in a stack that is named.
    const stack =
      options.stack !== undefined && given === undefined
        ? await readStack(cloudFormation, options.stack)
        : await stackOf(cloudFormation, machine!, options.stack);
    const stateMachineArn = given ?? stack.machineArn(machine!);
    const execution = await startOnce(kit, { stateMachineArn, input, name: options.name });
    const link = consoleLink(execution);
    kit.terminal.line(`Started ${execution}`);
    kit.terminal.line(`  ${link}`);
    const subject = { stack, execution, machine: nameOf(stateMachineArn), run: undefined };
    if (options.watch) return follow(kit, subject, options, { begun: true });
    kit.terminal.line(`  watch it: ${typed(options, 'watch', execution)}`);
    return { code: 0, document: { execution, link, stack: stack.name } };
  });
}

async function textOf(file: string, signal: AbortSignal): Promise<string> {
  try {
    // Reading stdin at once would hold up the whole process, Ctrl-C too.
    return file === '-'
      ? await unlessInterrupted(signal, text(process.stdin))
      : readFileSync(file, 'utf8');
  } catch (error) {
    signal.throwIfAborted();
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
