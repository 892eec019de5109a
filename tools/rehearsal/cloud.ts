// The rehearsal's cloud: the stand-ins of an account, filled from the assembly and the scenario.

import { readAssembly } from './assembly/assembly';
import { type Bundle, provision } from './assembly/provision';
import { Stack } from './assembly/stack';
import { RealClock, VirtualClock } from './clock';
import {
  type Account,
  readAccount,
  readClickHouse,
  readFaults,
  readSource,
  readWarehouse,
} from './cloud/account';
import type {
  CloudOptions,
  Counters,
  Credentials,
  Notice,
  ProvisionedResource,
  RunningCloud,
  TaskCall,
} from './cloud/contract';
import { placeOf } from './cloud/place';
import { StandIns } from './cloud/stand-ins';
import { Faults } from './faults/faults';
import type { PolicyDocument } from './iam/policy';
import type { Functions } from './lambda/functions';
import type { EventBus } from './services/events';
import type { CallRecord } from './services/server';
import type { CloudEvent } from './types';

export type * from './cloud/contract';

/** Real time for an operator's program to see a failed run or an open gate before hours pass. */
const LOOK_MS = 700;

/** Lines of function logs that are kept. */
const KEPT_LINES = 20_000;

/** A running cloud. */
export class Cloud extends StandIns implements RunningCloud {
  /** Starts the stand-ins and provisions every stack of the assembly. */
  static async start(options: CloudOptions): Promise<Cloud> {
    const cloud = new Cloud(options, readAccount(options));
    const release = cloud.clock.hold();
    try {
      await cloud.fill();
      return cloud;
    } catch (error) {
      await cloud.stop();
      throw error;
    } finally {
      release();
    }
  }

  readonly outputs: Record<string, Record<string, string>> = {};
  readonly resources: ProvisionedResource[] = [];
  /** Files that run as functions, with their hashes. */
  readonly bundles: Bundle[] = [];
  /** What functions wrote to their logs, latest last. */
  readonly logs: { readonly task: string; readonly line: string }[] = [];
  private readonly stacks: readonly Stack[];
  private readonly machines = new Map<string, string>();

  private constructor(
    private readonly options: CloudOptions,
    scenario: Account,
  ) {
    const sources = readAssembly(options.assemblyDir);
    const place = placeOf(options, sources, scenario);
    const clock =
      options.clock === 'real' ? new RealClock() : new VirtualClock(options.startAt, LOOK_MS);
    super(clock, new Faults(readFaults(options)), place, scenario);
    this.stacks = sources.map(
      (source) =>
        new Stack(source, { ...place, stackName: source.name }, (name) => this.export(name)),
    );
  }

  machineArn(name: string): string {
    const found = this.machines.get(name);
    if (found) return found;
    const known = this.engine.stateMachines().map((machine) => machine.name);
    throw new Error(`there is no machine ${name}; there are ${known.join(', ') || 'none'}`);
  }

  get notices(): readonly Notice[] {
    return this.topics.notices;
  }

  /** Events that a target never took, with the last error. */
  get undelivered(): EventBus['undelivered'] {
    return this.bus.undelivered;
  }

  get counters(): Counters {
    const { counts } = this.data ?? { counts: { submitted: 0, finished: 0, failed: 0 } };
    const invocations = [...(this.functions?.invocations.values() ?? [])];
    return { invocations: invocations.reduce((a, b) => a + b, 0), statements: { ...counts } };
  }

  /** Most bytes of heap and buffers a task's environments had behind an invocation, by task. */
  get taskMemory(): ReadonlyMap<string, number> {
    return this.functions?.memory ?? new Map();
  }

  get calls(): readonly TaskCall[] {
    return this.server.calls.filter((call): call is typeof call & TaskCall => {
      return call.task !== undefined && call.error === undefined;
    });
  }

  /** Keys of an operator who has one managed policy of a stack and nothing else. */
  credentialsWith(policyLogicalId: string): Credentials {
    const policy = this.resources.find(
      ({ type, logicalId }) => type === 'AWS::IAM::ManagedPolicy' && logicalId === policyLogicalId,
    );
    if (!policy) throw new Error(`there is no managed policy ${policyLogicalId}`);
    return this.operator(policy.physicalId);
  }

