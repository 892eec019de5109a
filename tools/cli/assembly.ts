// Makes the cloud assembly as `cdk deploy` would: bundles when a bundle is missing or older than its
// sources, then runs the CDK app into a folder of this run's own.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UsageError } from './errors';
import { takeLock } from './leftovers';

/** Folder of the package. */
export const ROOT = path.resolve(__dirname, '../..');

const BUNDLES = path.join(ROOT, 'dist/lambdas');
const SOURCES = ['lambdas', 'sql', 'scripts/bundle.mjs', 'package-lock.json'];

/** Bundles the tasks unless that is done; returns whether it had to. */
export async function bundle(signal: AbortSignal): Promise<boolean> {
  if (!stale()) return false;
  // Bundling empties the folder first: two rehearsals must not do it at the same time.
  const lock = path.join(ROOT, 'dist/.bundling');
  mkdirSync(path.dirname(lock), { recursive: true });
  while (!takeLock(lock)) await delay(100, undefined, { signal });
  try {
    if (!stale()) return false;
    await node(['scripts/bundle.mjs'], {}, signal);
    return true;
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Writes the cloud assembly of a target into `folder`. Runs the app with the context that the CDK
 * CLI would give it, but without the CLI: its build step would bundle again beneath another run.
 */
export async function synthesize(
  target: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { app, context } = JSON.parse(readFileSync(path.join(ROOT, 'cdk.json'), 'utf8')) as {
    app: string;
    context: Record<string, unknown>;
  };
  const cli = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };
  const program = app.split(' ').at(-1)!;
  await node(
    ['--require', require.resolve('tsx/cjs'), program],
    {
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...cli, target }),
      TSX_DISABLE_CACHE: '1',
    },
    signal,
  );
}

/** Whether the command runs in the package's own sources; elsewhere it is installed beside an app. */
export const hasSources = (): boolean => existsSync(path.join(ROOT, 'cdk.json'));

/** The folder if it holds a cloud assembly. */
export function givenAssembly(folder: string): string {
  const resolved = path.resolve(folder);
  if (existsSync(path.join(resolved, 'manifest.json'))) return resolved;
  throw new UsageError(
    `${folder} is no cloud assembly: it has no manifest.json. Make one with npx cdk synth --quiet, and name its folder by --assembly if that is not cdk.out`,
  );
}

function stale(): boolean {
  const tasks = readdirSync(path.join(ROOT, 'lambdas')).filter((name) =>
    existsSync(path.join(ROOT, 'lambdas', name, 'index.ts')),
  );
  const bundles = tasks.map((task) => path.join(BUNDLES, task, 'index.mjs'));
  if (!bundles.every((file) => existsSync(file))) return true;
  const newest = Math.max(...SOURCES.flatMap((source) => times(path.join(ROOT, source))));
  return newest > Math.min(...bundles.map((file) => statSync(file).mtimeMs));
}

/** Change times of a file, or of all files and folders in a folder. */
function times(file: string): number[] {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [stat.mtimeMs];
  return [stat.mtimeMs, ...readdirSync(file).flatMap((name) => times(path.join(file, name)))];
}

/** Runs a Node program in a process group of its own, so that an interrupt ends its children too. */
function node(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(process.execPath, [...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const kill = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) reject(signal.reason);
      else if (code === 0) resolve();
      else reject(new UsageError(`${path.basename(args.at(-1)!)} failed:\n${said.trim()}`));
    });
  });
}
