// An Aurora MySQL cluster: MariaDB with a door in front of it.

import type { Connection } from 'mysql2/promise';
import { type ActorData, Actors } from './actors';
import { Door, type DoorOptions, type Replica } from './door';
import { type MariaDbServer, startMariaDb } from './mariadb';

export { hasMariaDb } from './mariadb';

/** What a cluster is started with. */
export interface MySqlClusterOptions extends Omit<DoorOptions, 'server' | 'admin' | 'actors'> {
  /** Executed one after the other, as the superuser. */
  readonly sql: readonly string[];
  readonly actors?: readonly ActorData[];
  /** Takes what goes wrong where nobody waits for it. */
  readonly problems?: Error[];
}

/** What a scenario says about a cluster. */
export interface MySqlData
  extends Pick<MySqlClusterOptions, 'actors' | 'replicas' | 'statementMs'> {
  /** How the scenario's gates and tests name it. @default 'mysql' */
  readonly name?: string;
  /** Files of the scenario with what is in it. @default 'source.sql' */
  readonly sql?: string | readonly string[];
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
  static async start(options: MySqlClusterOptions): Promise<MySqlCluster> {
    const { sql, actors: cast = [], problems = [], ...rest } = options;
    const server = await startMariaDb();
    try {
      const admin = await server.connect();
      for (const text of [...tableOf(rest.replicas), ...sql]) await admin.query(text);
      const actors = new Actors(options.clock, problems);
      for (const one of cast) await actors.add(server, one);
      const door = new Door({ ...rest, server, admin, actors });
      return new MySqlCluster(server, admin, actors, door, await door.open());
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  readonly host = '127.0.0.1';

  private constructor(
    private readonly server: MariaDbServer,
    private readonly admin: Connection,
    private readonly actors: Actors,
    private readonly door: Door,
    readonly port: number,
  ) {}

  /** Asks as the superuser, past the door. */
  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.admin.query(sql))[0] as Record<string, unknown>[];
  }

  async stop(): Promise<void> {
    await this.door.close();
    this.actors.stop();
    this.admin.destroy();
    await this.server.stop();
  }
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ISTables.html */
function tableOf(replicas: readonly Replica[] | undefined): string[] {
  if (!replicas) return [];
  const rows = replicas.map(({ id, lagMs }) => `('${id}', uuid(), ${lagMs}, now())`);
  return [
    `create database rehearsal;
     create table rehearsal.replica_host_status (server_id varchar(100), session_id varchar(100),
       replica_lag_in_milliseconds double, last_update_timestamp datetime(6));
     grant select on rehearsal.replica_host_status to public;
     insert into rehearsal.replica_host_status values
       ${["('writer', 'MASTER_SESSION_ID', 0, now())", ...rows].join(', ')}`,
  ];
}
