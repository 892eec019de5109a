// What if it dies now? The agent, the host, the task, the answer: there is never a second command beside one that
// still runs, and a redrive always has a way on.

import { composeCommand } from '../../../lambdas/shared/host/compose';
import { stopHostCommand } from '../../../lambdas/shared/host/settle';
import { hostScript } from '../../../lambdas/shared/host-files';
import { BUILD, type Command, closeWorlds, HOST, runId, World } from './world';

afterEach(closeWorlds);

const INIT: Command = { step: 'init', script: 'aspects/init', inspect: 'aspects/inspect-init' };
const builds = (world: World) => world.called('tutor images build');
const inits = (world: World) => world.called('tutor local do init');

/** Calls the task until the host has told that the unit runs; returns the turn that goes on. */
async function begun(world: World, command: Command): Promise<void> {
  await world.call(command, 160_000);
  expect((await world.attempt(command.step))!.state).toBe('running');
}

it('the agent is killed in the middle of a build: the run says that nobody answers, and the redrive adopts the build', async () => {
  const world = await World.of([{ on: 'tutor images build openedx', kind: 'agent-dies' }]);
  await expect(world.run(BUILD)).rejects.toThrow(
    /i-0123456789abcdef0 has not answered for 10 minutes .* may still run there/,
  );
  world.host.reviveAgent();
  await expect(world.redrive(BUILD)).resolves.toMatchObject({ ok: true });
  expect(builds(world)).toHaveLength(1);
  expect((await world.attempt())!.number).toBe(1);
});

it('an agent that is back within minutes is not even noticed', async () => {
  const world = await World.of([{ on: 'tutor images build openedx', kind: 'agent-dies' }]);
  void world.clock.sleep(240_000).then(() => world.host.reviveAgent());
  await expect(world.run(BUILD)).resolves.toMatchObject({ ok: true });
  expect(builds(world)).toHaveLength(1);
});

it('a host that restarts in the middle of a build has lost it: the redrive begins the next attempt', async () => {
  const world = await World.of([{ on: 'tutor images build aspects', kind: 'host-restarts' }]);
  await expect(world.run(BUILD)).rejects.toThrow(/ended from outside, or the host was restarted/);
  await expect(world.redrive(BUILD)).resolves.toMatchObject({ ok: true });
  expect(builds(world)).toHaveLength(2);
  expect((await world.attempt())!.number).toBe(2);
});

it.each(['lost-answer', 'error', 'throttle'])(
  'the first SendCommand ends in %s: it is sent again, and the build runs once',
  async (kind) => {
    const world = await World.of([], {}, [`kind=${kind},operation=SendCommand,nth=1`]);
    await expect(world.run(BUILD)).resolves.toMatchObject({ ok: true });
    expect(builds(world)).toHaveLength(1);
  },
);

it('a second worker takes over, and the build runs once', async () => {
  const world = await World.of();
  const first = world.call(BUILD);
  await world.clock.sleep(3_000);
  const second = world.run(BUILD);
  expect(await first).toEqual({ status: 'running', trailer: null });
  expect(await second).toMatchObject({ ok: true });
  expect(builds(world)).toHaveLength(1);
});

it('a stopped execution ends its build within a minute, and the redrive builds anew', async () => {
  const world = await World.of();
  await begun(world, BUILD);
  world.status = 'ABORTED';
  const from = world.clock.now();
  await world.call(BUILD);
  // The status is asked first: nobody has a token yet, and the net comes.
  const end = await stopHostCommand(world.deps, runId, 'host#build#-', async () => true);
  expect(end).toBe('stopped');
  expect(world.clock.now() - from).toBeLessThan(60_000);
  const { state, why } = (await world.attempt())!;
  expect([state, why]).toEqual(['stopped', 'the execution was stopped']);
  world.status = 'RUNNING';
  await expect(world.redrive(BUILD)).resolves.toMatchObject({ ok: true });
  expect(builds(world)).toHaveLength(2);
});

it('the worker itself ends the build when its execution is stopped in the middle of a turn', async () => {
  const world = await World.of();
  const turn = world.call(BUILD);
  await world.clock.sleep(120_000);
  world.status = 'ABORTED';
  const from = world.clock.now();
  await turn;
  expect(world.clock.now() - from).toBeLessThan(60_000);
  expect((await world.attempt())!.state).toBe('stopped');
});

