import { followPipeline } from '../../../lambdas/follow-pipeline/core';
import type { FollowPipelinePayload } from '../../../lambdas/follow-pipeline/payload';
import { latestPipelineAttempt } from '../../../lambdas/shared/clickstream/pipeline-attempts';
import { startPipelineUpgrade } from '../../../lambdas/start-pipeline-upgrade/core';
import { FakeConsole, invocationOf, NEW, pipelinePayload } from '../../support/fake-console';
import { MemoryLedger } from '../../support/memory-ledger';

const { ledger } = new MemoryLedger();
let console: FakeConsole;
let payload: FollowPipelinePayload;
beforeEach(async () => {
  console = await new FakeConsole().start();
  payload = await pipelinePayload(ledger);
});
afterEach(() => console.stop());

const start = () => startPipelineUpgrade(payload, console.deps(ledger), invocationOf(console));
const follow = (ms?: number) =>
  followPipeline(payload, console.deps(ledger), invocationOf(console, ms));
/** Turns until the task says something else than `running`. */
async function followed(ms?: number) {
  let turn = await follow(ms);
  for (let turns = 0; turn.status === 'running' && turns < 50; turns += 1) turn = await follow(ms);
  return turn;
}
const redrive = () => {
  payload = { ...payload, redriveCount: payload.redriveCount + 1 };
};
const byHand = () => {
  payload = { ...payload, console: { ...payload.console, tokenSecretArn: null } };
};

it('waits until every root stack is updated and carries the version of the console', async () => {
  await start();
  await expect(followed()).resolves.toEqual({ status: 'upgraded', attempt: 1, to: NEW });
  expect(console.roots.map(({ version }) => version)).toEqual([NEW, NEW, NEW, NEW]);
});

it('trap 23: using "no stack in progress" as completion: gaps between the levels are waited through', async () => {
  await start();
  // The first stack is done at 60 s, the second begins at 80 s.
  console.clock.pass(65_000);
  expect(console.roots.map(({ status }) => status)).not.toContain('UPDATE_IN_PROGRESS');
  await expect(follow(130_000)).resolves.toMatchObject({ status: 'running' });
  await expect(followed()).resolves.toMatchObject({ status: 'upgraded' });
});

it('trap 23: using "no stack in progress" as completion: a stack that is new in the version is waited for, too: all that are there may carry it for a moment', async () => {
  for (const root of console.roots) root.version = NEW;
  console.templateVersion = 'other';
  const metrics = {
    name: 'Clickstream-Metrics-x',
    status: 'CREATE_IN_PROGRESS',
    version: NEW,
    changedAt: 1,
  };
  console.roots[0]!.version = 'v1.1.5';
  await start();
  console.roots[0]!.version = NEW;
  const before = console.clock.now();
  const sleep = console.clock.sleep;
  console.clock.sleep = async (ms) => {
    await sleep(ms);
    const waited = console.clock.now() - before;
    if (waited > 30_000 && waited <= 40_000 && !console.roots.includes(metrics))
      console.roots.push(metrics);
    if (waited > 90_000) metrics.status = 'CREATE_COMPLETE';
  };
  await followed();
  expect(console.clock.now() - before).toBeGreaterThan(90_000);
});

it('trap 24: accepting UPDATE_ROLLBACK_COMPLETE because it ends in COMPLETE: it names stack and resource, and a redrive retries', async () => {
  console.failNext = { kind: 'Ingestion', reason: 'subnet has no free addresses' };
  await start();
  await expect(followed()).rejects.toMatchObject({
    name: 'PipelineFailedError',
    message: expect.stringMatching(
      /Clickstream-Ingestion-s3-\w+ ended UPDATE_ROLLBACK_COMPLETE: Function \(AWS::Lambda::Function\) UPDATE_FAILED: subnet has no free addresses.*3 of 4 stacks have the new version.*redrive: the console is asked to go on/,
    ),
  });
  // A duplicate of the failed invocation says the same; the redrive leads back to the start.
  await expect(follow()).rejects.toMatchObject({ name: 'PipelineFailedError' });
  redrive();
  await expect(follow()).resolves.toMatchObject({ status: 'again', attempt: 1 });
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 2, action: 'retry' });
  await expect(followed()).resolves.toMatchObject({ status: 'upgraded', attempt: 2 });
  expect(console.begun).toBe(2);
});

