// A small API server of a cluster on loopback, with one Deployment whose pods take a few looks to end.

import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterRef } from '../../../lambdas/shared/kubernetes/access';
import { CERTIFICATE, KEY } from './certificates';

export const PLACE = '/apis/apps/v1/namespaces/rdw/deployments/migrate';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One request as it came. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization?: string;
  readonly contentType?: string;
  readonly body: string;
}

export class ApiServer {
  readonly seen: Seen[] = [];
  /** Answers the next request in place of the server; undefined lets it answer. */
  next: ((seen: Seen) => Answer | 'hang up' | 'silence' | undefined)[] = [];
  /** Called before and after a change; throwing after it loses the answer. */
  before: () => void = () => undefined;
  after: () => void = () => undefined;
  exists = true;
  replicas = 2;
  generation = 4;
  /** How far the controller is behind. */
  behind = 0;
  /** Looks at the pods that still show them. */
  ending = 0;
  version = 100;
  managedFields: object[] = [];
  /** Members of pods that are still there. */
  pod: object = {};
  private server?: Server;

  async start(): Promise<this> {
    this.server = createServer({ cert: CERTIFICATE, key: KEY }, async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const { method = '', url = '', headers } = request;
      const { authorization, 'content-type': contentType } = headers;
      const seen = { method, url, authorization, contentType, body };
      this.seen.push(seen);
      const other = this.next.shift()?.(seen);
      if (other === 'silence') return;
      const answer = other ?? this.answer(seen);
      if (answer === 'hang up') return void request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
    await new Promise<void>((done) => this.server!.listen(0, '127.0.0.1', done));
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }

  get endpoint(): string {
    return `https://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
  }

  get cluster(): ClusterRef {
    return {
      name: 'prod',
      region: 'us-west-2',
      endpoint: this.endpoint,
      certificateAuthority: Buffer.from(CERTIFICATE).toString('base64'),
      stsHost: 'sts.us-west-2.example.com',
      inVpc: false,
    };
  }

  /** Changes that came through. */
  get patches(): readonly Seen[] {
    return this.seen.filter(({ method }) => method === 'PATCH');
  }

  /** Sets the replicas as somebody does, who is noted with the time. */
  scale(replicas: number, manager: string, time: string): void {
    if (replicas < this.replicas) this.ending = 2;
    this.replicas = replicas;
    this.generation += 1;
    this.version += 1;
    this.managedFields = [{ manager, time, fieldsV1: { 'f:spec': { 'f:replicas': {} } } }];
  }

  private answer({ method, url, body }: Seen): Answer | 'hang up' {
    const { pathname, searchParams } = new URL(url, this.endpoint);
    if (pathname === '/api/v1/namespaces/rdw/pods') return this.pods();
    if (!this.exists) return { status: 404, body: { message: 'not found' } };
    if (method === 'GET' && pathname === PLACE) return this.deployment();
    const { metadata, spec } = JSON.parse(body);
    if (metadata.resourceVersion !== String(this.version)) {
      return { status: 409, body: { message: 'the object has been modified' } };
    }
    this.before();
    this.scale(spec.replicas, searchParams.get('fieldManager')!, '2026-01-01T00:00:05Z');
    try {
      this.after();
    } catch {
      return 'hang up';
    }
    return { status: 200, body: { metadata: {}, spec } };
  }

  private deployment(): Answer {
    const { generation, behind, replicas, managedFields } = this;
    const observedGeneration = generation - behind;
    this.behind = Math.max(0, behind - 1);
    const metadata = {
      name: 'migrate',
      resourceVersion: String(this.version),
      generation,
      managedFields,
    };
    const selector = { matchLabels: { app: 'migrate' } };
    return {
      status: 200,
      body: { metadata, spec: { replicas, selector }, status: { observedGeneration, replicas } },
    };
  }

  private pods(): Answer {
    const left = this.ending > 0 ? [{ metadata: { name: 'migrate-1' }, ...this.pod }] : [];
    this.ending = Math.max(0, this.ending - 1);
    return { status: 200, body: { metadata: {}, items: left } };
  }
}
