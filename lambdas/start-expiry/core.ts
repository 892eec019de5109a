// Appoints the end of a run's objects: one execution that waits until then and deletes them. It has the
// run's name, so that one whose answer was lost is found and adopted.

import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { checkFolders } from '../delete-objects/input';
import { iso } from '../shared/clock';
import { executionStatus } from '../shared/executions';
import { type Ledger, runKey } from '../shared/ledger';
import { ownRun, releasedRun } from '../shared/runs';
import type { StartExpiryPayload, StartExpiryResult } from './payload';

export interface StartExpiryDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly now: () => number;
}

/** What shall be started, in the ledger before it is asked for. */
interface Appointment {
  readonly attempt: number;
  readonly name: string;
  readonly at: string;
}

const DAY_MS = 86_400_000;
/** Executions that wait, or that have deleted already what there was. */
const GOOD = ['RUNNING', 'PENDING_REDRIVE', 'SUCCEEDED'];

/** @throws RefusedInputError, RunTakenOverError, RunReleasedError */
export async function startExpiry(
  payload: StartExpiryPayload,
  deps: StartExpiryDeps,
): Promise<StartExpiryResult> {
  const { ledger } = deps;
  const { runId: run } = payload;
  const folders = checkFolders(run, payload.folders);
  if (payload.released) await releasedRun(ledger, run);
  else await ownRun(ledger, payload);
  for (let last: Appointment | undefined; ; ) {
    const { at, ...appointment } = await appointed(payload, deps, last);
    const input = JSON.stringify({ run, at, folders });
    const executionArn = await begun(payload.machineArn, appointment.name, input, deps);
    if (executionArn !== undefined) {
      const text = `The run's objects in S3, with rows of students in them, are deleted at ${at} by ${executionArn}`;
      await ledger.put(runKey(run, 'note#expiry'), { text });
      return { executionArn, at };
    }
    last = { at, ...appointment };
  }
}

/** The appointment to keep; one whose execution came to nothing is followed by another. */
async function appointed(
  { runId, keepDays }: StartExpiryPayload,
  { ledger, now }: StartExpiryDeps,
  last: Appointment | undefined,
): Promise<Appointment> {
  const key = runKey(runId, 'expiry');
  const there = await ledger.get<Appointment>(key);
  if (there && there.attempt !== last?.attempt) return there;
  const attempt = (there?.attempt ?? 0) + 1;
  const name = attempt === 1 ? runId : `${runId}-${attempt}`;
  const next: Appointment = { attempt, name, at: iso(now() + keepDays * DAY_MS) };
  await ledger.put(key, next, there ? { attempt: there.attempt } : 'absent');
  // A refused write may be our own whose answer was lost: what is there counts.
  return (await ledger.get<Appointment>(key))!;
}

/** ARN of the execution of this name; undefined when it was stopped, or has failed. */
async function begun(
  stateMachineArn: string,
  name: string,
  input: string,
  { sfn }: StartExpiryDeps,
): Promise<string | undefined> {
  try {
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    return started.executionArn;
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    return GOOD.includes(await executionStatus(sfn, arn)) ? arn : undefined;
  }
}
