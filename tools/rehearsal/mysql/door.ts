// The door of the cluster: a port on which it speaks MySQL's protocol as Aurora does.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Connection } from 'mysql2/promise';
import type { Faults } from '../faults/faults';
import type { Callers } from '../iam/callers';
import type { Certified } from '../services/kubernetes/certificate';
import type { CallRecord } from '../services/server';
import type { Clock } from '../types';
import type { Actors } from './actors';
import type { MariaDbServer } from './mariadb';
import { Session } from './session';
import type { UploadOptions } from './upload';

/** A reader of the cluster, in milliseconds behind its writer. */
export interface Replica {
  readonly id: string;
  readonly lagMs: number;
}

/** What the door leads to. */
export interface DoorOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly callers: Callers;
  readonly server: MariaDbServer;
  /** A connection that may do everything. */
  readonly admin: Connection;
  readonly uploads: UploadOptions;
  /** Others who write. */
  readonly actors?: Actors;
  /** What Aurora says of its readers at first; tests change it. @default - it is no cluster of Aurora */
  readonly replicas?: readonly Replica[];
  /** Milliseconds of virtual time that each statement takes. @default - none, unless it really takes long */
  readonly statementMs?: number;
  /** Whether a statement ends with its client. @default - it goes on to its end */
  readonly stopsWithClient?: boolean;
  /** Certificate and key of a door that speaks TLS with who asks for it. @default - it does not */
  readonly tls?: Certified;
  /** Users that IAM lets in. @default - none */
  readonly tokens?: {
    readonly users: readonly string[];
    /** `arn:aws:rds-db:<region>:<account>:dbuser:<resource id>/` */
    readonly arn: string;
  };
  /** Told of each connection and statement when it is answered. */
  readonly record?: (call: CallRecord) => void;
}

/** See the head of the file. */
export class Door {
  private readonly sessions = new Set<Session>();
  private readonly tcp = createServer((client) => this.enter(client));

  constructor(private readonly options: DoorOptions) {}

  /** Opens it; returns its port on 127.0.0.1. */
  async open(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.tcp.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return (this.tcp.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.tcp.close(resolve));
    for (const session of this.sessions) session.end();
    await closed;
  }

  private enter(client: Socket): void {
    const session = new Session(client, this.options);
    this.sessions.add(session);
    client.once('close', () => this.sessions.delete(session));
  }
}
