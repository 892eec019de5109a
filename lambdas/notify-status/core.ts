// Tells people how an execution ended, and what to do. Reads the service's own record of the end,
// because a state that fails cannot tell about itself and stay redrivable.

import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { type Clock, iso } from '../shared/clock';
import type { ExecutionEvent } from '../shared/execution-event';
import { runOfExecution } from '../shared/execution-index';
import { firstUnfinished } from '../shared/failed-children';
import { consoleLink } from '../shared/inputs/links';
import { type Ledger, runKey } from '../shared/ledger';
import type { Publish } from '../shared/notices';
import { nextSteps, redriveHelps } from '../shared/report/advice';
import type { EndRecord } from '../shared/report/model';
import { type StoreFile, writeReport } from '../shared/report/store';
import type { RunItem } from '../shared/runs';

export interface NotifyDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly store: StoreFile;
  readonly publish: Publish;
  readonly clock: Clock;
  /** Where people find the report of a run. */
  reportUri(runId: string): string;
}

export async function notifyStatus({ detail }: ExecutionEvent, deps: NotifyDeps) {
  const { executionArn, stateMachineArn } = detail;
  const end = await endOf(detail, deps);
  const runId = await runOfExecution(deps.ledger, executionArn);
  const run = runId === undefined ? undefined : await deps.ledger.get<RunItem>(runKey(runId));
  let next = nextSteps(run, end);
  if (run) {
    // Named by its instant: a duplicate of the event writes the same item, a redrive's end another.
    await deps.ledger.put(runKey(run.runId, `ended#${end.at}`), end);
    const { gates } = await writeReport(deps.ledger, deps.store, run);
    next = nextSteps(run, end, gates);
  }
  const machine = stateMachineArn.split(':').at(-1)!;
  await deps.publish({
    subject: `${machine} ${end.status}${run ? ` (${run.runId})` : ''}`,
    lines: [
      `Machine: ${machine}`,
      `Status: ${end.status}${end.state ? ` in state "${end.state}"` : ''}`,
      ...(end.error ? [`Error: ${end.error}`] : []),
      ...(end.cause ? [`Message: ${end.cause}`] : []),
      ...(end.status === 'SUCCEEDED'
        ? []
        : [`Redrive: ${redriveHelps(end) ? 'yes, after the repair' : 'no'}`]),
      `Execution: ${consoleLink(executionArn)}`,
      ...(run ? [`Run: ${run.runId}`, `Report: ${deps.reportUri(run.runId)}`] : []),
      ...(next.length > 0 ? ['', 'What to do:', ...next.map((step) => `- ${step}`)] : []),
    ],
  });
  return { runId: run?.runId ?? null, status: end.status };
}

async function endOf(
  { executionArn, status, stopDate }: ExecutionEvent['detail'],
  { sfn, clock }: NotifyDeps,
): Promise<EndRecord> {
  const now = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const end = status === 'SUCCEEDED' ? {} : await endInHistory(sfn, executionArn);
  return {
    executionArn,
    status,
    at: iso(stopDate ?? now.stopDate?.getTime() ?? clock.now()),
    ...end,
    // One that runs again has just been redriven.
    redrivable: now.status === 'RUNNING' || now.redriveStatus !== 'NOT_REDRIVABLE',
  };
}

/**
 * The state an execution stopped in, with error and cause. The history keeps them when a redrive is
 * under way already; DescribeExecution does not.
 */
async function endInHistory(
  sfn: NotifyDeps['sfn'],
  executionArn: string,
): Promise<Pick<EndRecord, 'state' | 'error' | 'cause'>> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 200 }),
  );
  const last = events.findIndex(({ type }) =>
    /^Execution(Failed|Aborted|TimedOut)$/.test(`${type}`),
  );
  const end = events[last];
  const details =
    end?.executionFailedEventDetails ??
    end?.executionAbortedEventDetails ??
    end?.executionTimedOutEventDetails;
  const entered = events.slice(Math.max(0, last)).find((event) => event.stateEnteredEventDetails);
  const below = details?.error === CHILD_FAILED ? await wordsOfChild(sfn, executionArn) : undefined;
  const cause = below ?? (details?.cause && messageOf(details.cause));
  return {
    state: entered?.stateEnteredEventDetails?.name,
    error: details?.error,
    cause: cause?.slice(0, 4_000),
  };
}

/** Error of a Map that tolerates no failure: its own cause is that there was one. */
const CHILD_FAILED = 'States.ExceedToleratedFailureThreshold';

/** Error and message of the child that failed; where it cannot be asked, why: people are told of the failure all the same. */
async function wordsOfChild(
  sfn: NotifyDeps['sfn'],
  executionArn: string,
): Promise<string | undefined> {
  let child: Awaited<ReturnType<typeof firstUnfinished>>;
  try {
    child = await firstUnfinished(sfn, executionArn);
  } catch (error) {
    return `a child of ${executionArn} failed; what with could not be asked: ${(error as Error).message}`;
  }
  if (!child) return undefined;
  const { executionArn: arn, status, error, cause } = child;
  // A child may have had a Map of its own.
  const below = error === CHILD_FAILED && arn ? await wordsOfChild(sfn, arn) : undefined;
  return below ?? `${error ?? status}: ${cause ? messageOf(cause) : 'no cause'} (in ${arn})`;
}

/** A task's error arrives as Lambda's JSON; people want its message. */
function messageOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: string };
    return errorMessage ?? cause;
  } catch {
    return cause;
  }
}
