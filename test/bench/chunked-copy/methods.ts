// What is compared, and what one does with each after a kill.

import type { Method } from './measure';
import { archiver, bare, ended, hasArchiver, loop, loopRestart } from './others';
import { Ours, type Way } from './ours';

export interface Candidate extends Method {
  /** Why it is not measured. */
  readonly leftOut?: string;
}

export function methods({ ascii, rows }: { ascii: boolean; rows: number }): Candidate[] {
  return [
    {
      name: 'one INSERT … SELECT',
      run: bare,
    },
    ours('ours, 1 worker', { workers: 1, niceRatio: 0, verified: true }),
    ours('ours, 2 workers', { workers: 2, niceRatio: 0, verified: true }),
    ours('ours, 1 worker, not verified', { workers: 1, niceRatio: 0, verified: false }),
    ours('ours, 2 workers, not verified', { workers: 2, niceRatio: 0, verified: false }),
    ours('ours, 1 worker, default nice ratio', { workers: 1, niceRatio: 0.5, verified: true }),
    ours('ours, 1 worker, rows travel', {
      workers: 1,
      niceRatio: 0,
      verified: true,
      travel: true,
    }),
    toolkit('pt-archiver, rows', 'rows'),
    toolkit('pt-archiver, bulk', 'bulk', ascii ? undefined : 'dies of text that is not ASCII'),
    guide('loop of the guide, no sleep', 0),
    guide('loop of the guide, sleep 2', 2, rows > 200_000 ? 'for at most 200,000 rows' : undefined),
  ];
}

/** One verified worker at a nice ratio. */
export const gentle = (niceRatio: number): Candidate =>
  ours(`ours, nice ratio ${niceRatio}`, { workers: 1, niceRatio, verified: true });

function ours(name: string, way: Way): Candidate {
  let copy: Ours;
  return {
    name,
    run: (database) => new Ours(database, way).copy(),
    // How far several ranges are one key does not tell.
    ...(way.verified &&
      way.workers === 1 && {
        begin: (database) => {
          copy = new Ours(database, way);
          return { over: copy.copy(), kill: () => copy.kill() };
        },
        recover: () => copy.copy(),
      }),
  };
}

function toolkit(name: string, mode: 'rows' | 'bulk', reason?: string): Candidate {
  const missing = hasArchiver() ? undefined : 'percona-toolkit is not installed';
  return {
    name,
    leftOut: missing ?? reason,
    run: async (database) => {
      const child = archiver(database, mode);
      let said = '';
      child.stderr!.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      if ((await ended(child)) !== 0) throw new Error(said.trim().slice(0, 200));
    },
    begin: (database) => {
      const child = archiver(database, mode);
      return { over: ended(child), kill: () => child.kill('SIGKILL') };
    },
    recover: async (database) => {
      await ended(archiver(database, mode, true));
    },
  };
}

function guide(name: string, sleep: number, leftOut?: string): Candidate {
  return {
    name,
    leftOut,
    run: async (database) => {
      await ended(loop(database, sleep));
    },
    begin: (database) => {
      const child = loop(database, sleep);
      return { over: ended(child), kill: () => process.kill(-child.pid!, 'SIGKILL') };
    },
    recover: async (database) => {
      await ended(loop(database, sleep, await loopRestart(database)));
    },
  };
}
