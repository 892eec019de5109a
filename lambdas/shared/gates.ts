// A gate: a question to a person, with a hash of exactly what is approved. The answer comes through
// the machine `<stack>-answer`; an approval holds as long as the hash is the same.

import { SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { approvedHash } from './approved-hash';
import { type Clock, iso } from './clock';
import { TryAgainError } from './errors';
import { consoleLink } from './inputs/links';
import { type Ledger, runKey, type WriteCondition } from './ledger';
import type { Publish } from './notices';
import type { Caller } from './run';
import { ownRun } from './runs';

export { approvedHash };

/** What a person said at a gate. */
export interface GateAnswer {
  readonly answer?: 'approve' | 'refuse';
  readonly by?: string;
  readonly reason?: string;
  /** ARN of the execution that answered. */
  readonly answeredBy?: string;
  readonly answeredAt?: string;
}

/** The ledger's item about a gate. */
export interface GateItem extends GateAnswer {
  readonly name: string;
  readonly question: string;
  /** SHA-256 of what is approved. */
  readonly hash: string;
  /** Task token of the state that waits. */
  readonly token: string;
  readonly askedAt: string;
  /** What people have to undo when the run has ended; they did it before they approved. */
  readonly undo?: readonly string[];
  /** Answers to what was asked here before, oldest first. */
  readonly earlier?: readonly (GateAnswer & { readonly hash: string })[];
}

/** What the state behind a gate gets: who said yes to what. */
export interface Approval {
  readonly gate: string;
  readonly hash: string;
  readonly by: string;
  readonly answeredBy: string;
}

export interface GateDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly publish: Publish;
  readonly clock: Clock;
}

export interface GateQuestion {
  readonly caller: Caller;
  /** Name of the gate in this machine. */
  readonly gate: string;
  /** What a person reads. */
  readonly question: string;
  /** Exactly what is approved: plain values; another value needs another approval. */
  readonly approve: unknown;
  /** What people have to undo when the run has ended. @default - nothing */
  readonly undo?: readonly string[];
  /** Token of the waiting state. */
  readonly token: string;
  /** ARN of the machine that takes the answer. */
  readonly answerMachineArn: string;
}

/** Name of a gate as an answer gives it: one per item inside a ForEach step. */
export const gateName = (gate: string, caller: Pick<Caller, 'item'>): string =>
  caller.item ? `${gate}.${caller.item.key}` : gate;

export const gateKey = (runId: string, name: string) => runKey(runId, `gate#${name}`);

/** Whether an approval of exactly this is stored; for the task behind a gate, before it acts. */
export async function isApproved(
  ledger: Ledger,
  caller: Caller,
  gate: string,
  approve: unknown,
): Promise<boolean> {
  const item = await ledger.get<GateItem>(gateKey(caller.runId, gateName(gate, caller)));
  return item?.answer === 'approve' && item.hash === approvedHash(approve);
}

/** The input of the answer machine, ready to paste; it answers this question, and no later one of the gate. */
export const answerInput = (
  runId: string,
  { name, askedAt }: Pick<GateItem, 'name' | 'askedAt'>,
  answer: 'approve' | 'refuse' = 'approve',
) =>
  JSON.stringify({ run: runId, gate: name, answer, by: '<your name>', reason: '<why>', askedAt });

/**
 * Asks: stores question, hash and token, then tells people. An approval of the same hash answers at
 * once. A second call with one token asks the same again; a redrive has a new token and asks anew.
 */
export async function openGate(deps: GateDeps, ask: GateQuestion): Promise<'asked' | 'approved'> {
  const { caller, question, token } = ask;
  const run = await ownRun(deps.ledger, caller);
  const name = gateName(ask.gate, caller);
  const key = gateKey(caller.runId, name);
  const hash = approvedHash(ask.approve);
  const old = await deps.ledger.get<GateItem>(key);
  // Answered while a retry of this very call was under way: the answer has reached the state.
  if (old?.token === token && old.answer !== undefined) return 'asked';
  if (old?.answer === 'approve' && old.hash === hash) {
    await passGate(deps.sfn, token, old);
    return 'approved';
  }
  const item: GateItem = {
    name,
    question,
    hash,
    token,
    // A retry asks the same: what was answered to the first notice must fit.
    askedAt: old?.token === token ? old.askedAt : iso(deps.clock.now()),
    undo: ask.undo,
    earlier: earlierAnswers(old),
  };
  if (!(await deps.ledger.put(key, item, unchanged(old, token)))) {
    const now = await deps.ledger.get<GateItem>(key);
    if (now?.token !== token) throw new TryAgainError(`gate ${name} was asked by somebody else`);
    // Answered since it was read above.
    if (now.answer !== undefined) return 'asked';
  }
  await deps.publish({
    subject: `${run.machine} asks: ${name}`,
    lines: [
      question,
      '',
      `Run: ${run.runId}`,
      `Execution: ${consoleLink(caller.rootArn)}`,
      '',
      `Answer within 7 days: start an execution of ${consoleLink(ask.answerMachineArn)}`,
      'with one of these inputs:',
      answerInput(run.runId, item, 'approve'),
      answerInput(run.runId, item, 'refuse'),
    ],
  });
  return 'asked';
}

/** A question is replaced as it was read; one that this call has asked before, only while nobody has answered it. */
function unchanged(old: GateItem | undefined, token: string): WriteCondition {
  if (!old) return 'absent';
  return old.token === token ? { token, answer: null } : { token: old.token };
}

function earlierAnswers(old: GateItem | undefined): GateItem['earlier'] {
  if (!old?.answer) return old?.earlier;
  const { answer, by, reason, answeredBy, answeredAt, hash } = old;
  return [...(old.earlier ?? []), { answer, by, reason, answeredBy, answeredAt, hash }];
}

/** Lets a waiting state go on. */
export async function passGate(sfn: GateDeps['sfn'], taskToken: string, item: GateItem) {
  const approval: Approval = {
    gate: item.name,
    hash: item.hash,
    by: item.by!,
    answeredBy: item.answeredBy!,
  };
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(approval) }));
}
