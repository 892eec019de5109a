// The refresh of ingestion servers is stopped behind every call that changes something, in every state; then
// an operator redrives it, gives it up, or starts a new one. Nothing stays half scaled.

import { type Ground, prepare, Refresh } from './ingestion-servers';
import { removeAssemblies, stopClouds } from './support';

let ground: Ground;

beforeAll(async () => {
  ground = await prepare();
});
afterEach(stopClouds);
afterAll(async () => {
  await ground.template.stop();
  removeAssemblies();
});

const SUCCEEDED = ['SUCCEEDED', undefined];

/** Where it is stopped: right behind a call that a state makes. */
type Stop = readonly [state: string, operation: string, nth: number];

const STOPS: readonly Stop[] = [
  ['Check the input', 'PutItem', 2],
  ['Read the pipeline', 'ListExecutions', 1],
  ['Record the sizes of the ingestion servers', 'PutItem', 3],
  ['Empty the warm pool', 'DeleteWarmPool', 1],
  ['Empty the warm pool', 'DescribeWarmPool', 6],
  ['Start new ingestion servers', 'UpdateAutoScalingGroup', 1],
  ['Start new ingestion servers', 'RegisterScalableTarget', 1],
  ['Start new ingestion servers', 'UpdateService', 1],
  ['Start new ingestion servers', 'DescribeTargetHealth', 20],
  ['Drain the old ingestion servers', 'UpdateContainerInstancesState', 1],
  ['Drain the old ingestion servers', 'UpdateTaskProtection', 1],
  ['Drain the old ingestion servers', 'UpdateService', 1],
  ['Drain the old ingestion servers', 'DescribeTargetHealth', 10],
  ['Drain the old ingestion servers', 'TerminateInstanceInAutoScalingGroup', 1],
  ['Drain the old ingestion servers', 'TerminateInstanceInAutoScalingGroup', 2],
  ['Restore the sizes of the ingestion servers', 'UpdateAutoScalingGroup', 1],
  ['Restore the sizes of the ingestion servers', 'RegisterScalableTarget', 1],
  ['Restore the sizes of the ingestion servers', 'UpdateTaskProtection', 1],
  ['Restore the sizes of the ingestion servers', 'PutWarmPool', 1],
  ['Close the run', 'PutObject', 1],
];

/** An execution that was stopped there. */
async function stopped([state, operation, nth]: Stop): Promise<Refresh> {
  const refresh = await Refresh.of(ground);
  expect(await refresh.stopAt(state, (call) => call.operation === operation, nth)).toBe('ABORTED');
  expect(refresh.fleet.least()).toBe(2);
  return refresh;
}

describe.each(STOPS)('stopped in "%s" behind %s %i', (...where) => {
  it('changes nothing more, and a redrive ends as if nobody had stopped it', async () => {
    const refresh = await stopped(where);
    const { length } = refresh.changes;
    await refresh.cloud.clock.sleep(1_200_000);
    expect(refresh.changes).toHaveLength(length);
    expect(refresh.fleet.least()).toBe(2);
    refresh.cloud.engine.redrive(refresh.arn);
    expect(await refresh.end()).toEqual(SUCCEEDED);
    await refresh.expectRefreshed();
  });
});

/** Behind the first state a run stands in the ledger; in the last one it is over, whoever stops it. */
describe.each(STOPS.slice(1, -1))('given up in "%s" behind %s %i', (...where) => {
  it('has its sizes given back by the release, and a new run replaces what is left', async () => {
    const refresh = await stopped(where);
    expect(await refresh.release()).toEqual(SUCCEEDED);
    await refresh.expectWhole();
    refresh.start();
    expect(await refresh.end()).toEqual(SUCCEEDED);
    await refresh.expectRefreshed();
  });
});

it('a run that was stopped in the midst is continued by a new execution, and the old one cannot go on', async () => {
  const refresh = await stopped(['Drain the old ingestion servers', 'UpdateService', 1]);
  const [old, run] = [refresh.arn, refresh.run];
  refresh.start({ continueRun: run });
  expect(await refresh.end()).toEqual(SUCCEEDED);
  await refresh.expectRefreshed();
  refresh.cloud.engine.redrive(old);
  const { status, error } = await refresh.cloud.engine.finished(old);
  expect([status, error]).toEqual(['FAILED', 'RunTakenOverError']);
});

it('a run that was given up cannot go on', async () => {
  const refresh = await stopped(['Start new ingestion servers', 'UpdateService', 1]);
  expect(await refresh.release()).toEqual(SUCCEEDED);
  refresh.cloud.engine.redrive(refresh.arn);
  const { status, error } = await refresh.cloud.engine.finished(refresh.arn);
  expect([status, error]).toEqual(['FAILED', 'RunReleasedError']);
  await refresh.expectWhole();
});

it('a run that was stopped while it was closed is over: it holds nothing, and a new one begins', async () => {
  const refresh = await stopped(['Close the run', 'PutObject', 1]);
  const [status, cause] = await refresh.release();
  expect(status).toBe('FAILED');
  expect(cause).toMatch(/has succeeded, it holds nothing/);
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  await refresh.expectRefreshed();
});
