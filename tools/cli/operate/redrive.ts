// `runbooks redrive`: says what will run again and what stays, asks, and redrives. Where AWS or the run's own
// record stands against it, it says why.

import { type DescribeExecutionCommandOutput, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { redriveHelps } from '../../../lambdas/shared/report/advice';
import type { RunItem } from '../../../lambdas/shared/runs';
import { RefusedError } from '../errors';
import { describe, histories } from '../history';
import { agreed } from './agreed';
import { type Kit, type OperateOptions, operate } from './kit';
import { planLines, type RedrivePlan, redrivePlan } from './redrive-plan';
import { ledgerOf, namingProblems, type Subject, subjectOf } from './subject';
import { typed } from './typed';
import { follow } from './watch';

export interface RedriveOptions extends OperateOptions {
  readonly yes?: boolean;
  /** Says what it would do, and does nothing. */
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly every: number;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const DAYS = 14;

export function redrive(
  named: string | undefined,
  options: RedriveOptions,
  signal: AbortSignal,
): Promise<number> {
  const asks = !options.yes && !options.dryRun;
  const problems = [
    ...namingProblems(named, options),
    ...(asks && (options.json || !process.stdin.isTTY)
      ? ['nobody can be asked here: give --yes, or --dry-run to see what it would do']
      : []),
  ];
  return operate({ command: 'redrive', problems, arn: named }, options, signal, async (kit) => {
    const subject = await subjectOf(kit, named!);
    const { execution } = subject;
    const found = await describe(kit.aws.sfn, execution);
    const plan = await planOf(kit, subject, found);
    const until = found.stopDate && new Date(found.stopDate.getTime() + DAYS * 86_400_000);
    const { line } = kit.terminal;
    const say = line.bind(kit.terminal);
    say(`${execution} is ${found.status}${found.error ? ` (${found.error})` : ''}`);
    for (const text of planLines(plan)) say(text);
    say(
      `  redrivable until ${until?.toISOString()}, with its definition of ${found.startDate?.toISOString()}`,
    );
    const document = { execution, run: subject.run ?? null, plan };
    if (options.dryRun) return { code: 0, document: { ...document, redriven: false } };
    if (asks && !(await agreed('Redrive it?', signal))) {
      say('Nothing was done');
      return { code: 0, document: { ...document, redriven: false } };
    }
    const redriveDate = await redriven(kit, execution);
    say(`Redriven at ${redriveDate.toISOString()}`);
    if (options.watch) return follow(kit, subject, options, { after: redriveDate });
    say(`  watch it: ${typed(options, 'watch', execution)}`);
    return { code: 0, document: { ...document, redriven: true, redriveDate } };
  });
}

/** Redrives it; returns when. */
export async function redriven(kit: Kit, executionArn: string): Promise<Date> {
  const sent = { what: `the redrive of ${executionArn} was sent`, execution: executionArn };
  const command = new RedriveExecutionCommand({ executionArn });
  const { redriveDate } = await kit.sending(sent, () => kit.aws.sfn.send(command));
  return redriveDate!;
}

/** @throws RefusedError with AWS's reason, or the run's own */
export async function planOf(
  kit: Kit,
  subject: Subject,
  { redriveStatus, redriveStatusReason, error }: DescribeExecutionCommandOutput,
): Promise<RedrivePlan> {
  const { execution, run: runId, stack } = subject;
  if (redriveStatus !== 'REDRIVABLE') {
    throw new RefusedError(
      `${execution} cannot be redriven: ${redriveStatusReason ?? redriveStatus}`,
    );
  }
  if (!redriveHelps({ error, redrivable: true })) {
    throw new RefusedError(`${execution} would end in ${error} again: start a new execution`);
  }
  const ledger = ledgerOf(kit, stack);
  const run = runId === undefined ? undefined : await ledger.run(runId);
  const against = run && objection(run, execution);
  if (against) throw new RefusedError(against);
  const [items, batches] =
    runId === undefined
      ? [[], []]
      : await Promise.all([ledger.items(runId), ledger.batches(runId)]);
  const plan = redrivePlan(await histories(kit.aws.sfn, execution), { items, batches });
  const stuck = plan.reruns.find(({ kind, child }) => kind === 'Fail' && child === undefined);
  if (!stuck) return plan;
  throw new RefusedError(
    `${execution} ended in "${stuck.state}", which only fails again: start a new execution with another input`,
  );
}

/** Why the run itself would refuse: AWS would redrive, and the first task would throw. */
function objection(run: RunItem, execution: string): string | undefined {
  if (run.executionArn !== execution) {
    return `run ${run.runId} was taken over by ${run.executionArn}: redrive or watch that one`;
  }
  if (run.status === 'open') return undefined;
  const how = run.status === 'released' ? 'given up by the release machine' : 'ended with success';
  return `run ${run.runId} was ${how} at ${run.endedAt}: a redrive would be refused, start a new execution`;
}
