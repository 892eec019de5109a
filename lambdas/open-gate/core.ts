import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { type GateDeps, openGate } from '../shared/gates';
import { ownRun } from '../shared/runs';
import type { OpenGatePayload, StaleQuestion } from './payload';

/** A gate whose question and approved values stand in the state data. */
export async function askAtGate(payload: OpenGatePayload, deps: GateDeps) {
  const { gate, question, approve, undo, token, answerMachineArn, seenOn } = payload;
  if (seenOn !== undefined && seenOn !== payload.redriveCount) {
    await ownRun(deps.ledger, payload);
    const output = JSON.stringify({ stale: true } satisfies StaleQuestion);
    await deps.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output }));
    return { status: 'stale' as const };
  }
  const ask = { caller: payload, gate, question, approve, undo, token, answerMachineArn };
  return { status: await openGate(deps, ask) };
}
