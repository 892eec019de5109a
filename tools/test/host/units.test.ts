// Units under systemd and without it, and what they call of Tutor.

import { readdirSync } from 'node:fs';
import { readAnswer } from '../../../lambdas/shared/host/answer';
import { composeCommand } from '../../../lambdas/shared/host/compose';
import { hostScript } from '../../../lambdas/shared/host-files';
import { BUILD, type Command, closeWorlds, command, HOST, World } from './world';

afterEach(closeWorlds);

const INIT: Command = { step: 'init', script: 'aspects/init', inspect: 'aspects/inspect-init' };

it('where systemd runs the unit is one of its own, as the user', async () => {
  const world = await World.of([], { systemd: true });
  await expect(world.run(BUILD)).resolves.toMatchObject({ ok: true });
  const unit = `${HOST.stateDirectory}/run-20260131-0a1b2c3d4e-build-1`;
  expect(world.host.sandbox.read(`${unit}/launch`)).toBe('');
  expect(() =>
    world.host.sandbox.read('/run/units/run-20260131-0a1b2c3d4e-build-1.service'),
  ).not.toThrow();
  const users = world.host.sandbox.calls.filter(({ program }) => program === 'tutor');
  expect(new Set(users.map(({ user }) => user))).toEqual(new Set(['openedx']));
});

it('where systemd runs a stop ends the unit by its name', async () => {
  const world = await World.of([], { systemd: true });
  const turn = world.call(BUILD);
  await world.clock.sleep(60_000);
  world.status = 'ABORTED';
  await turn;
  expect((await world.attempt())!.state).toBe('stopped');
  expect(world.host.sandbox.read('/run/units/stopped')).toContain('-build-1.service');
});

it('T25: a job that reaches no repository fails after Alembic has moved, and a redrive comes through', async () => {
  const world = await World.of([{ on: 'dbt clone', kind: 'error' }]);
  const init = command('init');
  await expect(world.run(init)).rejects.toThrow(/Could not resolve host: github\.com/);
  await expect(world.redrive(init)).resolves.toMatchObject({ ok: true });
});

it('images are pushed for a cluster, and a push is seen by its digest', async () => {
  const world = await World.of([{ on: 'tutor images push aspects', kind: 'nothing' }]);
  const IMAGES = 'openedx aspects';
  await world.run({ ...BUILD, environment: { IMAGES } });
  await expect(world.run(command('push-images', { IMAGES }))).rejects.toThrow(
    /image edunext\/aspects:1\.3\.2 was not pushed/,
  );
  await expect(world.redrive(command('push-images', { IMAGES }))).resolves.toMatchObject({
    ok: true,
  });
});

it('other tasks of the run: Alembic goes back, logs are replayed', async () => {
  const world = await World.of();
  await world.run(command('alembic-downgrade', { REVISION: '0040' }));
  await world.run(
    command('replay-tracking-logs', { FOLDER: '/openedx/data/', PREFIX: 'tracking.log' }),
  );
  expect(world.called('tutor local do alembic')).toEqual([
    'tutor local do alembic -c downgrade 0040',
  ]);
  expect(world.called('tutor local do transform-tracking-logs --source_provider')).toEqual([
    'tutor local do transform-tracking-logs --source_provider LOCAL --source_config ' +
      '{"key": "/openedx/data/", "prefix": "tracking.log", "container": "logs"} --destination_provider LRS --transformer_type xapi',
  ]);
});

it('mode dev builds and looks for the image that it runs', async () => {
  const world = await World.of();
  await world.host.tutor('dev', 'start', '-d');
  const dev = { ...BUILD, environment: { MODE: 'dev', IMAGES: 'openedx aspects' } };
  await expect(world.run(dev)).resolves.toMatchObject({ images: { 'openedx-dev': {} } });
  expect(world.called('tutor images build')).toEqual([
    'tutor images build openedx-dev aspects --no-cache',
  ]);
});

it('inspections of one unit read its log at the same time, each for itself', async () => {
  const world = await World.of();
  await world.run(INIT);
  const { unit, key } = (await world.attempt('init'))!;
  const look = { kind: 'look', script: hostScript(INIT.inspect) } as const;
  const text = composeCommand(HOST, unit, key, { MODE: 'local' }, look);
  const answers = await Promise.all([1, 2, 3].map(() => world.host.run(text)));
  expect(answers.map(({ output }) => readAnswer(output))).toEqual(
    Array(3).fill(expect.objectContaining({ trailer: expect.objectContaining({ ok: true }) })),
  );
  const { folder } = world.host.sandbox;
  const left = readdirSync(`${folder}${HOST.stateDirectory}`).filter((name) => /look/.test(name));
  expect(left).toEqual([`${unit}-look`]);
});

it('inspections that run at the same time, one of a worker that has died, do not disturb each other', async () => {
  const world = await World.of();
  const look = { kind: 'look', script: hostScript('aspects/inspect-push-images') } as const;
  const text = composeCommand(HOST, 'u-1', 'u', { MODE: 'local', IMAGES: 'openedx' }, look);
  const answers = await Promise.all([1, 2, 3].map(() => world.host.run(text)));
  expect(answers.map(({ output }) => readAnswer(output)?.kind)).toEqual(Array(3).fill('trailer'));
});
