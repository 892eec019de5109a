// What feeds ClickHouse is held while tables are filled: as containers, and as deployments of Kubernetes.

import { writersNow } from '../../../lambdas/shared/aspects/host/writers';
import { type Command, closeWorlds, command, HOST, ROOT, runId, World } from './world';

afterEach(closeWorlds);

it('T18: what feeds ClickHouse is stopped, nothing else, and comes back', async () => {
  const world = await World.of();
  const names = () => world.host.sandbox.state.containers.map(({ service }) => service).sort();
  const before = names();
  const SERVICES = 'ralph vector';
  await expect(world.run(command('stop-ingestion', { SERVICES }))).resolves.toMatchObject({
    ok: true,
  });
  expect(names()).toEqual(before.filter((name) => name !== 'ralph'));
  await world.run(command('start-ingestion', { SERVICES: 'ralph' }));
  expect(names()).toEqual(before);
});

it('what the settings do not have is not started', async () => {
  const world = await World.of();
  const { sandbox } = world.host;
  sandbox.write(`${ROOT}/config.yml`, `${sandbox.read(`${ROOT}/config.yml`)}RUN_SUPERSET: False\n`);
  await world.host.tutor('local', 'stop', 'superset', 'ralph');
  await world.run(command('start-ingestion', { SERVICES: 'ralph superset' }));
  expect([runs(world, 'ralph'), runs(world, 'superset')]).toEqual([true, false]);
});

const RALPH = { SERVICES: 'ralph' };
const runs = (world: World, name: string) =>
  world.host.sandbox.state.containers.some(({ service }) => service === name);

it.each([
  ['init', RALPH],
  ['dbt', { ...RALPH, COMMAND: 'run' }],
])('T18: %s holds again what somebody has started since it was held', async (name, environment) => {
  const world = await World.of();
  await world.run(command('stop-ingestion', RALPH));
  await world.host.tutor('local', 'start', '-d');
  expect(runs(world, 'ralph')).toBe(true);
  // Without models dbt says no summary, which is not the matter here.
  await world.run(command(name, environment)).catch(() => undefined);
  expect(world.called('tutor local do')).toHaveLength(1);
  expect(runs(world, 'ralph')).toBe(false);
});

it('T18: an init of an earlier release, which knows nothing of services, stops none', async () => {
  const world = await World.of();
  await world.run(command('init'));
  expect(runs(world, 'ralph')).toBe(true);
});

it('a task in ClickHouse asks who writes now, and tutor for no setting but secrets', async () => {
  const world = await World.of();
  const deps = { ...world.deps, remainingMs: () => 900_000 };
  const writing = () => writersNow({ runId, host: HOST, mode: 'local' }, deps);
  await expect(writing()).resolves.toEqual(['ralph']);
  await world.host.tutor('local', 'stop', 'ralph');
  await expect(writing()).resolves.toEqual([]);
  const asked = world.called('tutor config printvalue');
  expect(asked.filter((line) => !/SECRET|PASSWORD|KEY/.test(line))).toEqual([]);
});

it.each([
  ['local', 'docker does not answer', '/usr/bin/docker', 'exit 1', /ended with status 1/],
  ['k8s', 'tutor does not', '/opt/tutor/bin/tutor', 'exit 1', /tutor works in no folder/],
  [
    'k8s',
    'tutor knows no namespace',
    '/opt/tutor/bin/tutor',
    `[ "$2" = printroot ] && echo "$TUTOR_ROOT"`,
    /tutor does not say in which namespace/,
  ],
])('on %s, where %s, nobody knows who writes', async (mode, _, program, script, wanted) => {
  const world = await World.of();
  const deps = { ...world.deps, remainingMs: () => 900_000 };
  world.host.sandbox.write(program, `#!/bin/sh\n${script}\n`);
  await expect(writersNow({ runId, host: HOST, mode }, deps)).rejects.toThrow(wanted);
});

