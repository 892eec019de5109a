// An Aurora MySQL cluster: MariaDB with a door in front of it.

import type { Connection } from 'mysql2/promise';
import { Door, type DoorOptions } from './door';
import { type MariaDbServer, startMariaDb } from './mariadb';

export { hasMariaDb } from './mariadb';

/** What a cluster is started with. */
export interface MySqlClusterOptions extends Omit<DoorOptions, 'server' | 'admin'> {
  /** Executed one after the other, as the superuser. */
  readonly sql: readonly string[];
}

/** What a scenario says about its cluster. */
export interface MySqlData {
  readonly clusterArn: string;
  /** The role of parameter aws_default_s3_role. */
  readonly roleArn?: string;
  /** Bytes after which a part of an export ends with its row. @default 6 GiB */
  readonly partBytes?: number;
  /** Whether a statement ends with its client. @default - it goes on to its end */
  readonly stopsWithClient?: boolean;
  /** Secrets that say where the cluster is. */
  readonly secrets?: readonly string[];
}

/** A running cluster. */
export class MySqlCluster {
  static async start({ sql, ...options }: MySqlClusterOptions): Promise<MySqlCluster> {
    const server = await startMariaDb();
    try {
      const admin = await server.connect();
      for (const text of sql) await admin.query(text);
      const door = new Door({ ...options, server, admin });
      return new MySqlCluster(server, admin, door, await door.open());
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  readonly host = '127.0.0.1';

  private constructor(
    private readonly server: MariaDbServer,
    private readonly admin: Connection,
    private readonly door: Door,
    readonly port: number,
  ) {}

  /** Asks as the superuser, past the door. */
  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.admin.query(sql))[0] as Record<string, unknown>[];
  }

  async stop(): Promise<void> {
    await this.door.close();
    this.admin.destroy();
    await this.server.stop();
  }
}
