// `runbooks answer`: a person's yes or no at a gate, by an execution of the stack's answer machine: CloudTrail
// names who started it.

import { setTimeout as delay } from 'node:timers/promises';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { GATE } from '../../../lambdas/shared/inputs/identifiers';
import { RefusedError } from '../errors';
import { messageOf } from '../summary';
import { type Ended, type Kit, type OperateOptions, operate } from './kit';
import { onceThere, startOnce } from './starting';
import { ledgerOf, namingProblems, type Subject, subjectOf } from './subject';

export interface AnswerOptions extends OperateOptions {
  readonly by?: string;
  readonly reason?: string;
  /** When the question was asked that is answered. @default - what the gate asks now, which is printed first */
  readonly asked?: string;
}

export const ANSWERS = ['approve', 'refuse'];
const LOOK_MS = 500;

export function answer(
  [named, gate, said]: readonly (string | undefined)[],
  options: AnswerOptions,
  signal: AbortSignal,
): Promise<number> {
  const { by, reason, asked } = options;
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
    const subject = await subjectOf(kit, named!);
    return answered(kit, subject, { gate: gate!, answer: said!, by: by!, reason: reason!, asked });
  });
}

/** A person's word. */
export interface Said {
  readonly gate: string;
  /** `approve` or `refuse`. */
  readonly answer: string;
  readonly by: string;
  readonly reason: string;
  /** @default - what the gate asks now, which is printed first */
  readonly asked?: string;
}

/** Gives the answer and waits until it is recorded. */
export async function answered(kit: Kit, subject: Subject, said: Said): Promise<Ended> {
  const { stack, run, execution } = subject;
  const { gate, answer, by, reason, asked } = said;
  const open = await questionOf(kit, subject, gate);
  if (open) {
    const [title, ...more] = open.question.split('\n');
    kit.terminal.line(`Gate ${gate} asks since ${open.askedAt}: ${title}`);
    if (more.length > 0) kit.terminal.line(`  (${more.length} more lines: watch shows them)`);
  }
  // Without --asked the question that was printed just now is meant, and no later one.
  const askedAt = asked ?? open?.askedAt;
  if (askedAt === undefined) throw new RefusedError(await nothingAsked(kit, subject, gate));
  const input = { run: run ?? execution, gate, answer, by, reason, askedAt };
  const executionArn = await startOnce(kit, {
    stateMachineArn: stack.machineArn(`${stack.name}-answer`),
    input: JSON.stringify(input),
  });
  const end = await endOf(kit, executionArn);
  const ok = end.status === 'SUCCEEDED';
  const message = ok ? null : messageOf(end.cause);
  kit.terminal.line(
    ok
      ? `Gate ${gate} of ${run}: ${answer} by ${by}`
      : `The answer was not taken (${end.status}): ${end.error}: ${message}`,
  );
  kit.terminal.line(`  recorded as ${executionArn}`);
  const document = { run: run ?? null, gate, answer, by, reason, askedAt };
  const how = { status: end.status, answeredBy: executionArn, error: end.error ?? null, message };
  return { code: ok ? 0 : 1, document: { ...document, ...how } };
}

/** Why nobody can be answered: without a question that was shown, the next one would be approved unseen. */
async function nothingAsked(kit: Kit, subject: Subject, gate: string): Promise<string> {
  const { stack, run, execution } = subject;
  if (run === undefined)
    return `${execution} has no run in the ledger: no gate of it asks anything`;
  const gates = await ledgerOf(kit, stack).gates(run);
  const open = gates.filter(({ answer }) => answer === undefined).map(({ name }) => name);
  const last = gates.find(({ name }) => name === gate);
  const before = last?.answer
    ? `it was answered last at ${last.answeredAt}: ${last.answer} by ${last.by}`
    : 'it has asked nothing yet';
  const others = open.length > 0 ? `gates that ask: ${open.join(', ')}` : 'no other gate asks';
  return `gate ${gate} of run ${run} asks nothing now; ${before}; ${others}`;
}

/** What the gate asks; undefined when it asks nothing. */
async function questionOf(kit: Kit, { stack, run }: Subject, gate: string) {
  if (run === undefined) return undefined;
  const gates = await ledgerOf(kit, stack).openGates(run);
  return gates.find(({ name }) => name === gate);
}

async function endOf(kit: Kit, executionArn: string) {
  const describe = () => kit.aws.sfn.send(new DescribeExecutionCommand({ executionArn }));
  let end = await onceThere(kit, describe);
  while (end.status === 'RUNNING') {
    await delay(LOOK_MS, undefined, { signal: kit.signal });
    end = await onceThere(kit, describe);
  }
  return end;
}
