// Ingestion servers on the stand-ins, called by the product's task through the real SDK clients.

import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { refreshIngestion } from '../../../lambdas/refresh-ingestion/core';
import type { RefreshPhase } from '../../../lambdas/refresh-ingestion/payload';
import { giveBack } from '../../../lambdas/release-run/quiesced';
import type { IngestionClients } from '../../../lambdas/shared/ingestion/clients';
import type { Sizes } from '../../../lambdas/shared/ingestion/sizes';
import { type Ledger, runKey } from '../../../lambdas/shared/ledger';
import { IngestionKind } from '../../../lambdas/shared/quiesced/ingestion';
import type { QuiescedItem } from '../../../lambdas/shared/quiesced/record';
import { MemoryLedger } from '../../../test/support/memory-ledger';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults, faultOf } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { ApplicationAutoScalingService } from '../../rehearsal/services/application-auto-scaling';
import { AutoScalingService } from '../../rehearsal/services/auto-scaling';
import { EcsService } from '../../rehearsal/services/ecs';
import { ElasticLoadBalancingService } from '../../rehearsal/services/elastic-load-balancing';
import { Server } from '../../rehearsal/services/server';
import { Fleet, type FleetData } from '../../rehearsal/services/servers/fleet';
import { account, region } from '../cloud/house';

export const DATA: FleetData = {
  group: 'Clickstream-Ingestion-s3-group',
  cluster: 'Clickstream-Ingestion-s3-cluster',
  service: 'Clickstream-Ingestion-s3-service',
  min: 2,
  max: 2,
  launchConfiguration: 'before-1.1.7',
  // Short, so that few rounds are needed.
  seconds: {
    boot: 25,
    warmStart: 10,
    task: 5,
    health: 5,
    stop: 20,
    leave: 5,
    grow: 10,
    emptyPool: 10,
  },
};
export const NEW = { launchTemplate: { id: 'lt-0123456789abcdef0', version: '1' } };
export const PHASES: readonly RefreshPhase[] = ['record', 'empty', 'start', 'drain', 'restore'];
const ROLE = `arn:aws:iam::${account}:role/task`;
const rootArn = `arn:aws:states:${region}:${account}:execution:m:one`;
const runId = 'run-20260131-0a1b2c3d4e';

const open: (() => Promise<void>)[] = [];

/** For `afterEach`. */
export async function closeWorlds(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

/** Servers, the task, and what went wrong on purpose. */
export class World {
  static async of(change: Partial<FleetData> = {}, faults: readonly string[] = []): Promise<World> {
    const clock = new VirtualClock();
    const arn = (service: string, rest: string) =>
      `arn:aws:${service}:${region}:${account}:${rest}`;
    const fleet = new Fleet(
      { ...DATA, ...change, seconds: { ...DATA.seconds, ...change.seconds } },
      clock,
      region,
      arn,
    );
    const iam = new Iam(account);
    iam.attach(ROLE, { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    const callers = new Callers(clock);
    const chosen = new Faults(faults.map(faultOf));
    const server = new Server({ clock, callers, iam, faults: chosen, problems: [] });
    const fleets = [fleet];
    server.add(
      new EcsService(clock, fleets),
      new AutoScalingService(fleets),
      new ApplicationAutoScalingService(fleets),
      new ElasticLoadBalancingService(fleets),
    );
    const endpoint = await server.start();
    const principal = { kind: 'role', arn: ROLE, account } as const;
    const { credentials } = callers.mint(principal, newProcess('RefreshIngestion'));
    const settings = { endpoint, region, credentials, maxAttempts: 1 };
    const clients: IngestionClients = {
      ecs: new ECSClient(settings),
      groups: new AutoScalingClient(settings),
      once: new AutoScalingClient(settings),
      scaling: new ApplicationAutoScalingClient(settings),
      targets: new ElasticLoadBalancingV2Client(settings),
    };
    open.push(async () => {
      for (const client of Object.values(clients)) client.destroy();
      clock.stop();
      await server.stop();
    });
    const world = new World(clock, fleet, server, clients, chosen);
    await world.ledger.put(runKey(runId), { runId, executionArn: rootArn, status: 'open' });
    fleet.useTemplate(NEW);
    return world;
  }

  readonly memory = new MemoryLedger();
  redriveCount = 0;
  status = 'RUNNING';
  private invocations = 0;

  private constructor(
    readonly clock: VirtualClock,
    readonly fleet: Fleet,
    readonly server: Server,
    readonly clients: IngestionClients,
    readonly faults: Faults,
  ) {}

  get ledger(): Ledger {
    return this.memory.ledger;
  }

  get ref() {
    const { group, cluster, service } = this.fleet.data;
    return { group, cluster, service: this.fleet.arn('ecs', `service/${cluster}/${service}`) };
  }

  get deps() {
    return {
      ledger: this.ledger,
      clock: { now: () => this.clock.now(), sleep: (ms: number) => this.clock.sleep(ms) },
      sfn: { send: async () => ({ status: this.status }) } as never,
      clients: () => this.clients,
    };
  }

  /** One invocation of the task. */
  call(phase: RefreshPhase, remainingMs = 900_000) {
    this.invocations += 1;
    const end = this.clock.now() + remainingMs;
    return refreshIngestion(
      {
        ...{ version: 1, runId, rootArn, selfArn: rootArn, redriveCount: this.redriveCount },
        ...{ phase, region, servers: this.ref },
      },
      this.deps,
      { requestId: `request-${this.invocations}`, remainingMs: () => end - this.clock.now() },
    );
  }

  /** A phase to its end, called again while it runs as the machine does. */
  async phase(phase: RefreshPhase): Promise<string> {
    for (;;) {
      const { status } = await this.call(phase);
      if (status !== 'running') return status;
    }
  }

  /** All phases, as the machine has them; what fails is redriven, so often at most. */
  async refresh(redrives = 0, phases = PHASES): Promise<void> {
    for (const phase of phases) {
      for (;;) {
        try {
          if ((await this.phase(phase)) === 'nothing') return;
          break;
        } catch (error) {
          this.redriveCount += 1;
          if (this.redriveCount > redrives) throw error;
        }
      }
    }
  }

  /** All sizes as they are. */
  async sizes(): Promise<Sizes> {
    const thing = { kind: 'ingestion', name: this.ref.group, region, to: this.ref } as const;
    return (await new IngestionKind(() => this.clients).read(thing))!.state;
  }

  /** Gives everything back as the release machine does. */
  release(): Promise<void> {
    const { ledger, clock } = this.deps;
    const kinds = { ingestion: new IngestionKind(() => this.clients) } as never;
    return giveBack({ ledger, clock, kinds }, runId);
  }

  record(): Promise<QuiescedItem | undefined> {
    return this.ledger.get(runKey(runId, `quiesced#ingestion#${this.ref.group}`));
  }

  /** Ids of instances of the template before, those of the warm pool as well. */
  get old(): string[] {
    const { instances, template } = this.fleet.group;
    return instances.filter((one) => one.template !== template).map(({ id }) => id);
  }

  /** Calls that came through, in order. */
  called(...operations: string[]): string[] {
    return this.server.calls
      .map(({ operation = '' }) => operation)
      .filter((one) => operations.includes(one));
  }
}

export { runId };
