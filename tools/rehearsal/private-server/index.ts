// Database servers of the rehearsal's own: unprivileged, on a socket in a folder of their own, and gone
// with the rehearsal however it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Whom a server runs as: none of them likes to run as root. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** A server's process, and what is needed to keep it. */
export interface ServerProcess {
  /** As messages call it. */
  readonly name: string;
  /** Removed with everything in it when the server ends. */
  readonly folder: string;
  readonly binary: string;
  readonly args: readonly string[];
  readonly user: RunAs;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the server at once. */
  readonly signal: NodeJS.Signals;
  /** Resolves when the server answers, rejects when it does not yet. */
  readonly ask: () => Promise<void>;
}

/** Starts a server and waits until it answers; returns what ends it and removes its folder. */
export async function keepServer(server: ServerProcess): Promise<() => Promise<void>> {
  const { name, folder, binary, args, user, env, signal, ask } = server;
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const keeper = spawn(
    process.execPath,
    [join(__dirname, 'keeper.cjs'), JSON.stringify({ folder, binary, args, user, signal })],
    { stdio: ['pipe', output, output], detached: true, env, cwd: '/' },
  );
  // A rehearsal that ends without stop() must not hang: the closing pipe stops the server.
  keeper.unref();
  (keeper.stdin as unknown as { unref(): void }).unref();
  const ended = () => keeper.exitCode !== null || keeper.signalCode !== null;
  const stop = async () => {
    if (ended()) return;
    keeper.ref();
    const gone = once(keeper, 'exit');
    keeper.stdin?.destroy();
    await gone;
  };
  const text = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  for (let tries = 0, said = ''; ; tries++) {
    said = text() || said;
    try {
      await ask();
      return stop;
    } catch (error) {
      if (tries <= 400 && !ended()) await delay(25);
      else {
        said = text() || said;
        await stop();
        throw new Error(`${name} does not start: ${said}`, { cause: error });
      }
    }
  }
}

/** An unprivileged user when we are root, else ourselves. */
export function runAs(name: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (!line) throw new Error(`${name} does not run as root, and there is no user nobody`);
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

/** A folder the server's user can reach, short enough for a socket (about 100 bytes). */
export function temporaryFolder(name: string, user: RunAs): string {
  const reachable = (folder: string): boolean =>
    (statSync(folder).mode & 0o001) !== 0 &&
    (dirname(folder) === folder || reachable(dirname(folder)));
  const folders = [tmpdir(), '/tmp', '/var/tmp'].filter((folder) => existsSync(folder));
  const found = folders.find(
    (folder) => folder.length < 60 && (!('uid' in user) || reachable(folder)),
  );
  if (!found) throw new Error(`no folder for ${name}: ${folders.join(', ')} cannot be used`);
  return found;
}
