// What a command is about: an execution by its ARN, or a run by its id, with the stack that has its record.

import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { RUN_ID } from '../../../lambdas/shared/inputs/identifiers';
import { RefusedError } from '../errors';
import type { LedgerView } from '../ledger-view';
import type { Kit, OperateOptions } from './kit';
import { type DeployedStack, readStack, stackOf } from './stack';

/** What a command is about. */
export interface Subject {
  readonly stack: DeployedStack;
  /** ARN of the root execution. */
  readonly execution: string;
  /** Name of its machine. */
  readonly machine: string;
  /** Id of the run; undefined for one that has none yet, or was a dry run. */
  readonly run: string | undefined;
}

const EXECUTION = /^arn:[\w-]+:states:[a-z0-9-]+:\d{12}:execution:[^:]+:[^:]+$/;

/** What is wrong with how somebody names an execution or a run; nothing when it can be looked for. */
export function namingProblems(named: string | undefined, { stack }: OperateOptions): string[] {
  if (named === undefined) return ['name the execution by its ARN, or the run by its id'];
  if (RUN_ID.test(named)) {
    return stack === undefined
      ? [`run ${named} is in the ledger of a stack: name the stack with --stack`]
      : [];
  }
  return EXECUTION.test(named)
    ? []
    : [`${named} is neither the ARN of an execution nor the id of a run (run-20260131-0a1b2c3d4e)`];
}

/** Finds it. A child of a Distributed Map stands for the execution that started it. */
export async function subjectOf(kit: Kit, named: string): Promise<Subject> {
  const { aws, options } = kit;
  if (RUN_ID.test(named)) {
    const stack = await readStack(aws.cloudFormation, options.stack!);
    const run = await aws.ledger(stack.ledgerTable).run(named);
    if (!run) throw new RefusedError(`the ledger of stack ${stack.name} knows no run ${named}`);
    const execution = run.executionArn;
    return { stack, execution, machine: machineOf(execution), run: named };
  }
  const execution = await rootOf(aws.sfn, named);
  const machine = machineOf(execution);
  const stack = await stackOf(aws.cloudFormation, machineArnOf(execution), options.stack);
  const run = await ledgerOf(kit, stack).runOf(execution);
  return { stack, execution, machine, run };
}

export const ledgerOf = ({ aws }: Kit, stack: DeployedStack): LedgerView =>
  aws.ledger(stack.ledgerTable);

/** Name of an execution's machine; children have a label behind it. */
const machineOf = (executionArn: string): string => executionArn.split(':')[6]!.split('/')[0]!;

/** ARN of an execution's machine: account and region count, too. */
const machineArnOf = (executionArn: string): string =>
  [...executionArn.split(':').slice(0, 5), 'stateMachine', machineOf(executionArn)].join(':');

async function rootOf(sfn: SFNClient, executionArn: string): Promise<string> {
  if (!executionArn.split(':')[6]!.includes('/')) return executionArn;
  const { mapRunArn } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  if (mapRunArn === undefined) return executionArn;
  const { executionArn: parent } = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
  return rootOf(sfn, parent!);
}
