// A server with filled databases, of which each warehouse gets copies: many rehearsals of one scenario
// fill it once. Copies have names of their own; users and roles belong to the server and are shared.

import { Client } from 'pg';
import { type PostgresServer, SUPERUSER } from './postgres';

/** What `create database … template …` leaves behind: rights on the database, and its settings. */
const REST = [
  'update pg_database set datacl = (select datacl from pg_database where datname = $1) where datname = $2',
  `insert into pg_db_role_setting select made.oid, setrole, setconfig
   from pg_db_role_setting join pg_database as source on source.oid = setdatabase, pg_database as made
   where source.datname = $1 and made.datname = $2`,
];

/** A server with filled databases to which nobody is connected. */
export class WarehouseTemplate {
  private copies = 0;

  constructor(
    private readonly server: PostgresServer,
    private readonly databases: readonly string[],
  ) {}

  /** A server with a copy of each database; its stop() drops them. `names` are theirs by the originals'. */
  async copy(): Promise<{ server: PostgresServer; names: ReadonlyMap<string, string> }> {
    const copy = ++this.copies;
    const names = new Map(this.databases.map((name) => [name, `${name}.${copy}`]));
    await this.run(async (client) => {
      for (const [name, made] of names) {
        await client.query(`create database "${made}" template "${name}"`);
        for (const sql of REST) await client.query(sql, [name, made]);
      }
    });
    const stop = () =>
      this.run(async (client) => {
        for (const made of names.values()) {
          await client.query(`drop database if exists "${made}" with (force)`);
        }
      });
    return { server: { host: this.server.host, stop }, names };
  }

  /** Ends the server with all that was made of it. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  private async run(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({ host: this.server.host, user: SUPERUSER, database: 'postgres' });
    client.on('error', () => {});
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }
}
