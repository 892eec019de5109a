// The refresh on servers that behave as AWS says, and where AWS says nothing, badly.

import { closeWorlds, NEW, World } from './world';

afterEach(closeWorlds);

const CHANGES = [
  'UpdateAutoScalingGroup',
  'RegisterScalableTarget',
  'UpdateService',
  'UpdateContainerInstancesState',
  'UpdateTaskProtection',
  'TerminateInstanceInAutoScalingGroup',
  'DeleteWarmPool',
  'PutWarmPool',
];

it('replaces every server, with as many healthy tasks at every moment as before', async () => {
  const world = await World.of();
  const [before, old] = [await world.sizes(), world.old];
  await world.refresh();
  expect(world.old).toEqual([]);
  expect(world.fleet.group.instances.map(({ id }) => old.includes(id))).toEqual([false, false]);
  expect(world.fleet.least()).toBe(2);
  expect(world.fleet.cutOff).toBe(0);
  expect(await world.sizes()).toEqual(before);
  expect((await world.record())?.restoredAt).toBeDefined();
});

it('does nothing where every server is of the group’s template', async () => {
  const world = await World.of();
  world.fleet.useTemplate(world.fleet.group.instances[0]!.template);
  await world.refresh();
  expect(world.called(...CHANGES)).toEqual([]);
  expect(await world.record()).toBeUndefined();
});

it('does nothing where the group still has the launch configuration of its servers', async () => {
  const world = await World.of();
  world.fleet.useTemplate({ launchConfiguration: 'before-1.1.7' });
  expect(await world.phase('record')).toBe('nothing');
});

it('trap 31: doubling ECS tasks with ServerMin = ServerMax: makes room in group and service, and takes it back', async () => {
  const world = await World.of();
  await world.refresh(0, ['record', 'empty', 'start']);
  const { group, scaling, desired } = world.fleet;
  expect([group.max, scaling.max, scaling.suspended.in, desired]).toEqual([4, 4, true, 4]);
  await world.refresh(0, ['drain', 'restore']);
  const after = world.fleet;
  expect([after.group.max, after.scaling.max, after.scaling.suspended.in]).toEqual([2, 2, false]);
});

it('trap 32: warm pool: emptied first, because old servers come back from it, and made anew of new ones', async () => {
  const world = await World.of({ warmPool: { minSize: 2, maxPrepared: 5 } });
  expect(world.old).toHaveLength(5);
  const before = await world.sizes();
  await world.refresh();
  await world.clock.sleep(600_000);
  expect(world.old).toEqual([]);
  expect(world.fleet.group.warm).toHaveLength(3);
  expect(await world.sizes()).toEqual(before);
  expect(world.called('DeleteWarmPool', 'UpdateService')[0]).toBe('DeleteWarmPool');
  expect(world.fleet.least()).toBe(2);
});

it('recycles a warm pool of old servers behind a group of new ones', async () => {
  const world = await World.of({ warmPool: { minSize: 1 } });
  for (const one of world.fleet.group.living)
    Object.assign(one, { template: world.fleet.group.template });
  await world.refresh();
  await world.clock.sleep(600_000);
  expect(world.old).toEqual([]);
  expect(world.called('UpdateService', 'TerminateInstanceInAutoScalingGroup')).toEqual([]);
});

it('trap 33: EC2 TerminateInstances: servers go through the group with decrement, when their last task has ended', async () => {
  const world = await World.of();
  const inputs: unknown[] = [];
  world.server.listeners.add(({ operation }, input) => {
    if (operation === 'TerminateInstanceInAutoScalingGroup') inputs.push(input);
  });
  const { old } = world;
  await world.refresh();
  expect(inputs).toHaveLength(2);
  expect(inputs).toEqual(
    expect.arrayContaining(
      old.map((InstanceId) =>
        expect.objectContaining({ InstanceId, ShouldDecrementDesiredCapacity: 'true' }),
      ),
    ),
  );
  expect(world.fleet.cutOff).toBe(0);
  // Nothing was put in their place.
  expect(world.fleet.group.instances).toHaveLength(2);
});

it('replaces servers of an older version of the launch template as well', async () => {
  const world = await World.of({ launchConfiguration: undefined, ...NEW });
  world.fleet.useTemplate({ launchTemplate: { ...NEW.launchTemplate, version: '2' } });
  await world.refresh();
  expect(world.old).toEqual([]);
  expect(world.fleet.least()).toBe(2);
});

it('asks nothing of the versions of a group that always takes the latest', async () => {
  const world = await World.of({ launchConfiguration: undefined, ...NEW });
  world.fleet.useTemplate({ launchTemplate: { ...NEW.launchTemplate, version: '$Latest' } });
  expect(await world.phase('record')).toBe('nothing');
});

it('replaces an old server without a task, which would take a new one', async () => {
  const world = await World.of({ min: 3, max: 4 });
  world.fleet.want(2);
  world.fleet.scaling.min = 2;
  world.fleet.settle();
  await world.clock.sleep(100_000);
  const before = await world.sizes();
  await world.refresh();
  expect(world.old).toEqual([]);
  expect(world.fleet.least(world.clock.now() - 1)).toBe(2);
  expect(world.fleet.group.living).toHaveLength(3);
  expect(await world.sizes()).toEqual(before);
});

it('waits for a steady service before it writes the sizes down', async () => {
  const world = await World.of();
  world.fleet.kill(world.fleet.tasks[0]!);
  expect(await world.phase('record')).toBe('done');
  expect((await world.record())?.before).toMatchObject({ tasks: 2 });
  expect(world.fleet.healthy).toBe(2);
});

describe('healthy tasks that are too few', () => {
  it('keep it from draining: it waits, then says so, and a redrive goes on', async () => {
    const world = await World.of();
    await world.refresh(0, ['record', 'empty']);
    world.fleet.broken = true;
    await expect(world.refresh(0, ['start'])).rejects.toMatchObject({
      name: 'IngestionServersError',
      message: expect.stringMatching(/only 0 of 2 new ingestion tasks.*redrive/),
    });
    expect(world.fleet.least()).toBe(2);
    world.fleet.broken = false;
    for (const task of world.fleet.tasks.filter(({ healthy }) => !healthy)) world.fleet.kill(task);
    await world.refresh(1, ['start', 'drain', 'restore']);
    expect(world.old).toEqual([]);
    expect(world.fleet.least()).toBe(2);
  });

  it('stop a drain that has begun, until there are enough again', async () => {
    const world = await World.of({ seconds: { stop: 600 } });
    await world.refresh(0, ['record', 'empty', 'start']);
    await world.call('drain', 130_000);
    world.fleet.kill(world.fleet.tasks.find(({ healthy }) => healthy)!);
    await world.clock.sleep(1_000);
    expect(world.fleet.healthy).toBe(1);
    const ended = world.called('TerminateInstanceInAutoScalingGroup').length;
    await world.call('drain', 125_000);
    expect(world.called('TerminateInstanceInAutoScalingGroup')).toHaveLength(ended);
    await world.refresh(0, ['drain', 'restore']);
    expect(world.old).toEqual([]);
    expect(world.fleet.healthy).toBe(2);
  });
});

it('new servers that are slow to start outlive the cool-down of Application Auto Scaling', async () => {
  const world = await World.of({ max: 6, seconds: { boot: 500, health: 300, coolDown: 600 } });
  await world.refresh();
  // Raised once, lowered once: nobody took a new task away meanwhile.
  expect(world.called('UpdateService')).toHaveLength(2);
  expect(world.fleet.least()).toBe(2);
  expect(world.old).toEqual([]);
});
