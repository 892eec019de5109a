// The first state of every machine: refuses bad input before anything is touched, then makes the
// run and takes what it owns, or takes over the run of a closed execution.

import { createHash } from 'node:crypto';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { type Clock, iso } from '../shared/clock';
import { rememberExecution } from '../shared/execution-index';
import { type CheckedInput, checkInput, mayContinueReleased } from '../shared/inputs';
import { type Ledger, runKey } from '../shared/ledger';
import { ownRun, type RunItem } from '../shared/runs';
import { findPredecessor, takeOver } from './continue';
import { takeLeases } from './leases';
import type { OpenRunPayload, OpenRunResult } from './payload';

export interface OpenRunDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
}

/** The same for every call of one execution; a name can be used again after 90 days, so its start counts. */
export function runIdOf(executionArn: string, startTime: string): string {
  const day = startTime.slice(0, 10).replaceAll('-', '');
  const digest = createHash('sha256').update(`${executionArn} ${startTime}`).digest('hex');
  return `run-${day}-${digest.slice(0, 10)}`;
}

export async function openRun(payload: OpenRunPayload, deps: OpenRunDeps): Promise<OpenRunResult> {
  const { ledger, clock } = deps;
  const predecessor = await findPredecessor(payload, deps);
  const checked = checkInput(
    payload.schema,
    payload.target,
    predecessor.input,
    predecessor.problems,
  );
  const { input } = checked;
  const continued = predecessor.released ? undefined : predecessor.run;
  const runId = continued?.runId ?? runIdOf(payload.rootArn, payload.startTime);
  if (!input.dryRun) {
    const run = continued
      ? await takeOver(ledger, continued, payload)
      : await newRun(ledger, payload, runId, checked, iso(clock.now()));
    await rememberExecution(ledger, payload.rootArn, runId);
    await takeLeases(ledger, run, iso(clock.now()));
  }
  return { run: { id: runId, arn: payload.rootArn }, input };
}

async function newRun(
  ledger: Ledger,
  payload: OpenRunPayload,
  runId: string,
  { input, leases }: CheckedInput,
  startedAt: string,
): Promise<RunItem> {
  const run: RunItem = {
    runId,
    machine: payload.machine,
    executionArn: payload.rootArn,
    earlierArns: [],
    status: 'open',
    input,
    leases,
    startedAt,
    ...(mayContinueReleased(payload.schema) && { continuable: true }),
    // Of a run that was given up: one that is open keeps its own id.
    ...(input.continueRun !== undefined && { continues: input.continueRun }),
  };
  if (await ledger.put(runKey(runId), run, 'absent')) return run;
  return ownRun(ledger, { ...payload, runId });
}
