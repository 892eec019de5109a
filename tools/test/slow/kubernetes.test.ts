// A step that holds a Deployment still, as bundled tasks against the API server of a cluster: run, fail
// half way, redrive, finish, run again; stopped, released, and meddled with.

import * as path from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import {
  arm,
  enteredStates,
  removeAssemblies,
  runOf,
  start,
  startCloud,
  stopClouds,
  synthesize,
  until,
} from './support';

let assemblyDir: string;
let cloud: Cloud;
beforeAll(() => {
  assemblyDir = synthesize('quiet');
});
beforeEach(async () => {
  const scenarioDir = path.join(__dirname, 'scenarios/quiet');
  cloud = await startCloud({ assemblyDir, scenarioDir, clock: 'virtual' });
});
afterEach(stopClouds);
afterAll(removeAssemblies);

const deployment = () => cloud.kubernetes!.workload('rdw', 'migrate-olap')!;
/** How often the replicas were changed. */
const changes = () =>
  (deployment().deployment() as { metadata: { generation: number } }).metadata.generation - 1;

async function ended(arn: string): Promise<readonly [string, string]> {
  const { status, error, cause } = await cloud.engine.finished(arn);
  return [status, `${error}: ${cause}`];
}
const done = ['SUCCEEDED', 'undefined: undefined'];
const looksAgain = (arn: string) =>
  until(cloud, () => enteredStates(cloud, arn).includes('Look again'));
const hold = () => start(cloud, 'quiet-hold', { dryRun: false });

it('ends with as many replicas as there were, and every pod was gone in between', async () => {
  const held: unknown[] = [];
  cloud.faults.arm({
    kind: 'delay',
    state: 'Look again',
    service: 'kubernetes',
    seconds: 1,
    nth: 1,
  });
  const arn = hold();
  await until(cloud, () => deployment().replicas === 0);
  held.push(deployment().podObjects().length);
  expect(await ended(arn)).toEqual(done);
  expect(held).toEqual([2]);
  expect(deployment().replicas).toBe(2);
  expect(changes()).toBe(2);
  expect(await ended(hold())).toEqual(done);
  expect(changes()).toBe(4);
  expect(cloud.problems).toEqual([]);
});

it.each([
  ['kind=denied,operation=patch deployments/scale,nth=1', 'KubernetesForbiddenError'],
  ['kind=denied,task=Restore,operation=patch deployments/scale,nth=1', 'QuiesceError'],
  ['kind=kill,when=before,operation=patch deployments/scale,nth=1', 'Runtime.ExitError'],
  ['kind=kill,when=after,operation=patch deployments/scale,nth=1', 'Runtime.ExitError'],
  ['kind=kill,when=after,operation=patch deployments/scale,nth=2', 'Runtime.ExitError'],
])('%s fails the run as %s, and a redrive ends it', async (fault, name) => {
  arm(cloud, fault);
  const arn = hold();
  expect(await ended(arn)).toEqual(['FAILED', expect.stringContaining(name)]);
  cloud.engine.redrive(arn);
  expect(await ended(arn)).toEqual(done);
  expect([deployment().replicas, changes()]).toEqual([2, 2]);
});

it.each([
  ['kind=lost-answer,operation=patch deployments/scale,nth=1,times=1'],
  ['kind=throttle,service=kubernetes,nth=1,times=2'],
  ['kind=error,error=ServiceUnavailable,operation=get deployments,nth=3'],
])('%s is got over without anybody', async (fault) => {
  arm(cloud, fault);
  const arn = hold();
  expect(await ended(arn)).toEqual(done);
  expect([deployment().replicas, changes()]).toEqual([2, 2]);
});

it('W25 restart forgotten: a stopped run keeps it at nothing, and a release gives back what was recorded', async () => {
  arm(cloud, 'kind=delay,state=Look again,service=kubernetes,seconds=60,nth=1');
  const arn = hold();
  await looksAgain(arn);
  cloud.engine.stop(arn);
  await cloud.clock.sleep(600_000);
  expect([(await ended(arn))[0], deployment().replicas]).toEqual(['ABORTED', 0]);
  const release = start(cloud, 'quiet-release', { run: runOf(cloud, arn) });
  expect([await ended(release), deployment().replicas]).toEqual([done, 2]);
});

it('who scales it up meanwhile is named, and when that is taken back a redrive ends the run', async () => {
  arm(cloud, 'kind=delay,state=Look again,service=kubernetes,seconds=60,nth=1');
  const arn = hold();
  await looksAgain(arn);
  deployment().scale(1, 'argocd-controller');
  const named = expect.stringContaining('was changed to 1 by argocd-controller');
  expect(await ended(arn)).toEqual(['FAILED', named]);
  deployment().scale(0, 'kubectl');
  cloud.engine.redrive(arn);
  expect([await ended(arn), deployment().replicas]).toEqual([done, 2]);
});
