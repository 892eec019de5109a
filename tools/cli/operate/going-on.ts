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
/** Ends of the names of machines that only sound an alarm; operators have no rights on them. */
const ALARM_CLOCK = 'quiet-watch';
const STATUSES: readonly ExecutionStatus[] = ['RUNNING', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** What was found, and what could not be looked at. */
export interface GoingOn {
  readonly executions: readonly Ongoing[];
  /** Machines whose executions, or the record of whose runs, the caller may not read. */
  readonly unseen: readonly string[];
  /** Machines that operators may not list because nobody redrives their executions. */
  readonly excused: readonly string[];
}

/** All of them, by machine. */
export async function goingOn(kit: Kit, stack: DeployedStack, now = Date.now()): Promise<GoingOn> {
  const executions: Ongoing[] = [];
  const unseen: string[] = [];
  const excused: string[] = [];
  for (const machineArn of stack.machines) {
    const name = nameOf(machineArn);
    const found = await orDenied(() => listed(open(kit, machineArn, now)));
    if (found === undefined) {
      (name === `${stack.name}-${ALARM_CLOCK}` ? excused : unseen).push(name);
      continue;
    }
    const all = await orDenied(() =>
      inOrder(found, (executionArn) => ongoing(kit, stack, machineArn, executionArn)),
    );
    if (all === undefined) unseen.push(name);
    executions.push(...(all ?? []).filter((one) => one !== undefined));
  }
  return { executions, unseen, excused };
}

/** What somebody may not read is undefined. */
async function orDenied<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if ((error as Error).name !== 'AccessDeniedException') throw error;
    return undefined;
  }
}

async function listed<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
}

async function inOrder<T, Out>(all: readonly T[], of: (one: T) => Promise<Out>): Promise<Out[]> {
  const made: Out[] = [];
  for (const one of all) made.push(await of(one));
  return made;
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
