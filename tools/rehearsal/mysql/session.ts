// One client of the cluster. MariaDB authenticates it and executes what it says; exports to S3, the
// rehearsal's time and its faults are added on the way.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import type { FaultSpec, Occasion } from '../faults/faults';
import { aboutOf, subjectOf } from '../faults/subject';
import { newProcess, type Process } from '../iam/callers';
import type { Certified } from '../services/kubernetes/certificate';
import { type Pace, pace } from '../warehouse/pace';
import type { DoorOptions, Replica } from './door';
import { type ExportStatement, exportStatement, missingRight } from './export-statement';
import {
  asksForTls,
  COMMAND,
  offeringTls,
  Packet,
  PacketReader,
  SqlError,
  withoutTls,
} from './packets';
import { askForToken, checkToken, withoutProof } from './token';
import { Upload } from './upload';
import { Upstream } from './upstream';

/** Thrown to break the connection instead of answering. */
const HANG_UP = new Error('the connection is broken by a fault');

/** What a fault may name instead of a number: the connection breaks before the server hears of it. */
const LOST = 'lost-connection';

/** Commands nobody answers. */
const UNANSWERED: readonly number[] = [COMMAND.close, COMMAND.longData];

/** Of a statement that carries megabytes of data, its record keeps the beginning. */
const KEPT_SQL = 2_000;

/** What Aurora tells of its replicas stands in a table of the rehearsal: MariaDB's own schema takes none. */
const REPLICAS = /`?information_schema`?\.`?replica_host_status`?/gi;

/** InnoDB takes a transaction back that loses in a deadlock; a fault of that number has to do so itself. */
const DEADLOCK = 1213;
const STATES: Readonly<Record<number, string>> = { [DEADLOCK]: '40001', 1062: '23000' };

let sessions = 0;

/** A client's session; see the head of the file. */
export class Session {
  private readonly upstream: Upstream;
  private readonly reader = new PacketReader();
  private readonly lost = new AbortController();
  private readonly number = ++sessions;
  private process = newProcess();
  private user = '';
  private thread = 0;
  private authenticated = false;
  private behind = 0;
  /** The first packet of a client whose token is awaited. */
  private introduced?: Packet;
  private work: Promise<void>;

  constructor(
    private client: Socket,
    private readonly door: DoorOptions,
  ) {
    this.upstream = new Upstream(door.server.socketPath);
    client.setNoDelay();
    client.once('close', () => this.abandon());
    this.listen();
    void this.upstream.closed.then(() => client.destroy());
    this.work = this.greet().catch(() => this.end());
  }

  private listen(): void {
    this.client.on('error', () => {});
    this.client.on('data', (chunk: Buffer) => this.arrived(chunk));
  }

  /** Goes on in TLS; the server hears nothing of it, so its packets are one behind. */
  private secure(tls: Certified): void {
    const { client } = this;
    client.pause();
    client.removeAllListeners('data');
    client.unshift(this.reader.rest());
    this.behind = 1;
    this.client = new TLSSocket(client, { isServer: true, ...tls });
    this.listen();
  }

  /** Ends it, whatever it is doing. */
  end(): void {
    this.client.destroy();
    this.upstream.close();
  }

  /** The client is gone; the server hears of it only when it has an answer to give. */
  private abandon(): void {
    this.lost.abort(HANG_UP);
    const { admin, stopsWithClient } = this.door;
    if (stopsWithClient) void admin.query(`kill query ${this.thread}`).catch(() => {});
    void this.work.then(() => this.end());
  }

  /** Until the server is content with who it is. */
  private async greet(): Promise<void> {
    const greeting = await this.upstream.next();
    const { payload } = greeting;
    this.thread = payload.readUInt32LE(payload.indexOf(0, 1) + 1);
    this.client.write((this.door.tls ? offeringTls(greeting) : greeting).bytes);
    while (!this.authenticated) {
      const packet = await this.upstream.next();
      this.authenticated = packet.kind === 0;
      const error = SqlError.in(packet);
      const record = { ...this.occasion('Connect'), by: this.user };
      if (error) this.door.record?.({ ...record, error: String(error.code) });
      if (this.authenticated) this.door.record?.(record);
      this.client.write(packet.moved(this.behind).bytes);
      if (error) return this.end();
    }
  }

  private arrived(chunk: Buffer): void {
    for (const packet of this.reader.push(chunk)) {
      if (this.authenticated) {
        this.work = this.work.then(() => this.command(packet)).catch(() => this.end());
      } else this.introduce(packet);
    }
  }