describe('on Kubernetes', () => {
  const k8s = (name: string, environment = {}): Command =>
    command(name, { ...environment, MODE: 'k8s' });
  const DISCOVER: Command = {
    step: 'discover',
    script: null,
    inspect: 'aspects/discover',
    environment: { MODE: 'k8s' },
  };

  /** A platform whose Ralph has been scaled up. */
  async function cluster(): Promise<World> {
    const world = await World.of();
    await world.host.tutor('local', 'stop');
    await world.host.tutor('k8s', 'start');
    scale(world, 'ralph', 3);
    return world;
  }
  const deployments = (world: World) => world.host.sandbox.state.deployments!;
  function scale(world: World, name: string, replicas: number): void {
    const { sandbox } = world.host;
    const all = { ...deployments(world), [name]: { replicas } };
    sandbox.state = { ...sandbox.state, deployments: all };
  }
  const unreachable = (world: World) => {
    const { sandbox } = world.host;
    sandbox.state = { ...sandbox.state, unreachable: true } as object;
  };

  it('T18: T21: what runs are deployments with replicas, and not containers of this host', async () => {
    const world = await cluster();
    scale(world, 'superset-worker', 0);
    const { running } = (await world.run(DISCOVER)) as unknown as { running: string[] };
    expect(running).toEqual(expect.arrayContaining(['ralph', 'superset', 'mysql']));
    expect(running).not.toContain('superset-worker');
  });

  it('a cluster that does not answer is a finding, and not one without services', async () => {
    const world = await cluster();
    unreachable(world);
    await expect(world.run(DISCOVER)).rejects.toThrow(/kubectl does not answer user/);
  });

  it('T18: T21: as many replicas come back as were stopped, also when it was held twice', async () => {
    const world = await cluster();
    await expect(world.run(k8s('stop-ingestion', RALPH))).resolves.toMatchObject({ ok: true });
    expect(deployments(world).ralph!.replicas).toBe(0);
    await world.run({ ...k8s('stop-ingestion', RALPH), step: 'holdAgain' });
    await world.run(k8s('start-ingestion', RALPH));
    expect(deployments(world).ralph).toEqual({ replicas: 3, annotations: {} });
  });

  it('T18: T21: pods that still end write still: they are waited for, and seen', async () => {
    const world = await cluster();
    const { sandbox } = world.host;
    const hold = k8s('stop-ingestion', RALPH);
    const ending = { ...deployments(world), ralph: { replicas: 0, ending: 1 } };
    sandbox.state = { ...sandbox.state, deployments: ending };
    const look = { ...hold, step: 'look', script: null };
    await expect(world.run(look)).rejects.toThrow(/these still write: ralph/);
    await expect(world.run(hold)).resolves.toMatchObject({ ok: true });
    expect(world.called('kubectl --namespace openedx wait --for=delete')).toHaveLength(1);
  });

  it('nobody believes that ingestion rests where the cluster does not answer', async () => {
    const world = await cluster();
    unreachable(world);
    const hold = k8s('stop-ingestion', RALPH);
    await expect(world.run(hold)).rejects.toThrow(/kubectl does not answer|was refused/);
    const look = { ...hold, step: 'look', script: null };
    await expect(world.run(look)).rejects.toThrow(/kubectl does not answer|was refused/);
  });

  it('ingestion that does not come back is not said to be there', async () => {
    const world = await cluster();
    scale(world, 'ralph', 0);
    await expect(world.run(k8s('start-ingestion', RALPH))).rejects.toThrow(
      /service ralph does not run/,
    );
  });

  it('T18: an initialisation scales down what somebody has scaled up', async () => {
    const world = await cluster();
    await world.run(k8s('init', RALPH)).catch(() => undefined);
    expect(deployments(world).ralph!.replicas).toBe(0);
  });

  it('a restore has Superset rest, and the new containers are as many as the old', async () => {
    const world = await cluster();
    scale(world, 'superset', 2);
    const BACKUP = { BACKUP_ID: 'run-1', FOLDER: '/srv/backups' };
    await world.run(k8s('backup-files', BACKUP));
    await expect(world.run(k8s('restore-files', BACKUP))).resolves.toMatchObject({ tables: 3 });
    expect(deployments(world).superset!.replicas).toBe(0);
    await world.run(k8s('recreate-containers'));
    expect(deployments(world).superset!.replicas).toBe(2);
  });

  it('the look at new containers does not wait for a deployment of Vector, which is a DaemonSet', async () => {
    const world = await cluster();
    const { sandbox } = world.host;
    sandbox.write(`${ROOT}/config.yml`, `${sandbox.read(`${ROOT}/config.yml`)}RUN_VECTOR: True\n`);
    await expect(world.run(k8s('recreate-containers'))).resolves.toMatchObject({ ok: true });
  });
});
