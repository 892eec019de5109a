// Takes a person's answer: records it with its execution, then lets the waiting state go on or fail.

import { SendTaskFailureCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Clock, iso } from '../shared/clock';
import { GateAnswerError, RefusedInputError } from '../shared/errors';
import { executionStatus } from '../shared/executions';
import { type GateItem, gateKey, passGate } from '../shared/gates';
import { GATE, RUN_ID } from '../shared/inputs/identifiers';
import { problemsOf } from '../shared/inputs/problems';
import { type Ledger, runKey } from '../shared/ledger';
import type { RunItem } from '../shared/runs';
import type { AnswerGatePayload } from './payload';

export interface AnswerDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
}

const schema = z.strictObject({
  run: z.string().regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e'),
  gate: z.string().regex(GATE, 'must be the name of a gate'),
  answer: z.enum(['approve', 'refuse'], 'must be "approve" or "refuse"'),
  by: z.string().trim().min(1, 'must say who answers').max(200),
  reason: z.string().max(2_000).optional(),
});

export const ANSWER_EXAMPLE = {
  run: 'run-20260131-0a1b2c3d4e',
  gate: 'change-set',
  answer: 'approve',
  by: 'Ada',
  reason: 'read the change set, no data store is replaced',
};

/** Errors of the service that mean: nobody waits for this token any more. */
const DEAD = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

export async function answerGate(payload: AnswerGatePayload, deps: AnswerDeps) {
  const parsed = schema.safeParse(payload.input);
  if (!parsed.success) throw new RefusedInputError(problemsOf(parsed.error), ANSWER_EXAMPLE);
  const { run: runId, gate, answer, by, reason } = parsed.data;
  const { run, item } = await find(deps, runId, gate);
  const again = item.answeredBy === payload.selfArn;
  if (item.answer !== undefined && !again) {
    throw new GateAnswerError(
      `gate ${gate} of run ${runId} was answered already: ${item.answer} by ${item.by} in ${item.answeredBy}`,
    );
  }
  const status = await executionStatus(deps.sfn, run.executionArn);
  if (status !== 'RUNNING' && !again) throw notWaiting(gate, run, `it is ${status}`);
  const answeredAt = item.answeredAt ?? iso(deps.clock.now());
  const answered = { ...item, answer, by, reason, answeredBy: payload.selfArn, answeredAt };
  if (!(await deps.ledger.put(gateKey(runId, gate), answered, { token: item.token }))) {
    throw new GateAnswerError(`gate ${gate} of run ${runId} asks anew this moment; read it again`);
  }
  try {
    await send(deps.sfn, answered);
  } catch (error) {
    // Sent before by a call that died: then the state has gone on and its token is dead.
    if (!DEAD.includes((error as Error).name)) throw error;
    if (!again) throw notWaiting(gate, run, 'its state waits no more');
  }
  return { run: runId, gate, answer, by, answeredAt };
}

async function find({ ledger }: AnswerDeps, runId: string, gate: string) {
  const run = await ledger.get<RunItem>(runKey(runId));
  if (!run) throw new GateAnswerError(`the ledger knows no run ${runId}`);
  const item = await ledger.get<GateItem>(gateKey(runId, gate));
  if (item) return { run, item };
  const names: string[] = [];
  for await (const { name } of ledger.list<GateItem>(runId, 'gate#')) names.push(name);
  throw new GateAnswerError(
    `run ${runId} has no gate ${gate}; it has asked at: ${names.join(', ') || 'none yet'}`,
  );
}

const notWaiting = (gate: string, run: RunItem, why: string) =>
  new GateAnswerError(
    `nobody waits at gate ${gate} in ${run.executionArn}: ${why}. Redrive that execution, it asks again`,
  );

async function send(sfn: AnswerDeps['sfn'], item: GateItem): Promise<void> {
  if (item.answer === 'approve') return passGate(sfn, item.token, item);
  const cause = `${item.by} refused at gate ${item.name}: ${item.reason ?? 'no reason given'}. A redrive asks again`;
  await sfn.send(
    new SendTaskFailureCommand({ taskToken: item.token, error: 'GateRefusedError', cause }),
  );
}
