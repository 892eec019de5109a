// A ClickHouse server: the engine with a door in front of it.

import type { EngineSettings } from './config';
import { Door, type DoorOptions } from './door';
import { Engine } from './engine';
import type { ClickHouseUser } from './rights';

export { BACKUP_DISK } from './config';
export { ClickHouseRefusal, hasClickHouse } from './engine';
export type { ClickHouseUser } from './rights';

/** What a server is started with. */
export interface ClickHouseOptions extends Omit<DoorOptions, 'engine' | 'users'>, EngineSettings {
  /** Statements executed one after the other, past the door; each may end with a semicolon. */
  readonly sql?: readonly string[];
  readonly users: readonly ClickHouseUser[];
}

/** What a scenario says about its ClickHouse. */
export interface ClickHouseData extends EngineSettings {
  /** Files of the scenario with what is in it. @default 'clickhouse.sql' */
  readonly sql?: string | readonly string[];
  readonly users: readonly ClickHouseUser[];
  /** Bytes that `system.disks` says are free. @default - what really is */
  readonly freeBytes?: number;
  /** Secrets that say who one is there; each gets the server's `url` too. */
  readonly secrets?: readonly string[];
}

/** A running server. */
export class ClickHouseServer {
  static async start(options: ClickHouseOptions): Promise<ClickHouseServer> {
    const { sql = [], users, maxTableSizeToDrop, ...rest } = options;
    const engine = await Engine.start({ maxTableSizeToDrop });
    try {
      const door = new Door({ ...rest, engine, users });
      const server = new ClickHouseServer(engine, door, await door.open());
      for (const text of sql) await server.script(text);
      return server;
    } catch (error) {
      await engine.stop();
      throw error;
    }
  }

  private constructor(
    private readonly engine: Engine,
    readonly door: Door,
    readonly port: number,
  ) {}

  /** `http://127.0.0.1:<port>` */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Rows of a query, past the door. */
  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
    const { text } = await this.engine.run({ sql, format: 'JSONEachRow' });
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** Runs the statements of a text, past the door. */
  async script(text: string): Promise<void> {
    for (const sql of statementsOf(text)) await this.engine.run({ sql });
  }

  async stop(): Promise<void> {
    await this.door.end();
    await this.engine.stop();
  }
}

/** Statements of a script: they end with a semicolon at the end of a line. */
export function statementsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*--/.test(line))
    .join('\n')
    .split(/;\s*$/m)
    .map((sql) => sql.trim())
    .filter((sql) => sql !== '');
}
