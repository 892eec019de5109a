// The gate in front of an update: asks about the change set as it is now. One that cannot be executed
// any more is no question: the state is told so, and the one that makes change sets comes next.

import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { openGate } from '../shared/gates';
import type { Publish } from '../shared/notices';
import { ownRun } from '../shared/runs';
import { latestAttempt } from '../shared/stacks/attempts';
import { approvalOf, hashOf, questionOf, summarise } from '../shared/stacks/changes';
import type { StackDeps } from '../shared/stacks/deps';
import type { AskChangeSetPayload, StaleChangeSet } from './payload';

export interface AskDeps extends StackDeps {
  readonly publish: Publish;
}

export async function askChangeSet(
  payload: AskChangeSetPayload,
  deps: AskDeps,
): Promise<{ status: 'asked' | 'approved' | 'stale' }> {
  await ownRun(deps.ledger, payload);
  const { gate, token, answerMachineArn, region, step } = payload;
  const attempt = await latestAttempt(deps.ledger, payload, step);
  const changeSet =
    attempt?.state === 'ready'
      ? await deps.cloudFormation(region).changeSet(attempt.plan.stackName, attempt.name)
      : undefined;
  if (!attempt || changeSet?.executionStatus !== 'AVAILABLE') {
    const output = JSON.stringify({ stale: true } satisfies StaleChangeSet);
    await deps.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output }));
    return { status: 'stale' };
  }
  const question = questionOf(attempt.plan, summarise(changeSet.changes), attempt.name);
  const approve = approvalOf(hashOf(attempt.plan, changeSet.changes));
  const status = await openGate(deps, {
    caller: payload,
    gate,
    question,
    approve,
    token,
    answerMachineArn,
  });
  return { status };
}
