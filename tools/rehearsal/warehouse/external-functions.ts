// Lambda UDFs, the side of the process: takes rows out of running statements, calls the functions in
// batches as Redshift does, and brings the answers back. external-functions.sql says how.
// https://docs.aws.amazon.com/redshift/latest/dg/udf-creating-a-lambda-sql-udf.html

import { createHash, randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { type CallOptions, callLambda, type Known, type Unheld } from './external-call';
import type { Pace } from './pace';

/** What a session needs to call functions. */
export interface ExternalOptions extends CallOptions {
  /** ARN of the warehouse. */
  readonly cluster: string;
  readonly database: string;
  /** A connection of the superuser to it. */
  readonly connect: () => Promise<Client>;
  /** How far the rehearsal's clock is ahead, for the session's settings. */
  readonly clockOffset: () => string;
}

/** Text of rows not yet sent from which on the statement has to wait. */
const FULL = 16 << 20;

interface Batch {
  readonly routine: string;
  rows: string[];
  bytes: number;
}

/** Listens to a session that is about to connect. */
export function serveExternal(client: Client, options: ExternalOptions): ExternalSession {
  const session = new ExternalSession(client, options);
  client.on('notice', ({ code, message }) => {
    if (code === 'RXF01' && message) session.told(message);
  });
  client.once('end', () => void session.end());
  return session;
}

/** The calls of one session; what it is told is done one after the other. */
export class ExternalSession {
  /** Lets time pass while the statement only waits; set while one runs. */
  pace?: Pace;
  private readonly known = new Map<string, Promise<Known>>();
  private readonly batches = new Map<string, Batch>();
  private readonly over = new AbortController();
  private answers?: Promise<Client>;
  private work = Promise.resolve();
  private pending = 0;
  private failure?: Error;
  private release = () => {};

  constructor(
    private readonly client: Client,
    private readonly options: ExternalOptions,
  ) {}

  /** A message of external-functions.sql: a verb, perhaps a ticket, and rows, a line each. */
  told(message: string): void {
    const [head, ...rows] = message.split('\n') as [string, ...string[]];
    const [verb, ticket] = head.split(' ') as [string, string];
    this.pending += message.length;
    if (this.pending > FULL) this.stream.pause();
    // From here on the statement waits for its ticket.
    const goOn = ticket === undefined ? () => {} : (this.pace?.rest() ?? (() => {}));
    this.work = this.work.then(async () => {
      this.release = this.options.clock.hold();
      try {
        await this.handle(verb, ticket, rows, goOn);
      } catch (error) {
        this.failure ??= error as Error;
      } finally {
        goOn();
        this.release();
        this.pending -= message.length;
        if (this.pending < FULL / 4) this.stream.resume();
      }
    });
  }

  /** Gives up what is still asked for, and forgets the answers. */
  async end(): Promise<void> {
    this.over.abort(new Error('the session is over'));
    await this.work;
    const answers = await this.answers?.catch(() => undefined);
    await answers?.query('call rehearsal.external_forget($1)', [this.pid]).catch(() => {});
    await answers?.end().catch(() => {});
  }

  private get stream(): Socket {
    return (this.client as unknown as { connection: { stream: Socket } }).connection.stream;
  }

  private async handle(verb: string, ticket: string, rows: string[], goOn: () => void) {
    if (verb === 'new') {
      this.failure = undefined;
      this.batches.clear();
      return await this.forget();
    }
    if (verb === 'call') {
      const [row, name, definition] = rows as [string, string, string];
      const known = { name, ...JSON.parse(definition) } as Known;
      const answer = await this.invoke(known, [parted(row)[1]]).then(
        ([result]) => ({ result }),
        (error: Error) => ({ error: error.message }),
      );
      goOn();
      return await this.answer(ticket, answer);
    }
    if (!this.failure) for (const row of rows) await this.collect(...parted(row));
    if (verb !== 'settle') return;
    try {
      if (!this.failure) for (const batch of this.batches.values()) await this.send(batch);
    } catch (error) {
      this.failure ??= error as Error;
    }
    const error = this.failure?.message;
    this.failure = undefined;
    this.batches.clear();
    goOn();
    await this.answer(ticket, { result: this.options.clockOffset(), error });
  }

  private async collect(routine: string, args: string): Promise<void> {
    const { maxBatchRows, maxBatchBytes } = await this.definition(routine);
    const batch = this.batches.get(routine) ?? { routine, rows: [], bytes: 0 };
    this.batches.set(routine, batch);
    const bytes = Buffer.byteLength(args) + 1;
    const full = batch.rows.length + 1 > maxBatchRows || batch.bytes + bytes > maxBatchBytes;
    if (full) await this.send(batch);
    batch.rows.push(args);
    batch.bytes += bytes;
  }

  private async send(batch: Batch): Promise<void> {
    const { routine, rows } = batch;
    if (rows.length === 0) return;
    Object.assign(batch, { rows: [], bytes: 0 });
    const results = await this.invoke(await this.definition(routine), rows);
    const ids = rows.map((args) => createHash('md5').update(`${routine} ${args}`).digest('hex'));
    await this.query(
      `insert into rehearsal.external_answer (pid, id, result)
       select $1, id::uuid, result
       from rows from (json_array_elements_text($2), json_array_elements_text($3)) as t (id, result)
       on conflict do nothing`,
      [this.pid, JSON.stringify(ids), JSON.stringify(results)],
    );
  }

  private async invoke(known: Known, rows: readonly string[]): Promise<(string | null)[]> {
    const { cluster, database } = this.options;
    const { rows: running } = await this.query(
      `select coalesce(max(query_id), 0)::int as id from rehearsal.query_history
       where session_id = $1 and status = 'running'`,
      [this.pid],
    );
    const event = {
      request_id: randomUUID(),
      cluster,
      user: this.client.user,
      database,
      external_function: known.name,
      query_id: running[0].id,
      num_records: rows.length,
      arguments: rows.map((row) => JSON.parse(row)),
    };
    const unheld: Unheld = (work) => this.unheld(work);
    return await callLambda(known, event, this.options, this.over.signal, unheld);
  }

  /** Time passes; whoever works holds the clock himself. */
  private async unheld<Result>(work: () => Promise<Result>): Promise<Result> {
    this.release();
    try {
      return await work();
    } finally {
      this.release = this.options.clock.hold();
    }
  }

  private definition(routine: string): Promise<Known> {
    let known = this.known.get(routine);
    if (!known) {
      known = this.query(
        'select name, definition from rehearsal.external_function where oid = $1',
        [routine],
      ).then(({ rows: [{ name, definition }] }) => ({ name, ...JSON.parse(definition) }));
      this.known.set(routine, known);
    }
    return known;
  }

  private answer(ticket: string, { result, error }: { result?: string | null; error?: string }) {
    return this.query('insert into rehearsal.external_answer values ($1, $2, $3, $4)', [
      this.pid,
      ticket,
      result,
      error,
    ]);
  }

  private async forget(): Promise<void> {
    if (!this.answers) return;
    await this.query('delete from rehearsal.external_answer where pid = $1', [this.pid]);
  }

  private async query(sql: string, values: unknown[]) {
    this.answers ??= this.options.connect();
    return await (await this.answers).query(sql, values);
  }

  private get pid(): number {
    return (this.client as unknown as { processID: number }).processID;
  }
}

function parted(row: string): [routine: string, args: string] {
  const at = row.indexOf(' ');
  return [row.slice(0, at), row.slice(at + 1)];
}