  /** Keys of somebody who has this policy and nothing else. */
  credentialsUnder(name: string, policy: PolicyDocument): Credentials {
    const arn = `arn:${this.partition}:iam::${this.account}:user/${name}`;
    this.iam.attach(arn, policy);
    return this.operator(arn);
  }

  /** Lets keys expire now, as those of a session do while somebody works with them. */
  expire({ accessKeyId }: Credentials): void {
    this.callers.expire(accessKeyId);
  }

  async query(sql: string, cluster?: string): Promise<readonly Record<string, unknown>[]> {
    if (cluster !== undefined) {
      if (cluster === 'clickhouse' && this.clickhouse) return await this.clickhouse.query(sql);
      const found = this.clusters.get(cluster);
      if (!found) throw new Error(`the scenario has no cluster ${cluster} to ask`);
      return await found.query(sql);
    }
    if (!this.warehouse) throw new Error('the scenario has no warehouse to ask');
    return (await this.warehouse.query(sql)).rows;
  }

  onEvent(listener: (event: CloudEvent) => void): () => void {
    this.bus.listeners.add(listener);
    return () => void this.bus.listeners.delete(listener);
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.topics.listeners.add(listener);
    return () => void this.topics.listeners.delete(listener);
  }

  /** Called synchronously on each call of a task that came through, with its input. */
  onCall(listener: (call: TaskCall, input: Record<string, unknown>) => void): () => void {
    const own = (call: CallRecord, input: Record<string, unknown>) =>
      void (call.task === undefined || listener(call as CallRecord & TaskCall, input));
    this.server.listeners.add(own);
    return () => void this.server.listeners.delete(own);
  }

  private async fill(): Promise<void> {
    const { iam, scenario, options } = this;
    const functions = await this.open(({ task }, line) => {
      this.logs.push({ task, line });
      if (this.logs.length > KEPT_LINES) this.logs.splice(0, KEPT_LINES / 10);
    });
    for (const { arn, trust, policies = [] } of scenario.roles ?? []) {
      iam.protect(arn, trust);
      for (const policy of [{ Statement: [] }, ...policies]) iam.attach(arn, policy);
    }
    for (const bucket of scenario.buckets ?? []) this.store.createBucket(bucket);
    for (const table of scenario.tables ?? []) await this.tables.putTable(table);
    const contents = readWarehouse(options);
    const started = contents && this.startWarehouse(contents, options.template);
    const filled = [scenario.mysql ?? []]
      .flat()
      .map((data) => this.startMySql(data, readSource(options, data)));
    await Promise.all([started, ...filled, this.startHosts(), this.provision(functions)]);
    const { clickstream } = scenario;
    if (clickstream) await this.startSolution(clickstream, options.scenarioDir!);
  }

  /** ClickHouse first: what is called on a host works on it. */
  private async startHosts(): Promise<void> {
    const { scenario, options } = this;
    const { clickhouse, hosts = [] } = scenario;
    if (clickhouse) await this.startClickHouse(clickhouse, readClickHouse(options, clickhouse));
    await this.startTutor(hosts, options.scenarioDir);
  }

  private async provision(functions: Functions): Promise<void> {
    const { iam, engine, tables, store, topics, bus, alarms } = this;
    await provision(this.stacks, {
      iam,
      functions,
      engine,
      tables,
      store,
      topics,
      bus,
      alarms,
      onBundle: (bundle) => this.bundles.push(bundle),
      onMachine: (logicalId, arn) => this.machines.set(logicalId, arn),
    });
    for (const { arn, name } of engine.stateMachines()) this.machines.set(name, arn);
    for (const stack of this.stacks) {
      const { name, template } = stack.source;
      this.outputs[name] = stack.outputs;
      const resources = stack.resources.map(({ logicalId, type, identity }) => {
        return { stack: name, logicalId, type, physicalId: identity.ref };
      });
      this.resources.push(...resources);
      const arn = String(stack.resolve({ Ref: 'AWS::StackId' }, name));
      this.deployed.add({ name, arn, template, resources });
    }
  }

  private export(name: string): unknown {
    for (const stack of this.stacks) {
      const value = stack.exported(name);
      if (value !== undefined) return value;
    }
    throw new Error(`no stack exports ${name}`);
  }
}
