// Units under systemd and without it, and the scripts that copy, hold and bring back.

import { BUILD, type Command, closeWorlds, HOST, ROOT, World } from './world';

afterEach(closeWorlds);

const command = (name: string, environment: Record<string, string> = {}): Command => ({
  step: name.replace(/-/g, ''),
  script: `aspects/${name}`,
  inspect: `aspects/inspect-${name}`,
  environment,
});
const BACKUP = { BACKUP_ID: 'run-1', FOLDER: '/srv/backups' };

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

it('T22: the backup holds config.yml, the versions and the metadata of Superset, and says how many bytes', async () => {
  const world = await World.of();
  const trailer = await world.run(command('backup-files', BACKUP));
  expect(trailer).toMatchObject({ ok: true, folder: '/srv/backups/run-1', tables: 3 });
  const files = trailer.files as { name: string; bytes: number; sha256: string }[];
  expect(files.map(({ name }) => name)).toEqual([
    'config.yml',
    'versions.txt',
    'images.txt',
    'superset.sql.gz',
    'made.txt',
  ]);
  for (const { bytes, sha256 } of files) {
    expect(bytes).toBeGreaterThan(0);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  const { sandbox } = world.host;
  expect(sandbox.read('/srv/backups/run-1/versions.txt')).toContain('tutor-contrib-aspects==1.3.2');
  const { output } = await world.host.run('stat -c %a /srv/backups/run-1/config.yml');
  expect(output.trim()).toBe('600');
});

it('a backup whose files were changed is none', async () => {
  const world = await World.of();
  await world.run(command('backup-files', BACKUP));
  world.host.sandbox.write('/srv/backups/run-1/superset.sql.gz', 'broken');
  const look = { ...command('backup-files', BACKUP), step: 'again', script: null };
  await expect(world.run(look)).rejects.toThrow(
    /the files in \/srv\/backups\/run-1 are not those that were written; superset\.sql\.gz is broken/,
  );
});

it('a restore brings the settings back as they were', async () => {
  const world = await World.of();
  const { sandbox } = world.host;
  await world.run(command('backup-files', BACKUP));
  const before = sandbox.read(`${ROOT}/config.yml`);
  sandbox.write(`${ROOT}/config.yml`, `${before}CHANGED: 'yes'\n`);
  await expect(world.run(command('restore-files', BACKUP))).resolves.toMatchObject({ tables: 3 });
  expect(sandbox.read(`${ROOT}/config.yml`)).toBe(before);
});

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

it('T25: a job that reaches no repository fails after Alembic has moved, and a redrive comes through', async () => {
  const world = await World.of([{ on: 'dbt clone', kind: 'error' }]);
  const init = command('init', { MUST_BUILD: 'no' });
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

it('other tasks of the run: Alembic goes back, assets are imported, logs are replayed', async () => {
  const world = await World.of();
  await world.run(command('alembic-downgrade', { REVISION: '0040' }));
  await world.run(command('import-assets'));
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
