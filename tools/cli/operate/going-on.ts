// Executions of a stack that may go on after today: those that run, and those that can be redriven.

import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeStateMachineForExecutionCommand,
  type ExecutionStatus,
  paginateListExecutions,
} from '@aws-sdk/client-sfn';
import { redriveHelps } from '../../../lambdas/shared/report/advice';
import type { Kit } from './kit';
import { type DeployedStack, nameOf } from './stack';
import { ledgerOf } from './subject';

/** One of them. */
export interface Ongoing {
  readonly execution: string;
  readonly status: string;
  readonly startedAt: string;
  readonly run: string | null;
  /** Why nobody will go on with it although AWS would let them; null: somebody may. */
  readonly over: string | null;
  /** Logical id of its machine. */
  readonly machineId: string;
  /** Logical ids of the functions its own definition calls. */
  readonly functionIds: readonly string[];
}

/** A redrive is possible for so long after the end: https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const REDRIVABLE_MS = 14 * 86_400_000;
const STATUSES: readonly ExecutionStatus[] = ['RUNNING', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** All of them, by machine, and the machines whose executions the caller may not list: nobody redrives those. */
export async function goingOn(
  kit: Kit,
  stack: DeployedStack,
  now = Date.now(),
): Promise<{ readonly executions: readonly Ongoing[]; readonly unseen: readonly string[] }> {
  const executions: Ongoing[] = [];
  const unseen: string[] = [];
  for (const machineArn of stack.machines) {
    try {
      for await (const executionArn of open(kit, machineArn, now)) {
        const one = await ongoing(kit, stack, machineArn, executionArn);
        if (one) executions.push(one);
      }
    } catch (error) {
      if ((error as Error).name !== 'AccessDeniedException') throw error;
      unseen.push(nameOf(machineArn));
    }
  }
  return { executions, unseen };
}

/** Executions of a machine that run, or that ended without success and not too long ago. */
async function* open({ aws }: Kit, stateMachineArn: string, now: number): AsyncGenerator<string> {
  for (const statusFilter of STATUSES) {
    const query = { stateMachineArn, statusFilter };
    for await (const { executions = [] } of paginateListExecutions({ client: aws.sfn }, query)) {
      for (const { executionArn, stopDate } of executions) {
        if (!stopDate || now - stopDate.getTime() <= REDRIVABLE_MS) yield executionArn!;
      }
    }
  }
}

async function ongoing(
  kit: Kit,
  stack: DeployedStack,
  machineArn: string,
  executionArn: string,
): Promise<Ongoing | undefined> {
  const { sfn } = kit.aws;
  const about = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  if (about.status !== 'RUNNING' && about.redriveStatus !== 'REDRIVABLE') return undefined;
  const run = await ledgerOf(kit, stack).runOf(executionArn);
  const { definition } = await sfn.send(
    new DescribeStateMachineForExecutionCommand({ executionArn }),
  );
  const idOf = new Map(stack.resources.map((one) => [one.physicalId, one.logicalId]));
  return {
    execution: executionArn,
    status: about.status!,
    startedAt: about.startDate!.toISOString(),
    run: run ?? null,
    over: refused(about) ?? (await overOf(kit, stack, run, executionArn)),
    machineId: idOf.get(machineArn)!,
    functionIds: functionsIn(definition!).map((name) => idOf.get(name) ?? name),
  };
}

/** Why a redrive would meet the same refusal again. */
function refused({ status, error }: DescribeExecutionCommandOutput): string | undefined {
  if (status === 'RUNNING' || redriveHelps({ error, redrivable: true })) return undefined;
  return `a redrive would end in ${error} again`;
}

async function overOf(
  kit: Kit,
  stack: DeployedStack,
  runId: string | undefined,
  executionArn: string,
): Promise<string | null> {
  const run = runId === undefined ? undefined : await ledgerOf(kit, stack).run(runId);
  if (!run) return null;
  if (run.executionArn !== executionArn) return `its run was taken over by ${run.executionArn}`;
  return run.status === 'released' ? `its run was given up at ${run.endedAt}` : null;
}

/** Names of the functions a definition calls. */
const functionsIn = (definition: string): string[] => [
  ...new Set(
    [...definition.matchAll(/arn:[\w-]+:lambda:[^:"]*:\d+:function:([\w-]+)/g)].map(([, n]) => n!),
  ),
];
