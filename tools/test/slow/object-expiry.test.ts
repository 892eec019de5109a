// The end of a run's objects: bundled tasks, their rights enforced, days that pass at once.

import * as path from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import { arm, removeAssemblies, runOf, start, startCloud, stopClouds, synthesize } from './support';

let assemblyDir: string;
let cloud: Cloud;
beforeAll(() => {
  assemblyDir = synthesize('expiry');
});
beforeEach(async () => {
  const scenarioDir = path.join(__dirname, 'scenarios/archive');
  cloud = await startCloud({ assemblyDir, scenarioDir, clock: 'virtual' });
  cloud.store.put('archive', OTHER, 'x');
});
afterEach(stopClouds);
afterAll(removeAssemblies);

const DAY_MS = 86_400_000;
const OTHER = 'pa/MigrateAdHoc/run-20250101-0000000000/PA/extract/part_00000';
const keys = () => cloud.store.list('archive');
const work = (keepObjectsDays: number) =>
  start(cloud, 'expiry-work', { dryRun: false, keepObjectsDays });

/** Puts what a run leaves as soon as its id is known; what others call alike stays. */
const leave = (run: string, count = 3) => {
  for (const folder of [`pa/MigrateAdHoc/${run}/PA`, `MigrateAdHoc/${run}/TS_S001`]) {
    for (let i = 0; i < count; i++) cloud.store.put('archive', `${folder}/part_${i}`, 'rows');
  }
};
const ended = async (arn: string) => {
  const { status, error, cause, output } = await cloud.engine.finished(arn);
  return { status, error, cause, output };
};
const expiryOf = (run: string) =>
  `${cloud.machineArn('expiry-object-expiry').replace(':stateMachine:', ':execution:')}:${run}`;

it('W23 the objects of a run go seven days after it, and nothing else does', async () => {
  const arn = work(7);
  expect((await ended(arn)).status).toBe('SUCCEEDED');
  const over = cloud.clock.now();
  const run = runOf(cloud, arn);
  leave(run);
  expect(keys()).toHaveLength(7);
  const { status, output } = await ended(expiryOf(run));
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toEqual({ status: 'done', objects: 6, bytes: 24 });
  expect(keys()).toEqual([OTHER]);
  const waited = cloud.clock.now() - over;
  expect(waited).toBeGreaterThan(6.9 * DAY_MS);
  expect(waited).toBeLessThan(7.1 * DAY_MS);
});

it('an operator starts it by hand, for a run whose objects were forgotten', async () => {
  const arn = work(0);
  await ended(arn);
  const run = runOf(cloud, arn);
  leave(run, 1_200);
  const folders = [{ bucket: 'archive', folder: `pa/MigrateAdHoc/${run}/PA` }];
  const byHand = start(cloud, 'expiry-object-expiry', { run, at: '2020-01-01T00:00:00Z', folders });
  expect((await ended(byHand)).status).toBe('SUCCEEDED');
  expect(keys()).toHaveLength(1_201);
});

it('bad input is refused before it waits; folders of others are', async () => {
  const folders = [{ bucket: 'archive', folder: 'pa/MigrateAdHoc' }];
  const run = 'run-20260101-0a1b2c3d4e';
  const began = cloud.clock.now();
  for (const input of [{}, { run, at: '2030-01-01T00:00:00Z', folders }]) {
    const { status, error } = await ended(start(cloud, 'expiry-object-expiry', input));
    expect([status, error]).toEqual(['FAILED', 'RefusedInputError']);
  }
  expect(cloud.clock.now() - began).toBeLessThan(DAY_MS);
  expect(keys()).toEqual([OTHER]);
});

it('the rights end at folders of runs: the policy refuses others, and the error says what to look at', async () => {
  const arn = work(0);
  await ended(arn);
  const run = runOf(cloud, arn);
  const folders = [{ bucket: 'archive', folder: `ts/MigrateAdHoc/${run}/PA` }];
  const input = { run, at: '2020-01-01T00:00:00Z', folders };
  const { error, cause } = await ended(start(cloud, 'expiry-object-expiry', input));
  expect(error).toBe('ObjectsLeftError');
  expect(cause).toContain('s3:ListBucketVersions');
});

/** Redrives until an execution is through. */
async function through(arn: string): Promise<void> {
  for (let redrives = 0; (await ended(arn)).status !== 'SUCCEEDED'; redrives++) {
    expect(redrives).toBeLessThan(2);
    cloud.engine.redrive(arn);
  }
}

/** Puts objects as soon as a run is known, while it works. */
const leaveEarly = () => {
  const stop = cloud.onCall((_, input) => {
    const run = /run#(run-\d{8}-[0-9a-f]{10})/.exec(JSON.stringify(input))?.[1];
    if (run === undefined) return;
    stop();
    leave(run, 1_100);
  });
};

it('kept for no day, they are gone when the run is', async () => {
  leaveEarly();
  const arn = work(0);
  expect((await ended(arn)).status).toBe('SUCCEEDED');
  expect(keys()).toEqual([OTHER]);
  expect(cloud.calls.filter(({ operation }) => operation === 'DeleteObjects')).toHaveLength(4);
  await expect(cloud.engine.finished(expiryOf(runOf(cloud, arn)))).rejects.toThrow();
});

it.each([
  ['at once', 0, 'kind=kill,task=DeleteObjects,operation=DeleteObjects,nth=2'],
  ['at once', 0, 'kind=kill,when=after,task=DeleteObjects,operation=DeleteObjects,nth=1'],
  ['at once', 0, 'kind=lost-answer,task=DeleteObjects,operation=DeleteObjects,nth=3'],
  ['later', 3, 'kind=kill,when=after,task=DeleteObjects,operation=DeleteObjects,nth=1'],
  ['later', 3, 'kind=kill,when=after,task=StartExpiry,operation=StartExecution,nth=1'],
  ['later', 3, 'kind=lost-answer,task=StartExpiry,operation=StartExecution,nth=1'],
])('%s (%i days), with %s: everything is gone once, and counted once', async (_, days, fault) => {
  leaveEarly();
  arm(cloud, fault);
  const arn = work(days);
  await through(arn);
  const last = days === 0 ? arn : expiryOf(runOf(cloud, arn));
  await through(last);
  expect(keys()).toEqual([OTHER]);
  const { items } = cloud.engine.history(last, { maxResults: 1000 });
  expect(/objects\W+2200\W/.test(JSON.stringify(items))).toBe(true);
  const { items: executions } = cloud.engine.listExecutions({
    stateMachineArn: cloud.machineArn('expiry-object-expiry'),
    maxResults: 10,
  });
  expect(executions).toHaveLength(days === 0 ? 0 : 1);
});