it('trap 24: accepting UPDATE_ROLLBACK_COMPLETE because it ends in COMPLETE: one of before is not taken for one of the retry that has just begun', async () => {
  console.failNext = { kind: 'DataModelingRedshift', reason: 'first' };
  await start();
  await expect(followed()).rejects.toThrow(/first/);
  redrive();
  console.failNext = { kind: 'DataModelingRedshift', reason: 'second' };
  await start();
  // Before the workflow comes to it, the stack still shows the old rollback.
  await expect(follow(130_000)).resolves.toMatchObject({ status: 'running' });
  await expect(followed()).rejects.toThrow(/second/);
});

it('the old failure of a stack does not end the wait for its retry, however long the levels before it take', async () => {
  console.root('Ingestion').status = 'UPDATE_ROLLBACK_COMPLETE';
  console.templateVersion = NEW;
  await start();
  await expect(followed()).resolves.toMatchObject({ status: 'upgraded' });
});

it('a rollback is reported when nothing moves any more, not while other stacks go on', async () => {
  console.failNext = { kind: 'ServiceCatalogAppRegistry', reason: 'x' };
  await start();
  const begun = console.clock.now();
  await expect(followed()).rejects.toThrow(/ServiceCatalogAppRegistry/);
  // The last of four stacks ends 240 s after the start.
  expect(console.clock.now() - begun).toBeGreaterThan(240_000);
});

it('says after 15 minutes that an upgrade stands still, over the border of an invocation', async () => {
  console.statusOverride = 'Updating';
  console.templateVersion = NEW;
  await start();
  await expect(follow()).resolves.toMatchObject({ status: 'running' });
  await expect(follow()).rejects.toMatchObject({
    name: 'PipelineStalledError',
    message: expect.stringMatching(
      /no stack has changed for 15 minutes\. Without version v1\.1\.15-\d+: Clickstream-/,
    ),
  });
});

it('an approved gate without anything begun is an error after 15 minutes, and a redrive asks the gate again', async () => {
  byHand();
  await expect(start()).resolves.toMatchObject({ status: 'ask', attempt: 1 });
  await expect(followed()).rejects.toMatchObject({
    name: 'PipelineStalledError',
    message: expect.stringMatching(
      /nothing has begun.*since the gate was approved.*asks for Upgrade/,
    ),
  });
  redrive();
  await expect(follow()).resolves.toMatchObject({ status: 'again' });
  await expect(start()).resolves.toMatchObject({ status: 'ask', attempt: 2 });
});

it('follows what a person has started, and asks for Retry after its failure', async () => {
  byHand();
  await start();
  console.failNext = { kind: 'Ingestion', reason: 'x' };
  console.begin();
  await expect(followed()).rejects.toThrow(
    /asks for Retry in the console again, unless it works by then/,
  );
  redrive();
  await follow();
  console.begin();
  console.clock.pass(30_000);
  await expect(start()).resolves.toMatchObject({ status: 'begun', attempt: 2 });
  await expect(followed()).resolves.toMatchObject({ status: 'upgraded' });
});

it('counts the quiet time anew after a stop and a redrive hours later', async () => {
  byHand();
  await start();
  await follow(400_000);
  console.clock.pass(7_200_000);
  redrive();
  await expect(follow(400_000)).resolves.toMatchObject({ status: 'running' });
});

it('leads to the start when the ledger knows no attempt', async () => {
  await expect(follow()).resolves.toMatchObject({ status: 'again', attempt: 0 });
});

it('leaves when its execution is stopped; the upgrade goes on, and a redrive adopts it', async () => {
  await start();
  console.sfn.statuses[payload.rootArn] = 'ABORTED';
  await expect(follow()).resolves.toMatchObject({ status: 'running' });
  delete console.sfn.statuses[payload.rootArn];
  redrive();
  await expect(followed()).resolves.toMatchObject({ status: 'upgraded', attempt: 1 });
  await expect(latestPipelineAttempt(ledger, payload.runId)).resolves.toMatchObject({
    state: 'done',
  });
});
