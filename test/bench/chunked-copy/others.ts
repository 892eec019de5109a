// What people do instead: pt-archiver, the guide's loop of a shell, and one statement.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { COLUMNS, type Database, LIVE, SOURCE, TARGET } from './database';

export const hasArchiver = (): boolean =>
  spawnSync('pt-archiver', ['--version'], { stdio: 'ignore' }).status === 0;

/** Waits for a process; resolves with its code, null when it was killed. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

const dsn = (name: string, socketPath: string, more = '') =>
  `S=${socketPath},D=${name.split('.')[0]},t=${name.split('.')[1]},u=root,A=utf8mb4${more}`;

/** https://docs.percona.com/percona-toolkit/pt-archiver.html */
export function archiver(
  { socketPath, rows }: Database,
  mode: 'rows' | 'bulk',
  again = false,
): ChildProcess {
  return spawn(
    'pt-archiver',
    [
      '--source',
      dsn(SOURCE, socketPath, ',i=PRIMARY'),
      '--dest',
      dsn(TARGET, socketPath, mode === 'bulk' ? ',L=1' : ''),
      '--where',
      `id BETWEEN 1 AND ${rows}`,
      '--no-delete',
      '--no-safe-auto-increment',
      '--limit',
      '10000',
      '--commit-each',
      '--no-version-check',
      ...(mode === 'bulk' ? ['--bulk-insert'] : []),
      // It keeps no record of where it was: what is there is passed over, row by row.
      ...(again ? ['--ignore'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

/** The guide's loop, with its step; it does not look at what the client says. */
export function loop(
  { socketPath, rows }: Database,
  sleep: number,
  from: string | number = 1,
): ChildProcess {
  const statement = `INSERT INTO ${TARGET} (${COLUMNS}) SELECT ${COLUMNS} FROM ${SOURCE} WHERE id BETWEEN $i AND $((i + 9999))`;
  const script = `for i in $(seq ${from} 10000 ${rows}); do
    mariadb --no-defaults -uroot -S ${socketPath} -e "${statement}" 2>/dev/null; sleep ${sleep}; printf .; done`;
  return spawn('sh', ['-c', script], { stdio: 'ignore', detached: true });
}

/** Keys the guide's restart begins at, read from the target: the guide itself asks the source. */
export const loopRestart = async (database: Database): Promise<number> => database.reached();

/** One statement for all. */
export async function bare(database: Database): Promise<void> {
  const connection = await database.connect();
  try {
    await connection.query('set session transaction isolation level read committed');
    await connection.query(
      `insert into ${TARGET} (${COLUMNS}) select ${COLUMNS} from ${SOURCE} where id < ${LIVE}`,
    );
  } finally {
    connection.destroy();
  }
}