  /** A packet of the handshake; the first says the name. */
  private introduce(packet: Packet): void {
    const { tls } = this.door;
    if (tls && this.behind === 0 && asksForTls(packet)) {
      this.secure(tls);
      return;
    }
    if (this.introduced) {
      this.believe(packet, this.introduced);
      return;
    }
    if (packet.sequence === 1 + this.behind) {
      this.identify();
      const { payload } = packet;
      this.user = payload.toString('utf8', 32, payload.indexOf(0, 32));
      const fault = this.door.faults.take('call', this.occasion('Connect'));
      if (fault?.kind === 'timeout') return;
      if (fault) {
        this.refuse(fault);
        return;
      }
      if (this.door.tokens?.users.includes(this.user)) {
        this.introduced = packet;
        this.client.write(askForToken(packet.sequence + 1).bytes);
        return;
      }
    }
    const first = packet.sequence === 1 + this.behind;
    this.upstream.send((first ? withoutTls(packet) : packet).moved(-this.behind));
  }

  /** Lets a user in whose token is good; the server sees one without a password. */
  private believe(token: Packet, first: Packet): void {
    const { clock, callers, uploads, tokens } = this.door;
    this.introduced = undefined;
    try {
      const text = token.payload.toString('utf8', 0, token.payload.length - 1);
      const world = { callers, iam: uploads.iam, users: tokens!.arn, now: clock.now() };
      checkToken(text, this.user, world);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.door.record?.({ ...this.occasion('Connect'), by: this.user, error: String(error.code) });
      this.client.end(error.packet(token.sequence + 1).bytes);
      return;
    }
    this.upstream.send(withoutProof(withoutTls(first)).moved(-this.behind));
    // The question and the token: the server has seen neither.
    this.behind += 2;
  }

  /** The worker says where it has connected from; its word may arrive behind the first packet. */
  private identify(): void {
    this.process = this.door.callers.at(this.client.remotePort) ?? this.process;
  }

  private refuse(fault: FaultSpec): void {
    if (fault.kind === 'kill') this.process.kill?.();
    const error = errorOf(fault, this.user);
    if (error) this.client.write(error.packet(2 + this.behind).bytes);
    this.client.end();
  }

  private occasion(operation: string, sql?: string): Occasion {
    const { task, machine, state } = this.process;
    const who = { task, machine, state, service: 'mysql', operation };
    if (!sql) return who;
    const said = sql.slice(0, KEPT_SQL);
    return { ...who, about: aboutOf(subjectOf(who, { Sql: said })), sql: said };
  }

  private async command(packet: Packet): Promise<void> {
    if (UNANSWERED.includes(packet.kind)) return this.upstream.send(packet);
    if (packet.kind === COMMAND.quit || this.lost.signal.aborted) return this.end();
    this.identify();
    const { process, client, door } = this;
    const answered = count(process, client);
    const time = pace(door.clock);
    try {
      const answer = await this.answer(packet, time);
      // At once: until the process knows, it must not count as at rest.
      answered();
      client.write(Buffer.concat(answer.map(({ bytes }) => bytes)));
    } finally {
      answered();
      time.stop();
    }
  }

  private async answer(packet: Packet, time: Pace): Promise<Packet[]> {
    const { door } = this;
    const sql = packet.kind === COMMAND.query ? packet.payload.toString('utf8', 1) : undefined;
    let record: Occasion = this.occasion('Query', sql);
    try {
      const wanted = sql === undefined ? undefined : exportStatement(sql);
      record = this.occasion(wanted ? 'SelectIntoS3' : operationOf(sql), sql);
      const fault = door.faults.take('call', record);
      await this.before(fault, time, sql ?? '');
      const seconds = sql && door.faults.take('duration', record)?.seconds;
      if (seconds) await this.wait(seconds, time, sql);
      const breaks = sql === undefined ? undefined : door.faults.take('statement', record);
      if (breaks && breaks.when !== 'after') throw errorOf(breaks, this.user) ?? HANG_UP;
      if (sql !== undefined) await door.actors?.act();
      const answer = wanted ? await this.export(wanted, breaks) : await this.timed(packet);
      await this.take(time);
      const error = answer.map(SqlError.in).find((one) => one);
      if (error) throw error;
      door.record?.({ ...record, by: this.user });
      if (fault?.kind === 'kill') this.process.kill?.();
      if (fault?.kind === 'kill' || fault?.kind === 'lost-answer') throw HANG_UP;
      return answer;
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (error.code === DEADLOCK) await this.upstream.query('rollback');
      door.record?.({ ...record, by: this.user, error: String(error.code) });
      return [error.packet(1)];
    }
  }

  /** What a fault does before the statement takes effect. */
  private async before(fault: FaultSpec | undefined, time: Pace, sql: string): Promise<void> {
    if (!fault) return;
    switch (fault.kind) {
      case 'delay':
        return await this.wait(fault.seconds ?? 60, time, sql);
      case 'timeout':
        time.rest();
        await once(this.client, 'close');
        throw HANG_UP;
      case 'kill':
        if (fault.when === 'after') return;
        this.process.kill?.();
        throw HANG_UP;
      case 'lost-answer':
        // The statement goes on, or will: only the client does not hear of it.
        if (fault.when === 'before') this.client.destroy();
        return;
      default:
        throw errorOf(fault, this.user) ?? HANG_UP;
    }
  }

