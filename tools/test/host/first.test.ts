import { BUILD, closeWorlds, World } from './world';

afterEach(closeWorlds);
it('discovers', async () => {
  const world = await World.of();
  const t0 = Date.now();
  const trailer = await world.run({ script: null, inspect: 'aspects/discover', step: 'discover' });
  console.log(JSON.stringify(trailer).length, JSON.stringify(trailer, null, 1), Date.now() - t0);
  expect(world.problems).toEqual([]);
});
it('builds', async () => {
  const world = await World.of();
  const t0 = Date.now();
  const trailer = await world.run(BUILD);
  console.log(trailer, Date.now() - t0, world.service.commands.length, world.called('tutor'));
  expect(world.problems).toEqual([]);
});
