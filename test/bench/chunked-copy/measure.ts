// One method, once: how long it takes while an application writes, and how long to a correct table after it was
// killed half way.

import { spawn } from 'node:child_process';
import * as path from 'node:path';
import type { Database } from './database';

export interface Method {
  readonly name: string;
  /** Copies everything. */
  run(database: Database): Promise<void>;
  /** Begins to copy; returns what kills it. */
  begin?(database: Database): { kill(): void; over: Promise<unknown> };
  /** What one does after a kill, until there is nothing more one would do. */
  recover?(database: Database): Promise<void>;
}

export interface Measured {
  readonly seconds: number;
  /** Rows that are not in the target as they are in the source. */
  readonly wrong: number;
  /** Milliseconds a row of the application took. */
  readonly p50: number;
  readonly p99: number;
}

export interface Recovered {
  readonly seconds: number;
  readonly wrong: number;
}

/** What the application sees while nobody copies anything, for so many seconds. */
export async function idle(database: Database, seconds: number): Promise<number> {
  await database.empty();
  const writer = startWriter(database.socketPath);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  writer.stop();
  return (await writer.saw).p99;
}

export async function measure(database: Database, method: Method): Promise<Measured> {
  await database.empty();
  const writer = startWriter(database.socketPath);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const begun = performance.now();
  try {
    await method.run(database);
  } finally {
    writer.stop();
  }
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, wrong: await database.wrong(), ...(await writer.saw) };
}

export async function afterKill(
  database: Database,
  method: Method,
): Promise<Recovered | undefined> {
  const { begin, recover } = method;
  if (!begin || !recover) return undefined;
  await database.empty();
  const job = begin(database);
  const over = job.over.catch(() => undefined);
  let gone = false;
  void over.then(() => {
    gone = true;
  });
  while (!gone && (await database.reached()) < database.rows / 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  job.kill();
  await over;
  const begun = performance.now();
  await recover(database);
  return { seconds: (performance.now() - begun) / 1000, wrong: await database.wrong() };
}

function startWriter(socketPath: string) {
  const file = path.join(__dirname, 'writer.ts');
  const child = spawn(process.execPath, [...process.execArgv, file, socketPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const saw = new Promise<{ p50: number; p99: number }>((resolve) => {
    child.once('close', () => resolve(text ? JSON.parse(text) : { p50: 0, p99: 0 }));
  });
  return { saw, stop: () => child.kill('SIGTERM') };
}
