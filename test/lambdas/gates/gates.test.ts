import fc from 'fast-check';
import { answerGate } from '../../../lambdas/answer-gate/core';
import { askAtGate } from '../../../lambdas/open-gate/core';
import { approvedHash, type GateItem, gateKey, isApproved } from '../../../lambdas/shared/gates';
import type { RunItem } from '../../../lambdas/shared/runs';
import { FakeClock } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import {
  callerOf,
  executionArn,
  FakeStepFunctions,
  FakeTopic,
  openedRun,
  serviceError,
} from '../../support/runs';

const ANSWER_MACHINE =
  'arn:aws:states:us-east-1:000000000000:stateMachine:example-clickstream-answer';
const answerArn = (name: string) =>
  `arn:aws:states:us-east-1:000000000000:execution:example-clickstream-answer:${name}`;

let db: Awaited<ReturnType<typeof startLedger>>;
let sfn: FakeStepFunctions;
let topic: FakeTopic;
let run: RunItem;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
beforeEach(async () => {
  sfn = new FakeStepFunctions();
  topic = new FakeTopic();
  run = await openedRun(db.ledger);
});

const deps = () => ({
  ledger: db.ledger,
  sfn: sfn.client,
  publish: topic.publish,
  clock: new FakeClock(),
});

const ask = (
  token: string,
  approve: unknown = { drop: ['event'] },
  item?: { map: string; key: string },
  clock = new FakeClock(),
) =>
  askAtGate(
    {
      ...callerOf(run),
      item,
      gate: 'cleanup',
      question: 'Drop the old tables?',
      approve,
      token,
      answerMachineArn: ANSWER_MACHINE,
    },
    { ...deps(), clock },
  );

const say = (answer: string, name = 'one', change: Record<string, unknown> = {}) =>
  answerGate(
    {
      version: 1,
      selfArn: answerArn(name),
      input: { run: run.runId, gate: 'cleanup', answer, by: 'Ada', reason: 'seen it', ...change },
    },
    deps(),
  );

const stored = (gate = 'cleanup') => db.ledger.get<GateItem>(gateKey(run.runId, gate));

describe('asking', () => {
  it('stores question, hash and token, and tells people with an input that answers', async () => {
    expect(await ask('t1')).toEqual({ status: 'asked' });
    expect(await stored()).toMatchObject({
      question: 'Drop the old tables?',
      hash: approvedHash({ drop: ['event'] }),
      token: 't1',
    });
    const [notice] = topic.notices;
    expect(notice!.subject).toBe('clickstream-data-migration asks: cleanup');
    const input = JSON.parse(notice!.lines.find((line) => line.startsWith('{'))!);
    expect(input).toEqual({
      run: run.runId,
      gate: 'cleanup',
      answer: 'approve',
      by: '<your name>',
      reason: '<why>',
      askedAt: (await stored())!.askedAt,
    });
    expect(notice!.lines.join('\n')).toContain(
      `https://console.aws.amazon.com/states/home?region=us-east-1#/statemachines/view/${ANSWER_MACHINE}`,
    );
    await expect(
      answerGate({ version: 1, selfArn: answerArn('pasted'), input }, deps()),
    ).resolves.toMatchObject({ answer: 'approve' });
  });

  it('a retry of the call that asked asks since the same instant: the first notice answers it', async () => {
    const clock = new FakeClock();
    await ask('t1', {}, undefined, clock);
    const { askedAt } = (await stored())!;
    clock.pass(60_000);
    await ask('t1', {}, undefined, clock);
    expect((await stored())!.askedAt).toBe(askedAt);
    await ask('t2', {}, undefined, clock);
    expect((await stored())!.askedAt).not.toBe(askedAt);
  });

  it('asks for every item of a ForEach step by a name of its own', async () => {
    await ask('t1', {}, { map: 'applications', key: 'shop' });
    expect(await stored('cleanup.shop')).toMatchObject({ name: 'cleanup.shop', token: 't1' });
  });

  it('asks nothing that was seen before a redrive: the state is told so', async () => {
    const payload = {
      ...callerOf(run),
      gate: 'cleanup',
      question: 'Drop the old tables?',
      approve: {},
      token: 't2',
      answerMachineArn: ANSWER_MACHINE,
      seenOn: 0,
    };
    expect(await askAtGate({ ...payload, redriveCount: 1 }, deps())).toEqual({ status: 'stale' });
    expect([await stored(), topic.notices]).toEqual([undefined, []]);
    expect(sfn.sent).toEqual([
      { command: 'SendTaskSuccess', input: { taskToken: 't2', output: '{"stale":true}' } },
    ]);
    expect(await askAtGate({ ...payload, redriveCount: 0 }, deps())).toEqual({ status: 'asked' });
  });

  it('is refused for a run that another execution owns', async () => {
    run = { ...run, executionArn: executionArn('elsewhere') };
    await expect(ask('t1')).rejects.toMatchObject({ name: 'RunTakenOverError' });
    expect(await stored()).toBeUndefined();
  });
});

