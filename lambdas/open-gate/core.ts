import { type GateDeps, openGate } from '../shared/gates';
import type { OpenGatePayload } from './payload';

/** A gate whose question and approved values stand in the state data. */
export async function askAtGate(payload: OpenGatePayload, deps: GateDeps) {
  const { gate, question, approve, undo, token, answerMachineArn } = payload;
  const ask = { caller: payload, gate, question, approve, undo, token, answerMachineArn };
  return { status: await openGate(deps, ask) };
}
