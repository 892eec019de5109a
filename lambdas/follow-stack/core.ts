// The waiting task that follows an update to its end, a rollback's end included.

import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { iso } from '../shared/clock';
import { ReconciliationError, StackRolledBackError } from '../shared/errors';
import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import { TokenLost, type UpdateAttempt, UpdateWorker } from '../shared/stacks/attempts';
import { planHash } from '../shared/stacks/changes';
import type { CloudFormation } from '../shared/stacks/cloudformation';
import type { StackDeps } from '../shared/stacks/deps';
import { endOf, firstFailure, latestToken, ofUpdate } from '../shared/stacks/events';
import { notUpdatable } from '../shared/stacks/stack-status';
import { hasTime, pauseMs } from '../shared/waiting';
import type { FollowStackPayload, FollowStackResult } from './payload';

const FAILURES = { StackRolledBackError, ReconciliationError } as const;

export async function followStack(
  payload: FollowStackPayload,
  deps: StackDeps,
  invocation: Invocation,
): Promise<FollowStackResult> {
  const { ledger, clock, sfn } = deps;
  await ownRun(ledger, payload);
  const worker = await UpdateWorker.take(
    ledger,
    payload,
    payload.step,
    invocation.requestId,
    clock.now,
  );
  const attempt = worker.current;
  if (!attempt || (attempt.state !== 'executing' && attempt.state !== 'updated'))
    return again(worker);
  const api = deps.cloudFormation(payload.plan.region);
  const startedAt = clock.now();
  try {
    for (;;) {
      if (attempt.state === 'updated') return outcome(worker, payload);
      const events = await eventsOf(api, worker);
      const now = endOf(events);
      if (now?.end === 'updated') {
        await verify(api, worker, payload, deps);
        return outcome(worker, payload);
      }
      if (now?.end === 'rolled back') await rolledBack(worker, attempt, now.status, events);
      // A stop leaves the update to CloudFormation: half a stack is worse than a whole one.
      if (!(await allRunning(sfn, [payload.selfArn, payload.rootArn]))) return running(attempt);
      await worker.save({});
      const waited = clock.now() - startedAt;
      if (!hasTime(invocation, waited)) return running(attempt);
      if (!now && !(await hasBegun(api, worker, waited))) {
        await worker.end('stale');
        return again(worker);
      }
      await clock.sleep(pauseMs(waited));
    }
  } catch (error) {
    // Whoever has the token now goes on; this invocation leaves and touches nothing.
    if (error instanceof TokenLost) return running(attempt);
    throw error;
  }
}

const running = ({ number }: UpdateAttempt): FollowStackResult => ({
  status: 'running',
  attempt: number,
});

/** A duplicate of the invocation that saw the end throws the same; a redrive starts the next attempt. */
function again(worker: UpdateWorker): FollowStackResult {
  const last = worker.current;
  if (last?.state === 'failed' && worker.endedHere()) {
    throw new FAILURES[last.error as keyof typeof FAILURES](last.message);
  }
  return { status: 'again', attempt: last?.number ?? 0 };
}

/** A new execution that continues the run may want something else of the stack than this attempt. */
const outcome = (worker: UpdateWorker, { plan }: FollowStackPayload): FollowStackResult => ({
  status: worker.current!.planHash === planHash(plan) ? 'updated' : 'again',
  attempt: worker.current!.number,
});

async function eventsOf(api: CloudFormation, worker: UpdateWorker): Promise<StackEvent[]> {
  const { plan, token, executeAt, intentAt } = worker.current!;
  return ofUpdate(await api.events(plan.stackName, executeAt ?? intentAt), token);
}

/**
 * Asked while no event carries the token: false when the change set was never executed. One that a
 * person executed by hand has another token or none, which is adopted: the change set was executed, so
 * the stack's latest update since its making is its own.
 */
async function hasBegun(
  api: CloudFormation,
  worker: UpdateWorker,
  waitedMs: number,
): Promise<boolean> {
  const { plan, name, intentAt } = worker.current!;
  const changeSet = await api.changeSet(plan.stackName, name);
  switch (changeSet?.executionStatus) {
    case 'EXECUTE_IN_PROGRESS':
    case 'EXECUTE_COMPLETE': {
      const token = latestToken(await api.events(plan.stackName, intentAt), intentAt);
      if (token !== undefined) await worker.save({ token });
      return true;
    }
    case 'EXECUTE_FAILED':
      return worker.fail(
        new StackRolledBackError(
          `change set ${name} of stack ${plan.stackName} could not be executed: ` +
            `${changeSet.reason || 'CloudFormation gives no reason'}. Redrive: a new change set is made`,
        ),
      );
    case 'AVAILABLE':
      // The change set may show its execution a moment later than the call that started it.
      return waitedMs < 60_000;
    default:
      return (await eventsOf(api, worker)).length > 0;
  }
}

async function rolledBack(
  worker: UpdateWorker,
  { plan, name }: UpdateAttempt,
  status: string,
  events: readonly StackEvent[],
): Promise<never> {
  const reason = firstFailure(events) ?? 'no resource says why; the update may have been cancelled';
  const next = notUpdatable(plan.stackName, status) ?? 'Repair the cause';
  return worker.fail(
    new StackRolledBackError(
      `the update of stack ${plan.stackName} by change set ${name} ended ${status}: ${reason}. ${next}, then redrive: ` +
        'a new change set is made',
    ),
  );
}

/** What is deployed must be what was approved: a template's description carries its full version. */
async function verify(
  api: CloudFormation,
  worker: UpdateWorker,
  { plan, step, runId }: FollowStackPayload,
  { ledger, clock }: StackDeps,
): Promise<void> {
  const expected = worker.current!.plan.description;
  if (expected !== undefined) {
    const actual = (await api.stack(plan.stackName))?.Description ?? '';
    const ok = actual === expected;
    const check = { name: 'description', expected, actual, ok, at: iso(clock.now()) };
    await ledger.put(runKey(runId, `check#${step}#description`), check);
    if (!ok) {
      await worker.fail(
        new ReconciliationError(
          `stack ${plan.stackName} was updated, but its description is ${JSON.stringify(actual)} and not ` +
            `${JSON.stringify(expected)}: somebody has updated it since, or the template's address moved. Redrive to update it again`,
        ),
      );
    }
  }
  await worker.end('updated');
}
