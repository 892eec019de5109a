// The one door of the rehearsal: an HTTP server on the loopback address that finds out who calls
// what, applies faults and lets the stand-in answer.

import { randomUUID } from 'node:crypto';
import {
  createServer,
  type Server as HttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FaultSpec, Faults, Occasion } from '../faults/faults';
import { aboutOf, subjectOf } from '../faults/subject';
import type { Caller, Callers, Process } from '../iam/callers';
import type { Iam } from '../iam/iam';
import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import type { Certified } from './kubernetes/certificate';
import {
  type HttpAnswer,
  type HttpInput,
  type RestService,
  readQuery,
  writeAnswer,
  writeError,
} from './protocols';

/** What the server needs from its house. */
export interface ServerOptions {
  readonly clock: Clock;
  readonly callers: Callers;
  readonly iam: Iam;
  readonly faults: Faults;
  /** Takes errors nobody expected: faults of the stand-ins themselves. */
  readonly problems: Error[];
  /**
   * Who calls, and which service.
   *
   * @default - as the request is signed
   */
  readonly entrance?: (headers: IncomingHttpHeaders) => Entrance;
  /**
   * Server whose record of calls is written to.
   *
   * @default - a record of its own
   */
  readonly beside?: Server;
  /**
   * Certificate and key of a server that speaks TLS.
   *
   * @default - plain HTTP
   */
  readonly tls?: Certified;
}

/** What a request says about itself. */
export interface Entrance {
  readonly accessKeyId?: string;
  readonly region?: string;
  /** Signing name. */
  readonly service?: string;
}

const signatureOf = ({ authorization = '' }: IncomingHttpHeaders): Entrance => {
  const [, accessKeyId, region, service] =
    /Credential=([^/]+)\/[^/]*\/([^/]*)\/([^/]+)\//.exec(authorization) ?? [];
  return { accessKeyId, region, service };
};

/** A request to a stand-in of this server: also says from which process it comes. */
export type ServerRequest<Input = Record<string, unknown>> = ServiceRequest<Input> & {
  readonly process: Process;
};

/** One call as it was answered. */
export interface CallRecord extends Occasion {
  /** ARN of the caller. */
  readonly by: string;
  /** Code of the error; absent when it was answered well. */
  readonly error?: string;
}

/** A call that is understood: which service, which operation, which input. */
interface Call {
  readonly service: Service | RestService;
  /** Signing name. */
  readonly name: string;
  /** Region it was signed for. */
  readonly region: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

const LARGEST_BODY = 64 * 1024 * 1024;
const ARRIVES_MS = 10_000;

/** Thrown to break the connection instead of answering. */
const HANG_UP = new Error('the connection is broken by a fault');

/** The server; see the head of the file. */
export class Server {
  readonly calls: CallRecord[];
  /** Hear of each call that came through, before it is answered. */
  readonly listeners: Set<(call: CallRecord, input: Record<string, unknown>) => void>;
  private readonly services: (Service | RestService)[] = [];
  private readonly http: HttpServer | HttpsServer;
  private host = '';

