// The services that operators' commands call, with the usual chain of credentials: `--profile`, environment,
// shared files, single sign-on, roles of a computer.

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { LedgerView } from '../ledger-view';
import { type Interruptible, interruptible } from './interruptible';

/** Where calls go, and as whom. */
export interface Place {
  /** @default - that of the profile or the environment */
  readonly region?: string;
  /** @default - AWS_PROFILE, or the environment's keys */
  readonly profile?: string;
  /** @default - AWS_ENDPOINT_URL, or the service's own */
  readonly endpointUrl?: string;
}

interface Closable {
  destroy(): void;
}

/** Clients, made when they are first asked for. */
export class Aws {
  private made = new Map<string, unknown>();
  private closing: Closable[] = [];

  /** @param signal aborts what is under way, and every later call */
  constructor(
    private readonly place: Place,
    private readonly signal: AbortSignal,
  ) {}

  get sfn(): SFNClient {
    return this.client('sfn', () => this.heeding(new SFNClient(this.settings)));
  }

  get cloudFormation(): CloudFormationClient {
    return this.client('cloudformation', () =>
      this.heeding(new CloudFormationClient(this.settings)),
    );
  }

  /** Stand-ins and emulators know buckets by their paths only. */
  get s3(): S3Client {
    const forcePathStyle = this.endpointUrl !== undefined;
    return this.client('s3', () =>
      this.heeding(new S3Client({ ...this.settings, forcePathStyle })),
    );
  }

  ledger(table: string): LedgerView {
    return this.client(table, () => {
      const view = new LedgerView(this.settings, table);
      this.heeding(view.client);
      return Object.assign(view, { destroy: () => view.close() });
    });
  }

  /** A client of a service that few commands call: its package is loaded by those alone. */
  of<C extends Interruptible & Closable>(
    service: string,
    make: (settings: Aws['settings']) => C,
  ): C {
    return this.client(service, () => this.heeding(make(this.settings)));
  }

  /** Forgets clients and keys: the next call reads the keys anew, from files too. */
  renew(): void {
    this.close();
    this.made = new Map();
    this.closing = [];
  }

  close(): void {
    for (const one of this.closing) one.destroy();
  }

  private get endpointUrl(): string | undefined {
    return this.place.endpointUrl ?? process.env.AWS_ENDPOINT_URL;
  }

  private get settings() {
    const { region, profile } = this.place;
    return {
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
      ...(this.endpointUrl === undefined ? {} : { endpoint: this.endpointUrl }),
      // Files are read once a process otherwise: keys renewed meanwhile would never be seen.
      credentials: fromNodeProviderChain({ profile, ignoreCache: true }),
    };
  }

  private heeding<C extends Interruptible>(client: C): C {
    interruptible(client, this.signal);
    return client;
  }

  private client<T extends Closable>(name: string, make: () => T): T {
    const known = this.made.get(name) as T | undefined;
    if (known) return known;
    const client = make();
    this.made.set(name, client);
    this.closing.push(client);
    return client;
  }
}
