// Executions of machines that are not ours: started under a name of ours or found, followed, and tried again.
//
//   intent -> start (adopted when it exists) -> running -> SUCCEEDED: the caller judges
//                      closed without success: one try a visit of the state, then the operator is told
//                        redrive, where that can help | else the next attempt, under a new name
//
// They are never stopped by us: our end is not theirs, and the next visit finds them where they are.

import { createHash } from 'node:crypto';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ForeignExecutionError } from './errors';
import type { ForeignAttempt, ForeignWorker } from './foreign-attempts';
import { readTrouble, type Trouble } from './foreign-trouble';

type Sfn = Pick<SFNClient, 'send'>;
type Described = DescribeExecutionCommandOutput;

/** What a step wants of a machine. */
export interface ForeignWish {
  readonly machineArn: string;
  /** Input of an attempt of ours, as JSON text; asked twice it must be the same. */
  input(attempt: ForeignAttempt): Promise<string>;
  /** What the attempt after this one is about. */
  next(attempt: ForeignAttempt): ForeignAttempt['about'];
  /** True for a failure that no repetition mends and that the caller has another way for. */
  refuses(trouble: Trouble, attempt: ForeignAttempt): boolean;
  /** The failure in the operator's words: what, where, why; what a redrive does is added. */
  describe(trouble: Trouble, attempt: ForeignAttempt, status: string): string;
}

export type ForeignEnd =
  | { readonly status: 'succeeded'; readonly execution: Described }
  | { readonly status: 'refused'; readonly trouble: Trouble };

/**
 * One look at the current attempt, and the act it calls for. Undefined: not over yet.
 *
 * @throws ForeignExecutionError when this visit of the state has had its try
 */
export async function followForeign(
  sfn: Sfn,
  worker: ForeignWorker,
  wish: ForeignWish,
): Promise<ForeignEnd | undefined> {
  if (worker.current!.state === 'over') {
    await worker.begin(wish.machineArn, wish.next(worker.current!));
  }
  if (worker.current!.state === 'intent') await start(sfn, worker, wish);
  const attempt = worker.current!;
  const execution = await describeExecution(sfn, attempt.arn);
  if (execution === undefined) return nextAttempt(worker, 'Step Functions knows it no more');
  const { status = 'UNKNOWN' } = execution;
  if (status === 'SUCCEEDED') return { status: 'succeeded', execution };
  if (!['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status)) return undefined;
  const { redrive } = attempt;
  if (redrive && !redrive.refused && (execution.redriveCount ?? 0) <= redrive.before) {
    // Killed before the call, an answer that was lost, or a description that is not up to date yet.
    if (attempt.triedIn !== worker.visit) await worker.save({ triedIn: worker.visit });
    return redriveNow(sfn, worker);
  }
  const trouble = await readTrouble(sfn, attempt.arn);
  if (wish.refuses(trouble, attempt)) {
    await worker.save({ state: 'refused', why: trouble.texts[0] });
    return { status: 'refused', trouble };
  }
  const helps = canBeRedriven(execution) && !trouble.inFailState && !redrive?.refused;
  const told = attempt.triedIn === worker.visit && !redrive?.refused;
  if (told || (status === 'ABORTED' && !attempt.stopTold)) {
    // Whoever stopped it meant it: it goes on when our operator says so.
    await worker.save({ triedIn: worker.visit, stopTold: true, why: status });
    throw new ForeignExecutionError(
      `${wish.describe(trouble, attempt, status)}. Repair the cause, then redrive: ` +
        (helps ? 'that execution goes on where it stopped' : 'a new execution is started'),
    );
  }
  if (!helps) return nextAttempt(worker, `${status}, and a redrive cannot help`);
  const before = execution.redriveCount ?? 0;
  const token = createHash('sha256').update(`${attempt.arn}\n${worker.visit}\n${before}`);
  await worker.mayAct();
  await worker.save({
    state: 'running',
    triedIn: worker.visit,
    redrive: { token: token.digest('hex'), before },
  });
  return redriveNow(sfn, worker);
}

/** The attempt is over: the next look begins another. */
export async function nextAttempt(worker: ForeignWorker, why: string): Promise<undefined> {
  await worker.mayAct();
  await worker.save({ state: 'over', why });
  return undefined;
}

/** An execution, or undefined when there is none of that name (any more). */
export async function describeExecution(
  sfn: Sfn,
  executionArn: string,
): Promise<Described | undefined> {
  try {
    return await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

async function start(sfn: Sfn, worker: ForeignWorker, wish: ForeignWish): Promise<void> {
  const { arn, name } = worker.current!;
  if (!(await describeExecution(sfn, arn))) {
    const input = await wish.input(worker.current!);
    await worker.mayAct();
    await worker.save({ triedIn: worker.visit });
    try {
      await sfn.send(new StartExecutionCommand({ stateMachineArn: wish.machineArn, name, input }));
    } catch (error) {
      // It exists since a call whose answer was lost: only we give that name.
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
  }
  await worker.save({ state: 'running' });
}

/** The same token within 15 minutes redrives once, and later the count has long been read. */
async function redriveNow(sfn: Sfn, worker: ForeignWorker): Promise<undefined> {
  const { arn, redrive } = worker.current!;
  await worker.mayAct();
  try {
    await sfn.send(new RedriveExecutionCommand({ executionArn: arn, clientToken: redrive!.token }));
  } catch (error) {
    if ((error as Error).name !== 'ExecutionNotRedrivable') throw error;
    // Somebody else has redriven it, or its time is over: the next look tells which.
    await worker.save({ redrive: { ...redrive!, refused: (error as Error).message } });
  }
  return undefined;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
const canBeRedriven = ({ redriveStatus }: Described): boolean => redriveStatus !== 'NOT_REDRIVABLE';
