// The refresh of ingestion servers as it is deployed: the example's machine with its own roles, on an account
// of ServerMin = ServerMax with a warm pool, whose template an upgrade has switched.

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

it('replaces every server and gives every size back; at no moment fewer healthy tasks than before', async () => {
  const refresh = await Refresh.of(ground);
  const { old } = refresh;
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  await refresh.expectRefreshed();
  // Two in service and one or more in the warm pool, none of which is there any more.
  expect(old.length).toBeGreaterThan(2);
  expect(refresh.fleet.group.instances.filter(({ id }) => old.includes(id))).toEqual([]);
  const samples = refresh.fleet.samples.map(({ healthy }) => healthy);
  expect([Math.min(...samples), Math.max(...samples), samples.at(-1)]).toEqual([2, 4, 2]);
});

it('trap 31: a service of ServerMin = ServerMax gets room for twice the tasks, and both maxima come back', async () => {
  const refresh = await Refresh.of(ground);
  const { group, scaling } = refresh.fleet;
  expect([group.min, group.max, scaling.max]).toEqual([2, 2, 2]);
  const maxima: number[][] = [];
  refresh.cloud.onCall(({ operation }) => {
    if (operation === 'UpdateService') maxima.push([group.max, refresh.fleet.scaling.max]);
  });
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  expect(maxima[0]).toEqual([4, 4]);
  await refresh.expectRefreshed();
});

it('trap 32: the warm pool is emptied before a task is started, and filled with new servers after the last', async () => {
  const refresh = await Refresh.of(ground);
  const warm = refresh.fleet.group.warm.map(({ id }) => id);
  expect(warm.length).toBeGreaterThan(0);
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  const { changes } = refresh;
  const [emptied, filled] = [changes.indexOf('DeleteWarmPool'), changes.indexOf('PutWarmPool')];
  expect(emptied).toBe(0);
  expect(filled).toBe(changes.length - 1);
  await refresh.expectRefreshed();
  expect(refresh.fleet.group.warm).toHaveLength(warm.length);
  expect(refresh.fleet.group.instances.filter(({ id }) => warm.includes(id))).toEqual([]);
});

it('trap 33: servers leave through their group, with decrement, and only when their last task has ended', async () => {
  const refresh = await Refresh.of(ground);
  const ended: unknown[] = [];
  refresh.cloud.onCall(({ operation }, input) => {
    if (operation !== 'TerminateInstanceInAutoScalingGroup') return;
    const { tasks } = refresh.fleet;
    const busy = tasks.filter(({ instance }) => instance?.id === input.InstanceId).length;
    ended.push({ decrement: input.ShouldDecrementDesiredCapacity, busy });
  });
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  expect(ended).toEqual(Array(2).fill({ decrement: 'true', busy: 0 }));
  expect(refresh.cloud.calls.filter(({ service }) => service === 'ec2')).toEqual([]);
  await refresh.expectRefreshed();
});

it('a second run finds nothing to do, and changes nothing', async () => {
  const refresh = await Refresh.of(ground);
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  await refresh.expectRefreshed();
  const { length } = refresh.changes;
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  expect(refresh.changes).toHaveLength(length);
  await refresh.expectRefreshed();
});

it('a dry run changes nothing', async () => {
  const refresh = await Refresh.of(ground);
  const { old } = refresh;
  refresh.start({ dryRun: true });
  expect(await refresh.end()).toEqual(SUCCEEDED);
  expect(refresh.changes).toEqual([]);
  expect(refresh.old).toEqual(old);
  await refresh.expectWhole();
});

const CHANGES = [
  'DeleteWarmPool',
  'UpdateAutoScalingGroup',
  'RegisterScalableTarget',
  'UpdateService',
  'UpdateContainerInstancesState',
  'UpdateTaskProtection',
  'TerminateInstanceInAutoScalingGroup',
  'PutWarmPool',
];

/** A fault at the first and the second call of each operation that changes servers. */
const everywhere = (kind: string) =>
  CHANGES.flatMap((operation) =>
    [1, 2].map((nth) => `kind=${kind},task=RefreshIngestion,operation=${operation},nth=${nth}`),
  );

it.each(['kill,when=before', 'kill,when=after', 'lost-answer', 'throttle', 'error'])(
  'each change ends twice in %s, in one run: redriven, it ends as one that nothing broke',
  async (kind) => {
    const refresh = await Refresh.of(ground, everywhere(kind));
    refresh.start();
    expect(await refresh.end(20)).toEqual(SUCCEEDED);
    const struck = new Set(refresh.cloud.faults.applied.map(({ spec }) => spec.operation));
    expect([...struck].sort()).toEqual([...CHANGES].sort());
    await refresh.expectRefreshed();
  },
);

it('new tasks that do not get healthy: nothing is drained, a person is told, and a redrive goes on', async () => {
  const refresh = await Refresh.of(ground);
  refresh.fleet.broken = true;
  refresh.start();
  const [status, cause] = await refresh.end();
  expect(status).toBe('FAILED');
  expect(cause).toMatch(/only 0 of 2 new ingestion tasks.*then redrive/);
  expect(refresh.changes).not.toContain('TerminateInstanceInAutoScalingGroup');
  expect(refresh.fleet.least()).toBe(2);
  refresh.fleet.broken = false;
  for (const task of refresh.fleet.tasks.filter(({ healthy }) => !healthy)) {
    refresh.fleet.kill(task);
  }
  expect(await refresh.end(1)).toEqual(SUCCEEDED);
  await refresh.expectRefreshed();
});

it('two workers at once in every state: one acts, the other leaves, and all is done once', async () => {
  const refresh = await Refresh.of(ground, ['kind=duplicate,task=RefreshIngestion,seconds=7']);
  refresh.start();
  expect(await refresh.end()).toEqual(SUCCEEDED);
  expect(refresh.cloud.faults.applied.length).toBeGreaterThan(1);
  const ended = refresh.changes.filter((one) => one === 'TerminateInstanceInAutoScalingGroup');
  expect(ended).toHaveLength(2);
  await refresh.expectRefreshed();
});
