// A console with its API on a port of this computer, and the stacks of one pipeline, as the solution behaves:
// an upgrade goes level by level with nothing in progress between, and request ids are remembered.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConsoleDeps, ConsoleRef } from '../../lambdas/shared/clickstream/console-access';
import type { Ledger } from '../../lambdas/shared/ledger';
import { CloudFormation } from '../../lambdas/shared/stacks/cloudformation';
import { FakeClock } from './fake-warehouse';
import { callerOf, FakeStepFunctions, openedRun } from './runs';

export const PROJECT = 'my_project_ab12';
export const PID = '0123456789abcdef0123456789abcdef';
export const OLD = 'v1.1.5-202403071513';
export const NEW = 'v1.1.15-202506010101';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:console-token-AbCdEf';

interface FakeRoot {
  readonly name: string;
  status: string;
  version: string;
  changedAt: number;
  appIds?: string;
}

/** A request that came in, and what was answered. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly body: string;
}

export class FakeConsole {
  readonly clock = new FakeClock();
  readonly sfn = new FakeStepFunctions();
  readonly requests: Seen[] = [];
  readonly zones = new Map<string, string>();
  /** Upgrades and retries that really began. */
  begun = 0;
  statusOverride: string | undefined;
  templateVersion = OLD;
  token: string | undefined = 'fresh-token';
  accepted = 'fresh-token';
  /** Breaks the connection before or after a request took effect. */
  before: (request: Seen) => void = () => undefined;
  after: (request: Seen) => void = () => undefined;
  /** Status and body that are given instead of an answer. */
  answerWith: (request: Seen) => { status: number; body: string } | undefined = () => undefined;
  /** Makes the next update of this kind of stack roll back, for this reason. */
  failNext: { kind: string; reason: string } | undefined;
  consoleDescription = `(SO0219) Clickstream Analytics on AWS (Version v1.1.15)(Build 202506010101)- Control Plane`;
  region = 'us-east-1';
  readonly regions: string[] = [];
  events: Record<string, object[]> = {};
  private readonly ids = new Set<string>();
  private stages: { at: number; act: () => void }[] = [];
  private server!: Server;
  url = '';
  readonly roots: FakeRoot[] = [
    'ServiceCatalogAppRegistry',
    'Ingestion-s3',
    'DataProcessing',
    'DataModelingRedshift',
  ].map((kind) => ({
    name: `Clickstream-${kind}-${PID}`,
    status: 'UPDATE_COMPLETE',
    version: OLD,
    changedAt: 0,
  }));

  async start(): Promise<this> {
    this.root('DataModelingRedshift').appIds = 'shop,order';
    this.server = createServer((request, response) => {
      void this.read(request).then((seen) => {
        const answer = this.serve(seen);
        if (answer === 'broken') response.destroy();
        else
          response
            .writeHead(answer.status, { 'content-type': 'application/json' })
            .end(answer.body);
      });
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  root(kind: string): FakeRoot {
    return this.roots.find(({ name }) => name.includes(`-${kind}`))!;
  }

  posts(path: RegExp): Seen[] {
    return this.requests.filter((one) => one.method !== 'GET' && path.test(one.path));
  }

  /** As tasks get it. */
  deps(ledger: Ledger): ConsoleDeps {
    return {
      ledger,
      sfn: this.sfn.client,
      clock: this.clock,
      fetch,
      secret: async () => this.token,
      cloudFormation: (region) => {
        this.regions.push(region);
        return new CloudFormation({
          send: (command: never) => this.describe(command, region),
        } as never);
      },
    };
  }

  get status(): string {
    this.progress();
    if (this.statusOverride !== undefined) return this.statusOverride;
    if (this.stages.length > 0 || this.roots.some(({ status }) => /_IN_PROGRESS$/.test(status)))
      return 'Updating';
    if (this.roots.some(({ status }) => /(_FAILED|ROLLBACK_COMPLETE)$/.test(status)))
      return 'Warning';
    return 'Active';
  }

  /** Starts the workflow, whoever asks: one stack after the other, 40 s each, 20 s between. */
  begin(): void {
    this.begun += 1;
    this.templateVersion = NEW;
    const open = this.roots.filter(
      ({ version, status }) => version !== NEW || status !== 'UPDATE_COMPLETE',
    );
    this.stages = open.flatMap((root, i) => {
      const at = this.clock.now() + 20_000 + i * 60_000;
      const fault = root.name.includes(`-${this.failNext?.kind}-`) ? this.failNext : undefined;
      const end = at + 40_000;
      return [
        { at, act: () => this.set(root, 'UPDATE_IN_PROGRESS', at) },
        fault
          ? { at: end, act: () => this.rollBack(root, at, fault.reason) }
          : {
              at: end,
              act: () => Object.assign(root, { status: 'UPDATE_COMPLETE', version: NEW }),
            },
      ];
    });
    this.failNext = undefined;
  }

  private set(root: FakeRoot, status: string, at: number): void {
    Object.assign(root, { status, changedAt: at });
    this.event(root.name, at, 'UPDATE_IN_PROGRESS');
  }

  private rollBack(root: FakeRoot, at: number, reason: string): void {
    root.status = 'UPDATE_ROLLBACK_COMPLETE';
    const nested = `${root.name}-Nested`;
    this.event(root.name, at + 1, 'UPDATE_FAILED', {
      LogicalResourceId: 'Nested',
      PhysicalResourceId: nested,
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatusReason: `Embedded stack ${nested} was not successfully updated`,
    });
    this.event(nested, at, 'UPDATE_IN_PROGRESS');
    this.event(nested, at + 1, 'UPDATE_FAILED', {
      LogicalResourceId: 'Function',
      PhysicalResourceId: 'function',
      ResourceType: 'AWS::Lambda::Function',
      ResourceStatusReason: reason,
    });
  }

  private event(name: string, at: number, ResourceStatus: string, resource: object = {}): void {
    this.events[name] = [
      {
        StackId: name,
        PhysicalResourceId: name,
        LogicalResourceId: name,
        ResourceType: 'AWS::CloudFormation::Stack',
        ResourceStatus,
        Timestamp: new Date(at),
        ...resource,
      },
      ...(this.events[name] ?? []),
    ];
  }

  private progress(): void {
    const due = this.stages.filter(({ at }) => at <= this.clock.now());
    this.stages = this.stages.filter(({ at }) => at > this.clock.now());
    for (const { act } of due) act();
  }

  private async describe(
    command: { constructor: { name: string }; input: { StackName?: string } },
    region: string,
  ): Promise<object> {
    this.progress();
    const { StackName } = command.input;
    if (command.constructor.name === 'DescribeStackEventsCommand') {
      return { StackEvents: this.events[StackName!] ?? [] };
    }
    if (StackName !== undefined) {
      const Outputs = [{ OutputKey: 'ControlPlaneURL', OutputValue: `${this.url}/` }];
      return { Stacks: [{ StackName, Description: this.consoleDescription, Outputs }] };
    }
    const tags = (version: string) => [
      { Key: 'aws-solution/clickstream/project', Value: PROJECT },
      { Key: 'aws-solution/version', Value: version },
    ];
    const own = this.roots.map(({ name, status, version, changedAt, appIds }) => ({
      StackName: name,
      StackStatus: status,
      Tags: tags(version),
      LastUpdatedTime: new Date(changedAt),
      Parameters: appIds === undefined ? [] : [{ ParameterKey: 'AppIds', ParameterValue: appIds }],
    }));
    return {
      Stacks:
        region === this.region
          ? [{ StackName: 'other', StackStatus: 'CREATE_COMPLETE' }, ...own]
          : [],
    };
  }

  private async read(request: IncomingMessage): Promise<Seen> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { authorization, 'x-click-stream-request-id': id } = request.headers;
    const seen = {
      method: request.method!,
      path: request.url!,
      id: String(id ?? ''),
      body: Buffer.concat(parts).toString(),
      token: authorization,
    };
    this.requests.push(seen);
    return seen;
  }

  private serve(seen: Seen): { status: number; body: string } | 'broken' {
    try {
      this.before(seen);
      const answer = this.answerWith(seen) ?? this.answer(seen);
      this.after(seen);
      return answer;
    } catch {
      return 'broken';
    }
  }

  private answer({ method, path, id, body, ...rest }: Seen): { status: number; body: string } {
    const give = (status: number, value: object) => ({ status, body: JSON.stringify(value) });
    const no = (message: string) => give(400, { success: false, message });
    if (path === '/aws-exports.json') return give(200, {});
    if ((rest as { token?: string }).token !== `Bearer ${this.accepted}`)
      return give(401, { message: 'Unauthorized' });
    if (method !== 'GET') {
      if (this.ids.has(id)) {
        return give(400, {
          success: false,
          message: 'Parameter verification failed.',
          error: [{ msg: 'Not Modified.' }],
        });
      }
      this.ids.add(id);
    }
    const status = this.status;
    if (path.includes('/timezone')) {
      const app = path.split('/')[3]!;
      if (this.zones.has(app))
        return give(400, { success: true, message: 'Timezone not allowed to be modified.' });
      this.zones.set(app, (JSON.parse(body) as { timezone: string }).timezone);
      return give(201, { success: true });
    }
    if (path.includes('/upgrade')) {
      if (status !== 'Active') return no('The pipeline current status does not allow upgrade.');
      if (this.templateVersion === NEW) return no('Pipeline is already the latest version.');
      this.begin();
      return give(201, { success: true, message: 'Pipeline upgraded.', data: { id: PID } });
    }
    if (path.includes('/retry')) {
      if (status !== 'Failed' && status !== 'Warning')
        return no('The pipeline current status does not allow retry.');
      this.begin();
      return give(201, { success: true });
    }
    const timezone = [...this.zones].map(([appId, zone]) => ({ appId, timezone: zone }));
    const templateInfo = {
      isLatest: this.templateVersion === NEW,
      pipelineVersion: this.templateVersion,
    };
    return give(200, { success: true, data: { statusType: status, templateInfo, timezone } });
  }
}

export const TOKEN_REF: ConsoleRef & { tokenSecretArn: string } = {
  stackName: 'clickstream-console',
  region: 'eu-west-1',
  tokenSecretArn: SECRET,
  inVpc: false,
};

/** Payload members of all tasks of this part, for an open run. */
export async function pipelinePayload(ledger: Ledger) {
  const run = await openedRun(ledger, { machine: 'clickstream-pipeline-upgrade' });
  return { ...callerOf(run), console: TOKEN_REF, projectId: PROJECT, region: 'us-east-1' };
}

/** An invocation with this much time on the console's clock. */
export function invocationOf(
  console: FakeConsole,
  remainingMs = 900_000,
  requestId = `request-${Math.random()}`,
) {
  const end = console.clock.now() + remainingMs;
  return { requestId, remainingMs: () => end - console.clock.now() };
}
