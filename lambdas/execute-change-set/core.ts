// Starts the update that was approved, and no other; asked twice it starts one.

import { ChangeSetFailedError, isTransient, StackBusyError, TryAgainError } from '../shared/errors';
import { isApproved } from '../shared/gates';
import { ownRun } from '../shared/runs';
import { TokenLost, type UpdateAttempt, UpdateWorker } from '../shared/stacks/attempts';
import { approvalOf, hashOf, summarise } from '../shared/stacks/changes';
import type { CloudFormation } from '../shared/stacks/cloudformation';
import type { StackDeps } from '../shared/stacks/deps';
import { ofUpdate } from '../shared/stacks/events';
import { standingOf } from '../shared/stacks/stack-status';
import type { ExecuteChangeSetPayload, ExecuteChangeSetResult } from './payload';

/** Execution statuses of a change set whose update has been started. */
const STARTED = ['EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE', 'EXECUTE_FAILED'];

export async function executeChangeSet(
  payload: ExecuteChangeSetPayload,
  deps: StackDeps,
  requestId: string,
): Promise<ExecuteChangeSetResult> {
  const { ledger, clock } = deps;
  await ownRun(ledger, payload);
  const worker = await UpdateWorker.take(ledger, payload, payload.step, requestId, clock.now);
  try {
    return await start(payload, deps, worker);
  } catch (error) {
    if (error instanceof TokenLost) {
      throw new TryAgainError('another invocation acts for this update', { cause: error });
    }
    throw error;
  }
}

async function start(
  payload: ExecuteChangeSetPayload,
  { ledger, clock, cloudFormation }: StackDeps,
  worker: UpdateWorker,
): Promise<ExecuteChangeSetResult> {
  const attempt = worker.current;
  if (!attempt) return { status: 'changed', attempt: 0 };
  const result = (status: ExecuteChangeSetResult['status']) => ({
    status,
    attempt: attempt.number,
  });
  const api = cloudFormation(payload.region);
  if (attempt.state === 'updated') return result('executing');
  if (attempt.state !== 'ready' && attempt.state !== 'executing') return result('changed');
  if (attempt.state === 'executing' && (await hasStarted(api, attempt))) return result('executing');

  const { stackName } = attempt.plan;
  const changeSet = await api.changeSet(stackName, attempt.name);
  if (changeSet && STARTED.includes(changeSet.executionStatus)) {
    await worker.save({ state: 'executing', executeAt: attempt.executeAt ?? attempt.intentAt });
    return result('executing');
  }
  if (changeSet?.status !== 'CREATE_COMPLETE' || changeSet.executionStatus !== 'AVAILABLE') {
    await worker.end('stale');
    return result('changed');
  }
  const hash = hashOf(attempt.plan, changeSet.changes);
  const needsApproval = payload.gated || summarise(changeSet.changes).risky.length > 0;
  if (needsApproval && !(await isApproved(ledger, payload, payload.gate, approvalOf(hash)))) {
    await worker.save({ state: 'ready', hash });
    return result('changed');
  }
  await worker.save({ state: 'executing', hash, executeAt: attempt.executeAt ?? clock.now() });
  return result(await execute(api, worker, attempt));
}

async function execute(
  api: CloudFormation,
  worker: UpdateWorker,
  { plan, name, token }: UpdateAttempt,
): Promise<ExecuteChangeSetResult['status']> {
  try {
    await api.executeChangeSet(plan.stackName, name, token);
    return 'executing';
  } catch (error) {
    // The answer may be lost although the update began: the next call looks before it starts again.
    if (isTransient(error)) throw error;
    if ((error as Error).name === 'TokenAlreadyExistsException') return 'executing';
    const now = await api.changeSet(plan.stackName, name);
    if (now && STARTED.includes(now.executionStatus)) return 'executing';
    if (!now || now.executionStatus === 'OBSOLETE') {
      await worker.end('stale');
      return 'changed';
    }
    // Nothing began: the mark goes back, so that a redrive may execute the same change set.
    await worker.save({ state: 'ready', executeAt: undefined });
    const status = (await api.stack(plan.stackName))?.StackStatus;
    if (status !== undefined && standingOf(status) === 'busy') {
      throw new StackBusyError(
        `stack ${plan.stackName} is in ${status} and the update is not of this run: wait until it has ended, then redrive`,
        { cause: error },
      );
    }
    throw new ChangeSetFailedError(
      `CloudFormation did not execute change set ${name} of stack ${plan.stackName}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function hasStarted(api: CloudFormation, attempt: UpdateAttempt): Promise<boolean> {
  const since = attempt.executeAt ?? attempt.intentAt;
  return ofUpdate(await api.events(attempt.plan.stackName, since), attempt.token).length > 0;
}
