// What if it dies after this line? Every call that changes something is refused, or takes effect and its
// answer is lost; then the execution is redriven, continued by a new one, or given up.

import { closeWorlds, PHASES, World } from './world';

afterEach(closeWorlds);

const CALLS = [
  ['DeleteWarmPool', 1],
  ['UpdateAutoScalingGroup', 1],
  ['RegisterScalableTarget', 1],
  ['UpdateService', 1],
  ['UpdateContainerInstancesState', 1],
  ['UpdateTaskProtection', 1],
  ['UpdateService', 2],
  ['TerminateInstanceInAutoScalingGroup', 1],
  ['TerminateInstanceInAutoScalingGroup', 2],
  ['UpdateAutoScalingGroup', 2],
  ['RegisterScalableTarget', 2],
  ['UpdateTaskProtection', 2],
  ['PutWarmPool', 1],
] as const;
const CASES = CALLS.flatMap(([operation, nth]) =>
  ['error', 'lost-answer'].map((kind) => ({ kind, operation, nth })),
);

/** A world with a warm pool, refreshed until the fault strikes. */
async function broken(fault: string): Promise<World> {
  const world = await World.of({ warmPool: { minSize: 1, maxPrepared: 3 } }, [fault]);
  await expect(world.refresh()).rejects.toThrow();
  return world;
}

/** All is as before, but for the servers: every one is new, and nobody went without service. */
async function expectRefreshed(world: World): Promise<void> {
  await world.clock.sleep(120_000);
  const { group, desired, scaling, cutOff } = world.fleet;
  expect(world.old).toEqual([]);
  expect([group.min, group.max, group.desired, desired]).toEqual([2, 2, 2, 2]);
  expect(scaling).toMatchObject({ min: 2, max: 2, suspended: { in: false } });
  expect(group.pool).toMatchObject({ minSize: 1, maxPrepared: 3, deleting: false });
  expect([world.fleet.least(), cutOff]).toEqual([2, 0]);
}

describe.each(CASES)('call $nth of $operation ends in $kind', ({ kind, operation, nth }) => {
  const fault = `kind=${kind},operation=${operation},nth=${nth}`;

  it('a redrive goes on', async () => {
    const world = await broken(fault);
    world.redriveCount += 1;
    await world.refresh(1);
    await expectRefreshed(world);
    expect((await world.record())?.restoredAt).toBeDefined();
  });

  it('a release gives back what was taken', async () => {
    const world = await broken(fault);
    await world.release();
    await world.clock.sleep(120_000);
    const { group, desired, scaling } = world.fleet;
    expect([group.min, group.max, desired, world.fleet.healthy]).toEqual([2, 2, 2, 2]);
    expect(group.desired).toBe(2);
    expect(scaling).toMatchObject({ min: 2, max: 2, suspended: { in: false } });
    expect(group.pool).toMatchObject({ minSize: 1, maxPrepared: 3, deleting: false });
    expect(group.living.map(({ agent }) => agent)).toEqual(['ACTIVE', 'ACTIVE']);
    expect([world.fleet.least(), world.fleet.cutOff]).toEqual([2, 0]);
  });
});

it.each(PHASES)(
  'a new execution that continues the run after phase %s ends the same',
  async (phase) => {
    const world = await World.of({ warmPool: { minSize: 1, maxPrepared: 3 } });
    await world.refresh(0, PHASES.slice(0, PHASES.indexOf(phase) + 1));
    const before = (await world.record())?.before;
    await world.refresh();
    await expectRefreshed(world);
    expect((await world.record())?.before).toEqual(before);
  },
);

it('a second worker takes over in the midst of a phase, and the first touches nothing more', async () => {
  const world = await World.of();
  await world.refresh(0, ['record', 'empty']);
  const first = world.call('start');
  await world.clock.sleep(7_000);
  const second = world.call('start');
  expect(await first).toEqual({ status: 'running' });
  expect(await second).toEqual({ status: 'done' });
  await world.refresh(0, ['drain', 'restore']);
  expect(world.old).toEqual([]);
  expect(world.fleet.least()).toBe(2);
});

it('a stopped execution changes nothing more, and leaves what a redrive adopts', async () => {
  const world = await World.of();
  await world.refresh(0, ['record', 'empty', 'start']);
  world.status = 'ABORTED';
  expect(await world.call('drain')).toEqual({ status: 'running' });
  expect(world.called('UpdateContainerInstancesState')).toEqual([]);
  world.status = 'RUNNING';
  await world.refresh(0, ['drain', 'restore']);
  expect(world.old).toEqual([]);
});