  constructor(private readonly options: ServerOptions) {
    this.calls = options.beside?.calls ?? [];
    this.listeners = options.beside?.listeners ?? new Set();
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.handle(request, response);
    const settings = { connectionsCheckingInterval: 1_000 };
    this.http = options.tls
      ? createTlsServer({ ...settings, ...options.tls }, answer)
      : createServer(settings, answer);
    this.http.keepAliveTimeout = 0;
    // The clock stands still while a request arrives: one that never does is given up.
    this.http.requestTimeout = this.http.headersTimeout = ARRIVES_MS;
    this.http.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
      else socket.destroy();
    });
  }

  add(...services: readonly (Service | RestService)[]): void {
    this.services.push(...services);
  }

  /** Listens on a free port; returns the URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.host = `127.0.0.1:${(this.http.address() as AddressInfo).port}`;
    return this.url;
  }

  private get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://${this.host}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.http.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    // Kept: a request that was broken off no longer has one.
    const { socket } = request;
    const { entrance = signatureOf } = this.options;
    const { accessKeyId, region = '', service = 'unknown' } = entrance(request.headers);
    let answer: HttpAnswer;
    let answered = () => {};
    const { protocol = 'json-1.1' } = this.serviceOf(request, service) ?? {};
    try {
      // Names that resolve to this address are how web pages reach local servers: refused.
      if (request.headers.host !== this.host) {
        throw new ServiceError('AccessDeniedException', `this server is ${this.url}`, 403);
      }
      const release = this.options.clock.hold();
      try {
        const caller = this.options.callers.find(accessKeyId);
        answered = follow(caller.process, response);
        const call = this.understand(request, await bodyOf(request), service, region);
        // Called while the clock is held; what it waits for afterwards is its own to hold.
        const answering = this.call(call, caller, response, requestId);
        release();
        answer = await answering;
      } finally {
        release();
      }
    } catch (error) {
      // At once: until the process knows, it must not count as at rest.
      answered();
      if (error === HANG_UP) socket.destroy();
      if (response.destroyed || socket.destroyed) return;
      if (!(error instanceof ServiceError)) this.options.problems.push(error as Error);
      const text = (error as Error).message;
      const known =
        error instanceof ServiceError ? error : new ServiceError('InternalFailure', text, 500);
      answer = writeError(protocol, service, known, requestId);
    }
    answered();
    if (response.destroyed) return;
    response.writeHead(answer.status, {
      date: new Date(this.options.clock.now()).toUTCString(),
      'x-amzn-requestid': requestId,
      ...answer.headers,
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  /** By the operation's name where there is one, else by the signature. */
  private serviceOf({ headers }: IncomingMessage, name: string): Service | RestService | undefined {
    const target = headers['x-amz-target'];
    const wanted = typeof target === 'string' ? target.replace(/\.[^.]*$/, '') : name;
    return this.services.find((one) => one.target === wanted);
  }

  private understand(request: IncomingMessage, body: Buffer, name: string, region: string): Call {
    const { headers, method = 'GET' } = request;
    const url = urlOf(`http://${this.host}${request.url}`);
    const target = headers['x-amz-target'];
    const unknown = (what: string) =>
      new ServiceError('UnknownOperationException', `the rehearsal does not know ${what}`, 400);
    const found = this.serviceOf(request, name);
    if (typeof target === 'string') {
      const operation = target.replace(/^.*\./, '');
      // A service of another protocol is not called this way.
      if (!found?.protocol.startsWith('json')) {
        throw unknown(`service ${target.replace(/\.[^.]*$/, '')}, operation ${target}`);
      }
      return { service: found, name, region, operation, input: parse(body) };
    }
    if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      const input = readQuery(new URLSearchParams(body.toString()));
      const operation = String(input.Action);
      if (found?.protocol !== 'query' && found?.protocol !== 'ec2')
        throw unknown(`operation ${operation} of service ${name}`);
      return { service: found, name, region, operation, input };
    }
    if (found && 'operationOf' in found) {
      const input: HttpInput = { method, path: url.path, query: url.query, headers, body };
      const operation = found.operationOf(input);
      if (operation) return { service: found, name, region, operation, input: { ...input } };
    }
    throw unknown(`request ${method} ${url.path} of service ${name}`);
  }

  private async call(call: Call, caller: Caller, response: ServerResponse, requestId: string) {
    const { service, name, region, operation, input } = call;
    const { faults, iam } = this.options;
    const { principal, process } = caller;
    const abort = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) abort.abort(new Error('the caller hung up'));
    });
    const texts = [input.Sql, input.Sqls].flat().filter((text) => typeof text === 'string');
    const sql = texts.length > 0 ? texts.join('\n') : undefined;
    const occasion: Occasion = {
      task: process.task,
      machine: process.machine,
      state: process.state,
      service: name,
      operation,
      about: aboutOf(subjectOf({ service: name, operation }, input)),
      ...(sql !== undefined && { sql }),
    };
    const fault = faults.take('call', occasion);
    const request: ServerRequest = {
      operation,
      input,
      principal,
      region,
      process,
      signal: abort.signal,
      authorize: (action, resource, context) => {
        iam.authorize(principal, action, resource, context);
      },
    };
    try {
      await this.before(fault, request);
      const answer: HttpAnswer =
        'operationOf' in service
          ? await service.call({ ...request, input: input as unknown as HttpInput })
          : writeAnswer(service.protocol, operation, await service.call(request), requestId);
      const record = { ...occasion, by: principal.arn };
      this.calls.push(record);
      for (const listener of this.listeners) listener(record, input);
      if (fault?.kind === 'kill') process.kill?.();
      if (fault?.kind === 'kill' || fault?.kind === 'lost-answer') throw HANG_UP;
      return answer;
    } catch (error) {
      if (error === HANG_UP) throw error;
      const code = error instanceof ServiceError ? error.code : 'InternalFailure';
      this.calls.push({ ...occasion, by: principal.arn, error: code });
      throw error;
    }
  }

  /** What a fault does before the call takes effect. */
  private async before(fault: FaultSpec | undefined, request: ServerRequest): Promise<void> {
    if (!fault) return;
    const { principal, operation, signal, process } = request;
    const fail = (code: string, text: string, status = 400): never => {
      throw new ServiceError(fault.error ?? code, fault.message ?? text, status);
    };
    switch (fault.kind) {
      case 'error':
        return fail(
          'InternalServerException',
          'Fault of the rehearsal',
          /^Internal|Unavailable/.test(fault.error ?? 'Internal') ? 500 : 400,
        );
      case 'throttle':
        return fail('ThrottlingException', 'Rate exceeded');
      case 'denied':
        return fail(
          'AccessDeniedException',
          `User: ${principal.arn} is not authorized to perform: ${operation}`,
        );
      case 'delay':
        return await this.options.clock.sleep((fault.seconds ?? 60) * 1000, signal);
      case 'timeout':
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw HANG_UP;
      case 'kill':
        if (fault.when === 'after') return;
        process.kill?.();
        throw HANG_UP;
    }
  }
}

/** Counts a request for the process it comes from; returns what to call before it is answered. */
function follow(process: Process, response: ServerResponse): () => void {
  process.pending++;
  process.turns++;
  let open = true;
  const answered = () => {
    if (!open) return;
    open = false;
    process.pending--;
    process.turns++;
  };
  response.once('close', answered);
  return answered;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  // Read to its end in any case: the rest of it would be taken for the next request.
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length <= LARGEST_BODY) parts.push(part as Buffer);
  }
  if (length > LARGEST_BODY) {
    throw new ServiceError('RequestEntityTooLarge', 'the request is too large', 413);
  }
  return Buffer.concat(parts);
}

function urlOf(text: string): { readonly path: string; readonly query: URLSearchParams } {
  try {
    const url = new URL(text);
    return { path: decodeURIComponent(url.pathname), query: url.searchParams };
  } catch {
    throw new ServiceError('ValidationException', 'the request has no valid URL');
  }
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {}
  throw new ServiceError('SerializationException', 'the body is not a JSON object');
}
