// Takes a person's answer: records it with its execution, then lets the waiting state go on or fail.

import { SendTaskFailureCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type Clock, iso } from '../shared/clock';
import { GateAnswerError, RefusedInputError } from '../shared/errors';
import { executionStatus } from '../shared/executions';
import { type GateItem, gateKey, passGate } from '../shared/gates';
import { GATE, RUN_ID } from '../shared/inputs/identifiers';
import { problemsOf } from '../shared/inputs/problems';
import { type Ledger, runKey, type WriteCondition } from '../shared/ledger';
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
  askedAt: z.string().max(40).optional(),
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
  const { run: runId, gate, answer, by, reason, askedAt } = parsed.data;
  const { run, item } = await find(deps, runId, gate);
  if (askedAt !== undefined && askedAt !== item.askedAt)
    throw anotherQuestion(runId, item, askedAt);
  const again = item.answeredBy === payload.selfArn;
  if (item.answer !== undefined && !again) throw answeredAlready(runId, item);
  const status = await executionStatus(deps.sfn, run.executionArn);
  if (status !== 'RUNNING' && !again) throw notWaiting(gate, run, `it is ${status}`);
  const answeredAt = item.answeredAt ?? iso(deps.clock.now());
  const answered = { ...item, answer, by, reason, answeredBy: payload.selfArn, answeredAt };
  await store(deps.ledger, runId, answered, again);
  try {
    await send(deps.sfn, answered);
  } catch (error) {
    if (!DEAD.includes((error as Error).name)) throw error;
    if (!mayHaveArrived(error, answered, again, status)) {
      await withdraw(deps.ledger, runId, answered);
      throw notWaiting(gate, run, 'its state waits no more');
    }
  }
  return { run: runId, gate, answer, by, answeredAt };
}

/** Writes the answer if there is none yet; the first of two wins. */
async function store(ledger: Ledger, runId: string, item: GateItem, again: boolean): Promise<void> {
  const key = gateKey(runId, item.name);
  const { token, answeredBy } = item;
  const free: WriteCondition = again ? { token, answeredBy: answeredBy! } : { token, answer: null };
  if (await ledger.put(key, item, free)) return;
  const now = await ledger.get<GateItem>(key);
  // The write whose answer was lost is refused when the client sends it again.
  if (now?.token === token && now.answeredBy === answeredBy) return;
  if (now?.answer !== undefined) throw answeredAlready(runId, now);
  throw new GateAnswerError(
    `gate ${item.name} of run ${runId} asks anew this moment; read it again`,
  );
}

/** Takes back an answer that reached nobody: as an approval it would answer the next question. */
async function withdraw(ledger: Ledger, runId: string, item: GateItem): Promise<void> {
  const { answer: _, by: __, reason: ___, answeredBy, answeredAt: ____, ...asked } = item;
  const { name, token } = asked;
  await ledger.put(gateKey(runId, name), asked, { token, answeredBy: answeredBy! });
}

/**
 * Whether a dead token was used up by this very answer, sent by a call whose end nobody saw. After
 * an approval the run goes on; a run that is closed may have waited in vain, so it asks again.
 */
function mayHaveArrived(error: unknown, item: GateItem, again: boolean, status: string): boolean {
  const attempts = (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
  if (!again && attempts === 1) return false;
  return item.answer === 'refuse' || status === 'RUNNING';
}

const anotherQuestion = (runId: string, { name, askedAt }: GateItem, answered: string) =>
  new GateAnswerError(
    `gate ${name} of run ${runId} asks since ${askedAt}, and this answers what it asked at ${answered}: read the question again`,
  );

const answeredAlready = (runId: string, { name, answer, by, answeredBy }: GateItem) =>
  new GateAnswerError(
    `gate ${name} of run ${runId} was answered already: ${answer} by ${by} in ${answeredBy}`,
  );

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