it('a stop of what may be ended takes its job container along', async () => {
  const world = await World.of();
  const replay: Command = {
    step: 'replay',
    script: 'aspects/replay-tracking-logs',
    inspect: 'aspects/inspect-replay-tracking-logs',
    environment: { FOLDER: '/openedx/data/', PREFIX: 'tracking.log' },
  };
  const jobs = () =>
    world.host.sandbox.state.containers.filter(({ name }) => /-job-run-/.test(name));
  const turn = world.call(replay);
  await world.clock.sleep(60_000);
  expect(jobs()).toHaveLength(1);
  world.status = 'ABORTED';
  await turn;
  expect((await world.attempt('replay'))!.state).toBe('stopped');
  expect(jobs()).toEqual([]);
});

it('T16: an init is left to its end when its execution is stopped, and the redrive adopts it', async () => {
  const world = await World.of([{ on: 'job init aspects', kind: 'slow', seconds: 3_000 }]);
  const turn = world.call(INIT);
  await world.clock.sleep(120_000);
  world.status = 'ABORTED';
  await turn;
  expect((await world.attempt('init'))!.state).toBe('running');
  const end = await stopHostCommand(world.deps, runId, 'host#init#-', async () => true);
  expect(end).toBe('running');
  world.status = 'RUNNING';
  await expect(world.redrive(INIT)).resolves.toMatchObject({ ok: true });
  expect(inits(world)).toHaveLength(1);
});

it('T16: no init begins beside a job that is left over, and the redrive goes on when that is gone', async () => {
  const world = await World.of();
  const { sandbox } = world.host;
  const { state } = sandbox;
  const name = 'tutor_local-aspects-job-run-0123456789ab';
  const left = { id: name, name, service: 'aspects-job', project: 'tutor_local', image: 'job' };
  sandbox.state = { ...state, containers: [...state.containers, left] };
  await expect(world.run(INIT)).rejects.toThrow(
    new RegExp(`a job still runs on this host: ${name}`),
  );
  expect(inits(world)).toEqual([]);
  sandbox.state = state;
  await expect(world.redrive(INIT)).resolves.toMatchObject({ ok: true });
  expect(inits(world)).toHaveLength(1);
});

it('two commands of one host never run beside each other, whatever asks for them', async () => {
  const world = await World.of();
  await begun(world, BUILD);
  await expect(world.run(INIT)).rejects.toThrow(
    /another command of a run still works on this host: run-20260131-0a1b2c3d4e-build-1/,
  );
  expect(inits(world)).toEqual([]);
  await world.run(BUILD);
  await expect(world.redrive(INIT)).resolves.toMatchObject({ ok: true });
});

it('a start that was held up comes too late: after the next attempt, and after a stop, nothing begins', async () => {
  const world = await World.of([{ on: 'tutor images build openedx', kind: 'error' }]);
  await expect(world.run(BUILD)).rejects.toThrow(/ended with status 1/);
  await world.redrive(BUILD);
  const begin = (unit: string, key: string, attempt: number) =>
    composeCommand(
      HOST,
      unit,
      key,
      { MODE: 'local', IMAGES: 'aspects' },
      { kind: 'start', script: hostScript('aspects/build-images'), attempt },
    );
  const late = await world.host.run(begin(`${runId}-build-0`, `${runId}-build`, 1));
  expect(late.output).toContain('"state":"superseded"');
  const stop = composeCommand(HOST, 'u-1', 'u', {}, { kind: 'stop', kill: true });
  expect((await world.host.run(stop)).output).toContain('"state":"ended","rc":143');
  expect((await world.host.run(begin('u-1', 'u', 1))).output).toContain('"rc":143');
  expect(builds(world)).toHaveLength(2);
});

it('a build that takes longer than its hours is told, goes on, and a redrive follows it', async () => {
  const world = await World.of([
    { on: 'tutor images build openedx', kind: 'slow', seconds: 1_500 },
  ]);
  const short = { ...BUILD, hours: 0.25 };
  await expect(world.run(short)).rejects.toThrow(/has run for more than 0.25 hours and still does/);
  await expect(world.redrive(short)).resolves.toMatchObject({ ok: true });
  expect(builds(world)).toHaveLength(1);
});

it('asked again after it is done, nothing is sent', async () => {
  const world = await World.of();
  const first = await world.run(BUILD);
  const { length } = world.service.commands;
  expect(await world.run(BUILD)).toEqual(first);
  expect(world.service.commands).toHaveLength(length);
  // Another command of the same step is another attempt.
  await world.run({ ...BUILD, environment: { IMAGES: 'aspects' } });
  expect(builds(world)).toHaveLength(2);
});
