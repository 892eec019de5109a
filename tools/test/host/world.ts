// A Tutor host on the stand-ins, worked on by the product's task through Systems Manager's own protocol.

import { SSMClient } from '@aws-sdk/client-ssm';
import { runHostCommand } from '../../../lambdas/run-host-command/core';
import type { RunHostCommandPayload } from '../../../lambdas/run-host-command/payload';
import { type HostAttempt, hostKey } from '../../../lambdas/shared/host/attempts';
import { type RunCommand, SystemsManager } from '../../../lambdas/shared/host/ssm';
import { runKey } from '../../../lambdas/shared/ledger';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults, faultOf } from '../../rehearsal/faults/faults';
import { type HostData, type HostFault, TutorHost } from '../../rehearsal/host';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { Server } from '../../rehearsal/services/server';
import { SystemsManagerService } from '../../rehearsal/services/ssm';
import { account, region } from '../cloud/house';

const ROLE = `arn:aws:iam::${account}:role/task`;
const rootArn = `arn:aws:states:${region}:${account}:execution:m:one`;
export const runId = 'run-20260131-0a1b2c3d4e';

/** Passwords of the host; none may ever leave it. */
export const PASSWORDS = {
  MYSQL_ROOT_PASSWORD: 'rootSecret1',
  CLICKHOUSE_ADMIN_PASSWORD: 'chAdmin"quote\'d',
  ASPECTS_CLICKHOUSE_LRS_PASSWORD: 'lrs$ecret&2',
  ASPECTS_CLICKHOUSE_VECTOR_PASSWORD: 'vectorSecret3',
  ASPECTS_CLICKHOUSE_REPORT_PASSWORD: 'reportSecret4',
  ASPECTS_CLICKHOUSE_CMS_PASSWORD: 'cmsSecret5',
  RALPH_ADMIN_PASSWORD: 'ralphAdmin6',
  RALPH_LMS_PASSWORD: 'ralphLms7',
  SUPERSET_DB_PASSWORD: 'supersetDb8',
  SUPERSET_SECRET_KEY: 'supersetKey9',
  SUPERSET_OAUTH2_CLIENT_SECRET: 'oauth10',
  SUPERSET_ADMIN_PASSWORD: 'abc',
  SUPERSET_LMS_PASSWORD: 'lmsPass12',
  JWT_RSA_PRIVATE_KEY:
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA0z\n-----END RSA PRIVATE KEY-----',
};

export const ROOT = '/home/openedx/.local/share/tutor';
export const DATA: HostData = {
  instanceId: 'i-0123456789abcdef0',
  user: 'openedx',
  root: ROOT,
  path: '/opt/tutor/bin',
  folders: ['/var/lib/upgrade-runbooks', '/srv/backups'],
  tutor: '18.1.4',
  mfe: '18.0.1',
  plugin: '1.3.2',
  config: {
    ID: 'abc123',
    LMS_HOST: 'learn.example.org',
    ...PASSWORDS,
    PLUGINS: ['aspects', 'mfe'],
  },
};
export const HOST = {
  instanceId: DATA.instanceId,
  region,
  user: 'openedx',
  tutorRoot: ROOT,
  path: '/opt/tutor/bin',
  stateDirectory: '/var/lib/upgrade-runbooks',
  pluginsRoot: null,
};

const open: (() => Promise<void>)[] = [];

/** For `afterEach`. */
export async function closeWorlds(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

export type Command = Pick<RunHostCommandPayload, 'script' | 'inspect'> & {
  readonly step?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly hours?: number;
  readonly host?: Partial<typeof HOST>;
};

/** See the head of the file. */
export class World {
  static async of(
    faults: readonly HostFault[] = [],
    change: Partial<HostData> = {},
    calls: readonly string[] = [],
  ): Promise<World> {
    const clock = new VirtualClock();
    const problems: Error[] = [];
    const host = await TutorHost.start({ ...DATA, faults, ...change }, { clock, problems });
    const arn = (service: string, rest: string) =>
      `arn:aws:${service}:${region}:${account}:${rest}`;
    const service = new SystemsManagerService(clock, [host], arn, problems);
    const iam = new Iam(account);
    iam.attach(ROLE, { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    const callers = new Callers(clock);
    const server = new Server({
      clock,
      callers,
      iam,
      faults: new Faults(calls.map(faultOf)),
      problems,
    });
    server.add(service);
    const endpoint = await server.start();
    const principal = { kind: 'role', arn: ROLE, account } as const;
    const { credentials } = callers.mint(principal, newProcess('RunHostCommand'));
    const client = new SystemsManager(new SSMClient({ region, endpoint, credentials }));
    const world = new World(clock, host, service, server, client, problems);
    open.push(async () => {
      clock.stop();
      await host.stop();
      await server.stop();
    });
    await world.memory.ledger.put(runKey(runId), { runId, executionArn: rootArn, status: 'open' });
    return world;
  }

  readonly memory = new MemoryLedger();
  redriveCount = 0;
  status = 'RUNNING';
  private invocations = 0;

  private constructor(
    readonly clock: VirtualClock,
    readonly host: TutorHost,
    readonly service: SystemsManagerService,
    readonly server: Server,
    private readonly client: RunCommand,
    readonly problems: Error[],
  ) {}

  get deps() {
    const { clock, client } = this;
    const held =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        const release = clock.hold();
        return await work(...args).finally(release);
      };
    return {
      ledger: this.memory.ledger,
      clock: { now: () => clock.now(), sleep: (ms: number) => clock.sleep(ms) },
      sfn: { send: async () => ({ status: this.status }) } as never,
      ssm: (): RunCommand => ({
        send: held((command) => client.send(command)),
        invocation: held((id, instance) => client.invocation(id, instance)),
      }),
    };
  }

  /** One invocation of the task. */
  call(
    { step = 'build', environment = {}, hours = 4, host, ...scripts }: Command,
    remainingMs = 900_000,
  ) {
    this.invocations += 1;
    const end = this.clock.now() + remainingMs;
    return runHostCommand(
      {
        version: 1,
        runId,
        rootArn,
        selfArn: rootArn,
        redriveCount: this.redriveCount,
        step,
        host: { ...HOST, ...host },
        environment: { MODE: 'local', ...environment },
        hours,
        released: false,
        ...scripts,
      },
      this.deps,
      { requestId: `worker-${this.invocations}`, remainingMs: () => end - this.clock.now() },
    );
  }

  /** Turns of the waiting task until it is done. */
  async run(command: Command) {
    for (;;) {
      const { status, trailer } = await this.call(command);
      if (status === 'done') return trailer!;
    }
  }

  /** After a failure, as an operator does. */
  redrive(command: Command) {
    this.redriveCount += 1;
    return this.run(command);
  }

  attempt(step = 'build') {
    return this.memory.get<HostAttempt>(hostKey(runId, step));
  }

  /** Command lines of a program, those that begin so. */
  called(beginning: string): readonly string[] {
    return this.host.sandbox.calls
      .map(({ program, args }) => [program, ...args].join(' '))
      .filter((line) => line.startsWith(beginning));
  }
}

/** The command of a script, with its inspection. */
export const command = (name: string, environment: Record<string, string> = {}): Command => ({
  step: name.replace(/-/g, ''),
  script: `aspects/${name}`,
  inspect: `aspects/inspect-${name}`,
  environment,
});

export const BUILD: Command = {
  script: 'aspects/build-images',
  inspect: 'aspects/inspect-build-images',
  environment: { IMAGES: 'openedx aspects aspects-superset' },
};