describe('an approval', () => {
  it('lets the state go on and records who said it, in which execution', async () => {
    await ask('t1');
    await say('approve');
    const { input } = sfn.sent.at(-1)!;
    expect(input.taskToken).toBe('t1');
    expect(JSON.parse(String(input.output))).toEqual({
      gate: 'cleanup',
      hash: approvedHash({ drop: ['event'] }),
      by: 'Ada',
      answeredBy: answerArn('one'),
    });
    expect(await stored()).toMatchObject({
      answer: 'approve',
      by: 'Ada',
      reason: 'seen it',
      answeredBy: answerArn('one'),
      answeredAt: '2026-01-01T00:00:00.000Z',
    });
    expect(await isApproved(db.ledger, callerOf(run), 'cleanup', { drop: ['event'] })).toBe(true);
    expect(await isApproved(db.ledger, callerOf(run), 'cleanup', { drop: ['user'] })).toBe(false);
  });

  it('holds on redrive while exactly the same is approved, and nobody is asked again', async () => {
    await ask('t1');
    await say('approve');
    expect(await ask('t2')).toEqual({ status: 'approved' });
    expect(sfn.sent.at(-1)).toMatchObject({
      command: 'SendTaskSuccess',
      input: { taskToken: 't2' },
    });
    expect(topic.notices).toHaveLength(1);
  });

  it('does not hold for anything else: the gate asks anew and keeps the old answer on record', async () => {
    await ask('t1');
    await say('approve');
    expect(await ask('t2', { drop: ['event', 'user'] })).toEqual({ status: 'asked' });
    const gate = (await stored())!;
    expect(gate.answer).toBeUndefined();
    expect(gate.earlier).toMatchObject([{ answer: 'approve', by: 'Ada' }]);
    expect(await isApproved(db.ledger, callerOf(run), 'cleanup', { drop: ['event'] })).toBe(false);
  });

  it('is sent again when its own execution is redriven, and not by another', async () => {
    await ask('t1');
    sfn.fail.SendTaskSuccess = [serviceError('ServiceUnavailable')];
    await expect(say('approve')).rejects.toThrow('ServiceUnavailable');
    await say('approve');
    expect(sfn.sent).toHaveLength(1);
    await expect(say('refuse', 'two')).rejects.toThrow(
      `gate cleanup of run ${run.runId} was answered already: approve by Ada in ${answerArn('one')}`,
    );
  });

  it('is taken for delivered when its own earlier call used up the token', async () => {
    await ask('t1');
    await say('approve');
    sfn.fail.SendTaskSuccess = [serviceError('TaskTimedOut')];
    await expect(say('approve')).resolves.toMatchObject({ answer: 'approve' });
  });

  it('survives a retry of the question whose answer is already there', async () => {
    await ask('t1');
    await say('approve');
    const before = sfn.sent.length;
    expect(await ask('t1')).toEqual({ status: 'asked' });
    expect(sfn.sent).toHaveLength(before);
    expect((await stored())!.answer).toBe('approve');
  });
});

describe('a refusal', () => {
  it('fails the state with its reason, and a redrive asks again', async () => {
    await ask('t1');
    await say('refuse');
    expect(sfn.sent.at(-1)).toEqual({
      command: 'SendTaskFailure',
      input: {
        taskToken: 't1',
        error: 'GateRefusedError',
        cause: 'Ada refused at gate cleanup: seen it. A redrive asks again',
      },
    });
    expect(await ask('t2')).toEqual({ status: 'asked' });
    expect(topic.notices).toHaveLength(2);
    expect((await stored())!.earlier).toMatchObject([{ answer: 'refuse' }]);
  });
});

