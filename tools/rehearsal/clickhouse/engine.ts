// Starts the engine's process and speaks with it. There is no server binary on npm; chdb is the engine
// itself as a library, half a gigabyte, and thus asked for only by scenarios that have a ClickHouse.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineSettings, engineConfig } from './config';

/** A statement for the engine. */
export interface EngineStatement {
  readonly sql: string;
  /** Settings and `param_…`, in the order in which they are set. */
  readonly settings?: readonly (readonly [string, string])[];
  readonly database?: string;
  /** Format of the answer, unless the statement names one. @default 'TabSeparated' */
  readonly format?: string;
}

/** What it answered. */
export interface EngineAnswer {
  readonly text: string;
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** ClickHouse refused; `code` is one of its own. */
export class ClickHouseRefusal extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const PACKAGE = 'chdb';

/** Where the library is, or undefined. */
function library(): string | undefined {
  try {
    return require.resolve(PACKAGE);
  } catch {
    return undefined;
  }
}

/** Whether the rehearsal can have a ClickHouse on this computer. */
export const hasClickHouse = (): boolean => library() !== undefined;

/** A running engine with a data folder of its own. */
export class Engine {
  /** Starts it; refuses with what to install when the library is missing. */
  static async start(settings?: EngineSettings): Promise<Engine> {
    const found = library();
    if (!found) {
      throw new Error(
        'this scenario has a ClickHouse and needs the package chdb, which is half a gigabyte and thus no ' +
          'dependency: npm install --no-save chdb@3.4.0 (Linux and macOS)',
      );
    }
    const folder = mkdtempSync(join(tmpdir(), 'rehearsal-ch-'));
    for (const name of ['data', 'backups']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'config.xml'), engineConfig(folder, settings));
    const given = JSON.stringify({ folder, library: found });
    const child = fork(join(__dirname, 'engine.cjs'), [given], {
      // Not ours: a test runner's or tsx's would be of no use there.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
      env: { PATH: process.env.PATH, TZ: 'UTC' },
    });
    const engine = new Engine(child, folder);
    await engine.ready;
    // A rehearsal that ends without stop() must not hang: the closing channel stops the engine.
    child.unref();
    child.channel?.unref();
    return engine;
  }

  private readonly waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  private readonly ready: Promise<void>;
  private last = 0;
  private said = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
  ) {
    child.stderr?.on('data', (chunk) => {
      this.said = `${this.said}${chunk}`.slice(-4_000);
    });
    this.ready = new Promise((resolve, reject) => {
      this.waiting.set(0, (answer) =>
        answer.error === undefined ? resolve() : reject(new Error(String(answer.error))),
      );
    });
    child.on('message', (answer: { id: number }) => {
      this.waiting.get(answer.id)?.(answer as never);
      this.waiting.delete(answer.id);
    });
    child.on('exit', () => {
      for (const answer of this.waiting.values()) {
        answer({ error: `ClickHouse is gone: ${this.said}` });
      }
    });
    (child.stderr as unknown as { unref?(): void } | null)?.unref?.();
  }

  /** @throws ClickHouseRefusal */
  async run(statement: EngineStatement): Promise<EngineAnswer> {
    const { sql, settings = [], database, format = 'TabSeparated' } = statement;
    this.last += 1;
    const id = this.last;
    this.child.channel?.ref();
    const answer = await new Promise<Record<string, unknown>>((resolve) => {
      this.waiting.set(id, resolve);
      this.child.send({ id, sql, settings, database, format });
    });
    if (this.waiting.size === 0) this.child.channel?.unref();
    if (answer.error !== undefined) throw refusalOf(String(answer.error));
    return answer as unknown as EngineAnswer;
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      child.ref();
      const gone = once(child, 'exit');
      if (child.connected) child.disconnect();
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** `Query failed: Code: 60. DB::Exception: …` */
function refusalOf(message: string): ClickHouseRefusal {
  const text = message.replace(/^Query failed: /, '');
  return new ClickHouseRefusal(Number(/Code: (\d+)\./.exec(text)?.[1] ?? 1002), text);
}