  /**
   * Lets the rehearsal's time pass while the statement stands in the process list and can be killed:
   * it waits for a lock that the rehearsal holds. Comments in front of it, by which it is found, stay.
   */
  private async wait(seconds: number, time: Pace, sql: string): Promise<void> {
    const { admin, clock } = this.door;
    const lock = `'rehearsal-${this.number}'`;
    const [, head = '', rest = ''] = /^((?:\s*\/\*.*?\*\/)*)(.*)$/s.exec(sql) ?? [];
    await admin.query(`select get_lock(${lock}, 0)`);
    const locked = this.upstream.query(
      `${head} select get_lock(${lock}, 1e6) /* ${rest.replaceAll('*/', '* /')} */`,
    );
    const over = new AbortController();
    const goOn = time.rest();
    await Promise.race([clock.sleep(seconds * 1000, over.signal).catch(() => {}), locked]);
    goOn();
    over.abort();
    await admin.query(`select release_lock(${lock})`);
    // A column, its end, the row: 1, or null when the wait was killed.
    const row = (await locked)[3];
    if (row?.kind !== 1) throw new SqlError(1317, '70100', 'Query execution was interrupted');
    await this.upstream.query(`do release_lock(${lock})`);
  }

  /** Executes a command at the rehearsal's time. */
  private async timed(packet: Packet): Promise<Packet[]> {
    const seconds = (this.door.clock.now() / 1000).toFixed(3);
    // What the server minded about the last statement is forgotten with the next one.
    if (!asksForWarnings(packet)) await this.upstream.query(`set timestamp = ${seconds}`);
    return await this.upstream.execute(known(packet, this.door.replicas));
  }

  /** Lets the time pass that a statement takes; a real clock has seen it pass. */
  private async take(time: Pace): Promise<void> {
    const { clock, statementMs } = this.door;
    if (!statementMs || clock.kind === 'real') return;
    const goOn = time.rest();
    await clock.sleep(statementMs);
    goOn();
  }

  private async export(statement: ExportStatement, breaks?: FaultSpec): Promise<Packet[]> {
    const { server, uploads } = this.door;
    const upload = new Upload(uploads, statement);
    upload.check();
    const file = join(server.files, `export-${this.number}`);
    try {
      const answer = await this.timed(Packet.command(COMMAND.query, statement.into(file)));
      const error = SqlError.in(answer.at(-1)!);
      if (error?.code === 1227) throw missingRight('SELECT INTO S3');
      if (error) throw error;
      const keys = await upload.parts(file);
      if (breaks) throw errorOf(breaks, this.user) ?? HANG_UP;
      upload.manifest(keys);
      return answer;
    } finally {
      rmSync(file, { force: true });
    }
  }
}

/** A statement that asks for what Aurora's own schema has, and the command as MariaDB knows it. */
function known(packet: Packet, replicas?: readonly Replica[]): Packet {
  if (packet.kind !== COMMAND.query || packet.payload.length > KEPT_SQL) return packet;
  const sql = packet.payload.toString('utf8', 1);
  const told = sql.replace(REPLICAS, 'rehearsal.replica_host_status');
  if (told === sql) return packet;
  if (replicas) return Packet.command(COMMAND.query, told);
  const message = "Unknown table 'REPLICA_HOST_STATUS' in information_schema";
  throw new SqlError(1109, '42S02', message);
}

const asksForWarnings = ({ kind, payload }: Packet): boolean =>
  kind === COMMAND.query &&
  /^(\s|\/\*[^*]*\*\/)*show\s+(warnings|errors)/i.test(payload.toString('latin1', 1, 300));

/** What changes something has another name than what reads. */
const operationOf = (sql = ''): string =>
  /^(\s|\/\*[^*]*\*\/)*(insert|update|delete|replace|alter|create|rename|grant|truncate|drop|commit|lock|kill)\b/i.test(
    sql.slice(0, 300),
  )
    ? 'Execute'
    : 'Query';

/** What the server says for a fault; undefined: nothing, the connection breaks. */
function errorOf({ kind, error, message }: FaultSpec, user: string): SqlError | undefined {
  if (error === LOST || kind === 'lost-answer' || kind === 'kill') return undefined;
  if (kind === 'denied') {
    return new SqlError(1045, '28000', message ?? `Access denied for user '${user}'@'%'`);
  }
  if (kind === 'throttle') return new SqlError(1040, '08004', message ?? 'Too many connections');
  // One that nobody knows is an unknown one of the server's too.
  const code = Number(error) || 1105;
  return new SqlError(code, STATES[code] ?? 'HY000', message ?? 'Fault of the rehearsal');
}

/** Counts a command for the process it comes from; returns what to call before it is answered. */
function count(process: Process, client: Socket): () => void {
  process.pending++;
  process.turns++;
  let open = true;
  const answered = () => {
    if (!open) return;
    open = false;
    client.off('close', answered);
    process.pending--;
    process.turns++;
  };
  client.once('close', answered);
  return answered;
}
