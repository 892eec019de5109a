// ClickHouse for the time of one call: files of `sql/aspects/` run on it.

import { randomUUID } from 'node:crypto';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import type { SqlSource } from '../sql';
import type { ClickHouseLogin } from './login';
import type { ClickHouseRef } from './ref';
import { type ClickHouseMarks, renderClickHouse } from './statement';
import { troubleOf } from './trouble';

/** A row by column label; 64-bit numbers are text, whatever the server's release. */
export type Row = Readonly<Record<string, unknown>>;

/** What a server is asked with. */
export interface ClickHouseDeps {
  /** @throws ClickHouseCredentialsError */
  connect(ref: ClickHouseRef): Promise<{
    readonly client: Pick<ClickHouseClient, 'query' | 'command' | 'close'>;
    readonly login: Pick<ClickHouseLogin, 'url' | 'username'>;
  }>;
  sqlText(source: SqlSource): string;
}

/**
 * A late error must not arrive inside a 200, and 64-bit integers are quoted: since 25.8 they are bare.
 * https://github.com/ClickHouse/ClickHouse/issues/86553
 */
const ALWAYS: ClickHouseSettings = {
  wait_end_of_query: 1,
  output_format_json_quote_64bit_integers: 1,
};

/** Reads may set how they are answered, and change nothing. */
const READS: ClickHouseSettings = { ...ALWAYS, readonly: '2' };

/** The server; see the head of the file. */
export class ClickHouse {
  private connecting: ReturnType<ClickHouseDeps['connect']> | undefined;

  constructor(
    readonly ref: ClickHouseRef,
    private readonly runId: string,
    private readonly deps: ClickHouseDeps,
  ) {}

  /**
   * Rows of a reading file. `{{id:xapi}}`, `{{id:event_sink}}`, `{{id:reporting}}`, `{{id:openedx}}` and
   * `:databases` are this server's.
   *
   * @throws TryAgainError, ClickHouseStatementError and those of the way in
   */
  async rows(file: string, marks: ClickHouseMarks = {}): Promise<readonly Row[]> {
    return await this.send(file, marks, async (client, call) => {
      const answer = await client.query({
        ...call,
        format: 'JSONEachRow',
        clickhouse_settings: READS,
      });
      return (await answer.json()) as readonly Row[];
    });
  }

  /** The one row of a reading file. */
  async row(file: string, marks: ClickHouseMarks = {}): Promise<Row> {
    return (await this.rows(file, marks))[0] ?? {};
  }

  /** Runs a file that changes something; what became of it is read from the server afterwards. */
  async change(file: string, marks: ClickHouseMarks = {}): Promise<void> {
    await this.send(file, marks, (client, call) =>
      client.command({ ...call, clickhouse_settings: ALWAYS }),
    );
  }

  async close(): Promise<void> {
    const opened = await this.connecting?.catch(() => undefined);
    this.connecting = undefined;
    await opened?.client.close();
  }

  private async send<R>(
    file: string,
    { ids, literals, parameters }: ClickHouseMarks,
    how: (
      client: Pick<ClickHouseClient, 'query' | 'command'>,
      call: { query: string; query_id: string; query_params: Record<string, unknown> },
    ) => Promise<R>,
  ): Promise<R> {
    const { runId, deps } = this;
    const { xapi, eventSink, reporting, openedx } = this.ref.databases;
    const text = deps.sqlText({ file: `aspects/${file}` });
    const { query, parameters: query_params } = renderClickHouse(
      text,
      {
        ids: { xapi, event_sink: eventSink, reporting, openedx, ...ids },
        literals,
        parameters: {
          databases: [xapi, eventSink, reporting, openedx],
          ...parameters,
        },
      },
      [runId, file],
    );
    this.connecting ??= deps.connect(this.ref);
    const { client, login } = await this.connecting;
    try {
      const query_id = `runbook-${runId}-${file}-${randomUUID().slice(0, 8)}`;
      return await how(client, { query, query_id, query_params });
    } catch (error) {
      throw troubleOf(error, file, login.url, login.username);
    }
  }
}

/** Opens what is used, and closes it whatever happens. */
export async function withClickHouse<R>(
  { clickhouse, runId }: { readonly clickhouse: ClickHouseRef; readonly runId: string },
  deps: ClickHouseDeps,
  work: (server: ClickHouse) => Promise<R>,
): Promise<R> {
  const server = new ClickHouse(clickhouse, runId, deps);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
