import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { RunLeftFailedError } from '../shared/errors';
import { runOfExecution } from '../shared/execution-index';
import { type Ledger, runKey } from '../shared/ledger';
import { holdsLeases, type RunItem } from '../shared/runs';
import type { CheckQuietRunPayload } from './payload';

export interface QuietDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
}

/**
 * @throws RunLeftFailedError when the run is still failed since the moment the watch began, or was given
 * up and still holds its targets, because its release did not get to its end
 */
export async function checkQuietRun(
  { executionArn, stopDate }: CheckQuietRunPayload,
  { ledger, sfn }: QuietDeps,
): Promise<{ runId: string | null; owned: true }> {
  const runId = await runOfExecution(ledger, executionArn);
  const run = runId === undefined ? undefined : await ledger.get<RunItem>(runKey(runId));
  const owned = { runId: run?.runId ?? null, owned: true } as const;
  // Refused and dry runs hold nothing; a run that was taken over is its new execution's matter.
  if (!run || run.executionArn !== executionArn) return owned;
  if (run.status === 'released' && (await holdsLeases(ledger, run))) {
    throw new RunLeftFailedError(
      `run ${run.runId} was given up, but its release did not get to its end: it keeps its leases, and what it held still ` +
        'may be so. Redrive the release, or start it again',
    );
  }
  if (run.status !== 'open') return owned;
  const now = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  if (now.status === 'RUNNING' || now.status === 'PENDING_REDRIVE') return owned;
  // Redriven and failed again since: that failure has a watch of its own. Seconds are what is compared.
  if ((now.stopDate?.getTime() ?? 0) > stopDate + 1_000) return owned;
  throw new RunLeftFailedError(
    `run ${run.runId} is ${now.status} and nobody has redriven, continued or released it: ${executionArn}. ` +
      'It keeps its leases until somebody does',
  );
}
