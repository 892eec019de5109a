// The sessions of a copy. One reads the source, one writes the target, also where both are one server: then
// the next chunk is looked at while this one is written.

import type { Connection } from 'mysql2/promise';
import type { CopyChunksPayload } from '../../copy-chunks/payload';
import { Checkpoints } from './checkpoint';
import { Columns } from './columns';
import { LoadWatch } from './load';
import { Session } from './session';
import { TableSide } from './table';

export interface ServerDeps {
  now(): number;
  /** @throws MySqlUnreachableError, MySqlCredentialsError, MySqlTlsError */
  connect(side: 'source' | 'target'): Promise<Connection>;
  /** As the target's user. */
  connectReplica(at: { readonly host: string; readonly port: number }): Promise<Connection>;
  /** Free storage of the target; undefined where it has no limit. */
  freeGiB(): Promise<number | undefined>;
}

/** Both sides, connected. */
export interface Open {
  readonly source: TableSide;
  readonly target: TableSide;
  /** That of the target: its transactions are the chunks. */
  readonly session: Session;
  readonly checkpoints: Checkpoints;
  readonly load: LoadWatch;
  /** One session of each server. */
  readonly each: readonly Session[];
  /** What the tables are, as their servers describe them. */
  readonly ddl: string;
  /** Longest statement of rows. */
  readonly packetBytes: number;
  /** While a query's rows are inserted nobody else inserts: true before MySQL 8.0, and on MariaDB. */
  readonly insertsExclude: boolean;
}

export class Servers {
  private connections: Connection[] = [];
  /** Counts up when all are closed: one that opens meanwhile is closed as well. */
  private closed = 0;

  constructor(
    private readonly payload: CopyChunksPayload,
    private readonly deps: ServerDeps,
  ) {}

  async open(): Promise<Open> {
    const { payload, deps } = this;
    const [reader, writer] = await Promise.all([
      this.session(() => deps.connect('source')),
      this.session(() => deps.connect('target')),
    ]);
    const sides = await Promise.all([this.side('source', reader), this.side('target', writer)]);
    const limits = (await writer.row('server-limits'))!;
    let replicas: Promise<readonly { name: string; session: Session }[]> | undefined;
    return {
      source: sides[0].table,
      target: sides[1].table,
      ddl: sides.map(({ ddl }) => ddl).join('\n'),
      session: writer,
      checkpoints: new Checkpoints(writer, payload),
      load: new LoadWatch({
        now: deps.now,
        freeGiB: deps.freeGiB,
        replicas: () => {
          replicas ??= this.replicas();
          return replicas;
        },
      }),
      each: payload.sameServer ? [writer] : [writer, reader],
      packetBytes: Number(limits.packet_bytes),
      insertsExclude: Number(limits.autoinc_lock_mode) < 2,
    };
  }

  /** Ends all sessions; what was not committed is rolled back. */
  close(): void {
    this.closed++;
    for (const connection of this.connections) connection.destroy();
    this.connections = [];
  }

  private async session(connect: () => Promise<Connection>): Promise<Session> {
    const { runId, phase, range } = this.payload;
    const { closed } = this;
    const connection = await connect();
    if (closed === this.closed) this.connections.push(connection);
    else connection.destroy();
    return await Session.on(connection, [runId, phase, range.name], this.deps.now);
  }

  private async side(side: 'source' | 'target', session: Session) {
    const { database, table } = this.payload[side];
    const [charsets, created] = await Promise.all([
      session.rows('column-charsets', { parameters: { database, table } }),
      session.row('show-create', { ids: { database, table } }),
    ]);
    const columns = new Columns(
      this.payload,
      side,
      new Map(charsets.map(({ name, charset }) => [String(name).toLowerCase(), charset as string])),
    );
    // The next key is not part of what a table is.
    const ddl = String(created?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '');
    const strong = this.payload.phase === 'verify';
    return { ddl, table: new TableSide(session, this.payload, side, columns, strong) };
  }

  private replicas() {
    return Promise.all(
      this.payload.replicas.map(async (at) => ({
        name: `${at.host}:${at.port}`,
        session: await this.session(() => this.deps.connectReplica(at)),
      })),
    );
  }
}
