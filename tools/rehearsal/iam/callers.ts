// Access keys, and whose they are. Keys are all that identifies a caller: signatures are not checked.

import { randomBytes } from 'node:crypto';
import type { Credentials } from '../cloud';
import { type Clock, type Principal, ServiceError } from '../types';

/** The process calls come from: requests it has open say whether it is at rest (clock/virtual.ts). */
export interface Process {
  /** The task function that runs in it. */
  readonly task?: string;
  /** The machine and state it works for just now: a worker serves one invocation at a time. */
  machine?: string;
  state?: string;
  /** Requests received and not answered. */
  pending: number;
  /** Counts requests received and answered. */
  turns: number;
  /** Ends the process as if it were killed; only a worker can be. */
  kill?(): void;
}

/** Somebody with a key. */
export interface Caller {
  readonly principal: Principal;
  readonly process: Process;
  readonly expires: number;
}

export const newProcess = (task?: string): Process => ({ task, pending: 0, turns: 0 });

/** All keys in circulation. */
export class Callers {
  private readonly keys = new Map<string, Caller>();

  private readonly ports = new Map<number, Process>();

  constructor(private readonly clock: Clock) {}

  /** Says whose a connection is that carries no key, by the port it comes from. */
  connected(port: number, process: Process): void {
    this.ports.set(port, process);
  }

  /** Its connection is closed: the port is anybody's. */
  disconnected(port: number): void {
    this.ports.delete(port);
  }

  /** The process a connection comes from; undefined: none of ours. */
  at(port: number | undefined): Process | undefined {
    return this.ports.get(port ?? -1);
  }

  /** Makes a key; a session's expires. */
  mint(
    principal: Principal,
    process: Process,
    expires = Number.POSITIVE_INFINITY,
  ): { caller: Caller; credentials: Credentials } {
    const caller: Caller = { principal, process, expires };
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.keys.set(accessKeyId, caller);
    const secretAccessKey = randomBytes(20).toString('hex');
    return { caller, credentials: { accessKeyId, secretAccessKey, sessionToken: accessKeyId } };
  }

  revoke(accessKeyId: string): void {
    this.keys.delete(accessKeyId);
  }

  /** Ends a session before its time. */
  expire(accessKeyId: string): void {
    this.keys.set(accessKeyId, { ...this.find(accessKeyId), expires: this.clock.now() });
  }

  /** The caller of a key; throws as AWS does for unknown and expired ones. */
  find(accessKeyId: string | undefined): Caller {
    if (accessKeyId === undefined) {
      throw new ServiceError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
    }
    const caller = this.keys.get(accessKeyId);
    if (!caller) {
      const message = 'The security token included in the request is invalid.';
      throw new ServiceError('UnrecognizedClientException', message, 403);
    }
    if (caller.expires <= this.clock.now()) {
      const message = 'The security token included in the request is expired';
      throw new ServiceError('ExpiredTokenException', message, 403);
    }
    return caller;
  }
}
