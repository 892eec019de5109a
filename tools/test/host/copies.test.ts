// The copies of what no backup of ClickHouse has, and the way back from them.

import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Command, closeWorlds, command, ROOT, World } from './world';

afterEach(closeWorlds);

const FOLDER = '/srv/backups/run-1';
const BACKUP = { BACKUP_ID: 'run-1', FOLDER: '/srv/backups' };
const RESTORE = command('restore-files', { ...BACKUP, SERVICES: 'ralph' });
/** The look before a way back. */
const LOOK: Command = {
  ...command('backup-files', { ...BACKUP, CHANGED_SINCE: 'yes' }),
  step: 'copies',
  script: null,
};
const services = (world: World) =>
  world.host.sandbox.state.containers.map(({ service }) => service).sort();

/** Writes the dump anew, and the sums, as people do who take the copies themselves. */
async function rewrite(world: World, change: (dump: string) => string): Promise<void> {
  const file = world.host.sandbox.inside(`${FOLDER}/superset.sql.gz`);
  writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(file)).toString())));
  await world.host.run(`cd ${FOLDER} && sha256sum config.yml superset.sql.gz made.txt > sums.txt`);
}

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

it('the dump begins with SQL, not with the command line that tutor exec prints', async () => {
  const world = await World.of();
  await world.run(command('backup-files', BACKUP));
  const file = world.host.sandbox.inside(`${FOLDER}/superset.sql.gz`);
  expect(gunzipSync(readFileSync(file)).toString().split('\n')[0]).toMatch(/^-- MySQL dump/);
  expect(world.called('tutor local exec')).toEqual([]);
});

it('a dump that begins with anything but SQL is refused while nothing is lost', async () => {
  const world = await World.of();
  await world.run(command('backup-files', BACKUP));
  await rewrite(world, (dump) => `mysqldump: [Warning] Using a password is insecure.\n${dump}`);
  await expect(world.run(LOOK)).rejects.toThrow(
    /superset\.sql\.gz begins with what is no SQL: mysqldump: \[Warning\]/,
  );
});

it('a dump made by tutor exec is good but for its first line, which is left out', async () => {
  const world = await World.of();
  await world.run(command('backup-files', BACKUP));
  await rewrite(world, (dump) => `docker compose -f local.yml exec mysql sh -c dump\n${dump}`);
  await expect(world.run(LOOK)).resolves.toMatchObject({ tables: 3 });
  await expect(world.run(RESTORE)).resolves.toMatchObject({ tables: 3 });
});

it('copies whose settings differ from those of now are whole for the way back, and not for a backup', async () => {
  const world = await World.of();
  await world.run(command('backup-files', BACKUP));
  const { sandbox } = world.host;
  sandbox.write(`${ROOT}/config.yml`, `${sandbox.read(`${ROOT}/config.yml`)}CHANGED: 'yes'\n`);
  await expect(world.run(LOOK)).resolves.toMatchObject({ ok: true });
  const now = { ...LOOK, step: 'now', environment: BACKUP };
  await expect(world.run(now)).rejects.toThrow(/config\.yml is another one now/);
});

it('a restore leaves nothing of the newer schema, with Superset and ingestion at rest', async () => {
  const world = await World.of();
  const { sandbox } = world.host;
  const before = services(world);
  await world.run(command('backup-files', BACKUP));
  sandbox.state = { ...sandbox.state, databases: { superset: ['dashboards', 'dbs', 'themes'] } };
  await expect(world.run(RESTORE)).resolves.toMatchObject({ tables: 3 });
  expect(sandbox.state.databases).toEqual({ superset: ['dashboards', 'slices', 'dbs'] });
  expect(services(world)).toEqual(
    before.filter((name) => name !== 'ralph' && !name.startsWith('superset')),
  );
  await world.run(command('recreate-containers'));
  expect(services(world)).toEqual(before);
});

it('a restore that breaks off after the database was emptied is done by the redrive', async () => {
  const world = await World.of([{ on: 'mysql', kind: 'error' }]);
  await world.run(command('backup-files', BACKUP));
  await expect(world.run(RESTORE)).rejects.toThrow(/Lost connection to MySQL/);
  expect(world.host.sandbox.state.databases).toEqual({ superset: [] });
  await expect(world.redrive(RESTORE)).resolves.toMatchObject({ tables: 3 });
});

it('a dump without a MySQL that runs is refused', async () => {
  const world = await World.of();
  await world.host.tutor('local', 'stop', 'mysql');
  await expect(world.run(command('backup-files', BACKUP))).rejects.toThrow(
    /no container of the service mysql runs in tutor_local/,
  );
});

it('the database of a MySQL that is not run by Tutor is left alone, and Superset runs on', async () => {
  const world = await World.of();
  await world.run(command('backup-files', BACKUP));
  const { sandbox } = world.host;
  sandbox.write(`${ROOT}/config.yml`, `${sandbox.read(`${ROOT}/config.yml`)}RUN_MYSQL: False\n`);
  await expect(world.run(RESTORE)).rejects.toThrow(/MySQL is not run by Tutor here/);
  expect(services(world)).toContain('superset');
});
