// Starts and stops a private MariaDB server from the binaries of the operating system: it stands in for
// an Aurora MySQL cluster. There is no npm package with them.

import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { keepServer, type RunAs, runAs, temporaryFolder } from '../private-server';

const NAME = 'MariaDB';

/** Folders a login shell of root has on its path and others often have not. */
const ALSO = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

/** A running server. */
export interface MariaDbServer {
  /** Its socket. */
  readonly socketPath: string;
  /** The only folder a statement may write into. */
  readonly files: string;
  /** A connection that may do everything. */
  connect(options?: ConnectionOptions): Promise<Connection>;
  /** Ends the server and removes every file of it. */
  stop(): Promise<void>;
}

const SETTINGS = [
  '--no-defaults',
  '--skip-networking',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--local-infile=0',
  '--character-set-server=utf8mb3',
  '--collation-server=utf8mb3_unicode_ci',
  '--default-time-zone=+00:00',
  '--max-connections=200',
  // A crash of the machine ends the rehearsal anyway: nothing has to reach the disk.
  '--innodb-flush-log-at-trx-commit=0',
  '--skip-innodb-doublewrite',
  '--innodb-buffer-pool-size=256M',
  '--performance-schema=off',
];

/** Where a program is, or undefined. */
function find(...names: string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), ...ALSO].filter(Boolean);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const programs = () => ({
  server: find('mariadbd', 'mysqld'),
  install: find('mariadb-install-db', 'mysql_install_db'),
});

/** Whether the rehearsal can have a MySQL server on this computer. */
export const hasMariaDb = (): boolean => Object.values(programs()).every(Boolean);

/**
 * Starts a server on an empty cluster; refuses with what to install when there is none.
 *
 * @param more settings that win over those of a rehearsal
 */
export async function startMariaDb(more: readonly string[] = []): Promise<MariaDbServer> {
  const { server, install } = programs();
  if (!server || !install) {
    const missing = server ? 'mariadb-install-db' : 'mariadbd';
    throw new Error(
      `this scenario has a MySQL database and needs MariaDB 10.5 or newer: ${missing} is not on the ` +
        'PATH. Install it without starting its service: apt-get install mariadb-server (Debian, ' +
        'Ubuntu), dnf install mariadb-server (Fedora, Amazon Linux), brew install mariadb (macOS)',
    );
  }
  const user = runAs(NAME);
  const folder = mkdtempSync(join(temporaryFolder(NAME, user), 'rehearsal-my-'));
  try {
    chmodSync(folder, 0o755);
    const [data, files, temporary] = ['data', 'files', 'tmp'].map((name) =>
      own(folder, name, user),
    );
    const env = { PATH: `${process.env.PATH}:${ALSO.join(':')}`, LC_ALL: 'C', TZ: 'UTC' };
    const made = spawnSync(
      install,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--tmpdir=${temporary}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--skip-name-resolve',
      ],
      { ...user, env, cwd: folder, encoding: 'utf8' },
    );
    if (made.status !== 0) {
      throw new Error(`${NAME} cannot make a cluster: ${made.error?.message ?? made.stderr}`);
    }
    const socketPath = join(data!, 'socket');
    const connect = (options: ConnectionOptions = {}) =>
      createConnection({ socketPath, user: 'root', multipleStatements: true, ...options });
    const ask = async () => (await connect()).end();
    const args = [
      ...SETTINGS,
      ...more,
      `--datadir=${data}`,
      `--socket=${socketPath}`,
      `--pid-file=${join(data!, 'pid')}`,
      `--tmpdir=${temporary}`,
      `--secure-file-priv=${files}`,
    ];
    // Nothing of it is ever started again: it need not write back what it has in memory.
    const kept = { name: NAME, folder, binary: server, args, user, env, ask };
    const stop = await keepServer({ ...kept, signal: 'SIGKILL' });
    return { socketPath, files: files!, connect, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function own(folder: string, name: string, user: RunAs): string {
  const path = join(folder, name);
  mkdirSync(path, { mode: 0o755 });
  if ('uid' in user) chownSync(path, user.uid, user.gid);
  return path;
}
