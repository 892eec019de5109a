// An answer that comes while a retry asks once more, and one that comes after its time.

import { answerGate } from '../../../lambdas/answer-gate/core';
import { askAtGate } from '../../../lambdas/open-gate/core';
import { type GateItem, gateKey, isApproved } from '../../../lambdas/shared/gates';
import type { Ledger, LedgerKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { FakeClock } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import {
  callerOf,
  FakeStepFunctions,
  FakeTopic,
  openedRun,
  serviceError,
} from '../../support/runs';

const ANSWERS = 'arn:aws:states:us-east-1:000000000000:stateMachine:example-clickstream-answer';
const APPROVE = { drop: ['event'] };

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

const deps = (ledger: Ledger = db.ledger) => ({
  ...{ ledger, sfn: sfn.client, publish: topic.publish, clock: new FakeClock() },
});
const ask = (token: string, ledger?: Ledger, more: object = {}) =>
  askAtGate(
    {
      ...{ ...callerOf(run), gate: 'cleanup', question: 'Drop the old tables?', approve: APPROVE },
      ...{ token, answerMachineArn: ANSWERS, ...more },
    },
    deps(ledger),
  );
const approve = () =>
  answerGate(
    {
      ...{ version: 1, selfArn: 'arn:one' },
      input: { run: run.runId, gate: 'cleanup', answer: 'approve', by: 'Ada', reason: 'seen it' },
    },
    deps(),
  );
const key = () => gateKey(run.runId, 'cleanup');
const stored = () => db.ledger.get<GateItem>(key());

/** A ledger in which something else happens once, right after the gate was read. */
function afterReading(happens: () => Promise<unknown>): Ledger {
  let left = 1;
  return Object.assign(Object.create(db.ledger) as Ledger, {
    async get(asked: LedgerKey) {
      const item = await db.ledger.get(asked);
      if (asked.sk === key().sk && left-- > 0) await happens();
      return item;
    },
  });
}

it('an answer that comes while a retry asks the same stays, and no second notice is sent', async () => {
  await ask('t1');
  expect(await ask('t1', afterReading(approve))).toEqual({ status: 'asked' });
  expect(await stored()).toMatchObject({ answer: 'approve', by: 'Ada' });
  expect(await isApproved(db.ledger, callerOf(run), 'cleanup', APPROVE)).toBe(true);
  expect(topic.notices).toHaveLength(1);
});

it('a retry that nobody answers meanwhile tells people: the first notice may never have gone out', async () => {
  await ask('t1');
  expect(await ask('t1')).toEqual({ status: 'asked' });
  expect(topic.notices).toHaveLength(2);
});

it('a gate that somebody else asks anew meanwhile is asked again', async () => {
  await ask('t1');
  const anew = afterReading(() => ask('t3'));
  await expect(ask('t2', anew)).rejects.toMatchObject({ name: 'TryAgainError' });
  expect(await stored()).toMatchObject({ token: 't3' });
});

it('an answer that came too late is taken back, and nothing else: what people have to undo stays', async () => {
  await ask('t1', undefined, { undo: ['let loads begin again'] });
  await approve();
  await ask('t2', undefined, { undo: ['let loads begin again'], approve: { drop: ['user'] } });
  const asked = await stored();
  expect(asked).toMatchObject({ undo: ['let loads begin again'], earlier: [{ by: 'Ada' }] });
  sfn.fail.SendTaskSuccess = [serviceError('TaskTimedOut')];
  await expect(approve()).rejects.toThrow(/its state waits no more/);
  expect(await stored()).toEqual(asked);
});