describe('an answer is refused', () => {
  it.each([
    ['an empty input', {}, 4],
    [
      'an unknown answer',
      { run: 'run-20260101-0000000000', gate: 'g', answer: 'yes', by: 'Ada' },
      1,
    ],
    [
      'nobody’s answer',
      { run: 'run-20260101-0000000000', gate: 'g', answer: 'approve', by: ' ' },
      1,
    ],
    [
      'an unknown member',
      { run: 'run-20260101-0000000000', gate: 'g', answer: 'approve', by: 'A', force: true },
      1,
    ],
  ])('for %s, with all problems at once', async (_, input, problems) => {
    const refused = answerGate({ version: 1, selfArn: answerArn('x'), input }, deps());
    await expect(refused).rejects.toMatchObject({ name: 'RefusedInputError' });
    await expect(refused).rejects.toThrow(new RegExp(`^${problems} problem`));
  });

  it('for a run or a gate that is not there, naming the gates there are', async () => {
    await ask('t1');
    await expect(say('approve', 'x', { gate: 'other' })).rejects.toThrow(
      `run ${run.runId} has no gate other; it has asked at: cleanup`,
    );
    await expect(say('approve', 'x', { run: 'run-20260101-ffffffffff' })).rejects.toThrow(
      'the ledger knows no run run-20260101-ffffffffff',
    );
  });

  it('when it answers what the gate asked before, and nothing is recorded', async () => {
    const clock = new FakeClock();
    await ask('t1', {}, undefined, clock);
    const { askedAt } = (await stored())!;
    clock.pass(60_000);
    await ask('t2', { drop: ['other'] }, undefined, clock);
    const refused = say('approve', 'old', { askedAt });
    await expect(refused).rejects.toMatchObject({ name: 'GateAnswerError' });
    await expect(refused).rejects.toThrow(
      `gate cleanup of run ${run.runId} asks since 2026-01-01T00:01:00.000Z, and this answers what it asked at ${askedAt}: read the question again`,
    );
    expect((await stored())!.answer).toBeUndefined();
    const now = (await stored())!.askedAt;
    await expect(say('approve', 'new', { askedAt: now })).resolves.toMatchObject({
      answer: 'approve',
    });
  });

  it('when nobody waits any more, and nothing is recorded for a closed execution', async () => {
    await ask('t1');
    sfn.statuses[run.executionArn] = 'ABORTED';
    await expect(say('approve')).rejects.toThrow(
      /nobody waits at gate cleanup .* it is ABORTED. Redrive/,
    );
    expect((await stored())!.answer).toBeUndefined();
  });

  it('when the token is dead', async () => {
    await ask('t1');
    sfn.fail.SendTaskSuccess = [serviceError('TaskTimedOut')];
    const refused = say('approve');
    await expect(refused).rejects.toMatchObject({ name: 'GateAnswerError' });
    await expect(refused).rejects.toThrow(/its state waits no more. Redrive that execution/);
  });

  it('when it came after the time-out, and a redrive asks again instead of taking it', async () => {
    await ask('t1');
    sfn.fail.SendTaskSuccess = [serviceError('TaskTimedOut')];
    await expect(say('approve')).rejects.toThrow(/its state waits no more/);
    expect(await isApproved(db.ledger, callerOf(run), 'cleanup', { drop: ['event'] })).toBe(false);
    expect(await stored()).toMatchObject({ token: 't1', question: 'Drop the old tables?' });
    expect(await ask('t2')).toEqual({ status: 'asked' });
    await expect(say('approve', 'two')).resolves.toMatchObject({ answer: 'approve' });
  });

  it('when it was stored, never sent, and the run has failed meanwhile', async () => {
    await ask('t1');
    sfn.fail.SendTaskSuccess = [serviceError('ServiceUnavailable'), serviceError('TaskTimedOut')];
    await expect(say('approve')).rejects.toThrow('ServiceUnavailable');
    sfn.statuses[run.executionArn] = 'FAILED';
    await expect(say('approve')).rejects.toMatchObject({ name: 'GateAnswerError' });
    expect(await ask('t2')).toEqual({ status: 'asked' });
  });

  it('when another one was stored between its reading and its writing', async () => {
    await ask('t1');
    // Both have read the gate before one of them writes.
    const both = await Promise.allSettled([say('approve', 'one'), say('refuse', 'two')]);
    const refused = both.filter((end) => end.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(String(refused[0]!.reason)).toMatch(/was answered already: (approve|refuse) by Ada in/);
    expect(sfn.sent).toHaveLength(1);
    const winner = sfn.sent[0]!.command === 'SendTaskSuccess' ? 'approve' : 'refuse';
    expect(await stored()).toMatchObject({ answer: winner });
  });

  it('never because the client had to send the same write or the same answer twice', async () => {
    await ask('t1');
    const ledger = Object.assign(Object.create(db.ledger), {
      put: async (...args: Parameters<typeof db.ledger.put>) => {
        await db.ledger.put(...args);
        return db.ledger.put(...args);
      },
    });
    const dead = Object.assign(serviceError('TaskTimedOut'), { $metadata: { attempts: 2 } });
    sfn.fail.SendTaskSuccess = [dead];
    const input = { run: run.runId, gate: 'cleanup', answer: 'approve', by: 'Ada' };
    const payload = { version: 1, selfArn: answerArn('one'), input };
    await expect(answerGate(payload, { ...deps(), ledger })).resolves.toMatchObject(input);
    expect(await stored()).toMatchObject({ answer: 'approve' });
  });
});

describe('the hash of what is approved', () => {
  it('does not depend on the order of members, and tells different values apart', () => {
    expect(approvedHash({ a: 1, b: [1, 2] })).toBe(approvedHash({ b: [1, 2], a: 1 }));
    expect(approvedHash({ a: [1, 2] })).not.toBe(approvedHash({ a: [2, 1] }));
    expect(approvedHash({ a: '1' })).not.toBe(approvedHash({ a: 1 }));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        return approvedHash(value) === approvedHash(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
