// `runbooks answer`: a person's yes or no at a gate, by an execution of the stack's answer machine: CloudTrail
// names who started it.

import { setTimeout as delay } from 'node:timers/promises';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GATE } from '../../../lambdas/shared/inputs/identifiers';
import { messageOf } from '../summary';
import { type OperateOptions, operate } from './kit';
import { namingProblems, subjectOf } from './subject';

export interface AnswerOptions extends OperateOptions {
  readonly by?: string;
  readonly reason?: string;
}

const ANSWERS = ['approve', 'refuse'];
const LOOK_MS = 500;

export function answer(
  [named, gate, said]: readonly (string | undefined)[],
  options: AnswerOptions,
  signal: AbortSignal,
): Promise<number> {
  const { by, reason } = options;
  const problems = [
    ...namingProblems(named, options),
    ...(gate !== undefined && GATE.test(gate)
      ? []
      : ['name the gate, as the notice or watch has it']),
    ...(ANSWERS.includes(said ?? '') ? [] : ['the answer must be approve or refuse']),
    ...(by?.trim() ? [] : ['say who answers with --by']),
    ...(reason?.trim() ? [] : ['say why with --reason']),
  ];
  return operate({ command: 'answer', problems, arn: named }, options, signal, async (kit) => {
    const { sfn } = kit.aws;
    const { stack, run, execution } = await subjectOf(kit, named!);
    const input = JSON.stringify({ run: run ?? execution, gate, answer: said, by, reason });
    const stateMachineArn = stack.machineArn(`${stack.name}-answer`);
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
    const describe = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
    let end = await describe();
    while (end.status === 'RUNNING') {
      await delay(LOOK_MS, undefined, { signal });
      end = await describe();
    }
    const ok = end.status === 'SUCCEEDED';
    const message = ok ? null : messageOf(end.cause);
    kit.terminal.line(
      ok
        ? `Gate ${gate} of ${run}: ${said} by ${by}`
        : `The answer was not taken (${end.status}): ${end.error}: ${message}`,
    );
    kit.terminal.line(`  recorded as ${executionArn}`);
    const document = { run: run ?? null, gate, answer: said, by, reason };
    const how = { status: end.status, answeredBy: executionArn, error: end.error ?? null, message };
    return { code: ok ? 0 : 1, document: { ...document, ...how } };
  });
}
