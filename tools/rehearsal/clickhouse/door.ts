// The door of the server: a port on which it speaks ClickHouse's HTTP interface. Faults and the
// rehearsal's time are added on the way.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultSpec, Faults, Occasion } from '../faults/faults';
import { aboutOf, subjectOf } from '../faults/subject';
import { type Callers, newProcess, type Process } from '../iam/callers';
import type { CallRecord } from '../services/server';
import type { Clock } from '../types';
import { ClickHouseRefusal, type Engine } from './engine';
import { authenticate, authorize, type ClickHouseUser, verbOf } from './rights';
import { type Asked, answerWith, askedOf, BadRequest, refuse } from './wire';

/** What the door leads to. */
export interface DoorOptions {
  readonly engine: Engine;
  readonly users: readonly ClickHouseUser[];
  /** Bytes that `system.disks` says are free. @default - what really is */
  readonly freeBytes?: number;
  /** @default - time goes on as it does */
  readonly clock?: Clock;
  /** @default - nothing goes wrong */
  readonly faults?: Faults;
  /** Who connects from where. @default - nobody is known */
  readonly callers?: Callers;
  /** Told of each statement when it is answered. */
  readonly record?: (call: CallRecord) => void;
}

/** Of a statement that is kept or compared with a fault's. */
const KEPT_SQL = 2_000;

/** Thrown to break the connection instead of answering. */
const HANG_UP = new Error('the connection is broken by a fault');

/** See the head of the file. */
export class Door {
  private readonly running = new Set<string>();
  private readonly http = createServer((request, response) => {
    void this.serve(request, response).catch(() => request.socket.destroy());
  });
  /** Closed: what a server that is restarted says. */
  private shut = false;

  constructor(private readonly options: DoorOptions) {}

  /** Opens it; returns its port on 127.0.0.1. */
  async open(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    this.http.unref();
    return (this.http.address() as AddressInfo).port;
  }

  /** Refuses every connection until it is called with false, as while the container is recreated. */
  close(shut = true): void {
    this.shut = shut;
    if (shut) this.http.closeAllConnections();
  }

  async end(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.shut) throw HANG_UP;
    if (request.url === '/ping') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n');
      return;
    }
    // Time stands still until it is known who asks and what.
    const release = this.options.clock?.hold();
    const process = await this.callerOf(request);
    process.pending++;
    process.turns++;
    let queryId = '';
    try {
      const asked = await askedOf(request);
      queryId = asked.queryId;
      const answering = this.answer(asked, process, request, response);
      release?.();
      await answering;
    } catch (error) {
      if (error instanceof BadRequest) refuse(response, error, queryId, error.status);
      else if (error instanceof ClickHouseRefusal) refuse(response, error, queryId);
      else throw error;
    } finally {
      release?.();
      process.pending--;
      process.turns++;
    }
  }

  /** Whose process it is; word of a connection may come a moment after its first bytes. */
  private async callerOf({ socket }: IncomingMessage): Promise<Process> {
    const { callers } = this.options;
    const port = socket.remotePort;
    if (!callers || port === undefined) return newProcess();
    if (!callers.at(port)) await new Promise((resolve) => setImmediate(resolve));
    socket.once('close', () => callers.disconnected(port));
    return callers.at(port) ?? newProcess();
  }

  private async answer(
    asked: Asked,
    process: Process,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { engine, users, faults, clock, record } = this.options;
    const { sql, user: by, queryId } = asked;
    const { task, machine, state } = process;
    const operation = verbOf(sql).replace(/^./, (letter) => letter.toUpperCase());
    const what = { service: 'clickhouse', operation };
    const about = aboutOf(subjectOf(what, { Sql: sql }));
    const occasion: Occasion = {
      task,
      machine,
      state,
      ...what,
      about,
      sql: sql.slice(0, KEPT_SQL),
    };
    let release = clock?.hold();
    try {
      const user = authenticate(users, by, asked.password);
      const fault = faults?.take('call', occasion);
      if (fault) {
        // It may wait for time to pass.
        release?.();
        await this.before(fault, process, request);
        release = clock?.hold();
      }
      authorize(user, sql);
      const broken = faults?.take('statement', occasion);
      if (broken) throw refusalOf(broken);
      if (queryId && this.running.has(queryId)) {
        throw new ClickHouseRefusal(216, `Query with id = ${queryId} is already running.`);
      }
      this.running.add(queryId);
      const answer = await engine
        .run({ ...asked, sql: withRoom(sql, this.options.freeBytes) })
        .finally(() => this.running.delete(queryId));
      record?.({ ...occasion, by });
      if (fault?.kind === 'kill') process.kill?.();
      if (fault?.kind === 'kill' || fault?.kind === 'lost-answer') throw HANG_UP;
      answerWith(response, answer, asked);
    } catch (error) {
      if (error instanceof ClickHouseRefusal) {
        record?.({ ...occasion, by, error: String(error.code) });
      }
      throw error;
    } finally {
      release?.();
    }
  }

  /** What a fault does before the statement takes effect. */
  private async before(
    fault: FaultSpec,
    process: Process,
    request: IncomingMessage,
  ): Promise<void> {
    switch (fault.kind) {
      case 'delay':
        await this.options.clock?.sleep((fault.seconds ?? 60) * 1000);
        return;
      case 'timeout':
        await once(request.socket, 'close');
        throw HANG_UP;
      case 'kill':
        if (fault.when === 'after') return;
        process.kill?.();
        throw HANG_UP;
      case 'lost-answer':
        return;
      default:
        throw refusalOf(fault);
    }
  }
}

/** The code of a fault's error is one of ClickHouse's; without one it is MEMORY_LIMIT_EXCEEDED. */
function refusalOf({ kind, error, message = 'a fault of the rehearsal' }: FaultSpec) {
  if (kind === 'denied')
    return new ClickHouseRefusal(497, 'Not enough privileges. (ACCESS_DENIED)');
  if (kind === 'throttle')
    return new ClickHouseRefusal(
      202,
      'Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)',
    );
  return new ClickHouseRefusal(Number(error) || 241, message);
}

/** A full disk is only said to be one: the engine must go on writing. */
function withRoom(sql: string, bytes: number | undefined): string {
  if (bytes === undefined) return sql;
  const said = `toUInt64(${bytes})`;
  return sql.replace(
    /\bsystem\.disks\b/g,
    `(select * replace (${said} as free_space, ${said} as unreserved_space) from system.disks)`,
  );
}
