// The rehearsal's cloud: every stand-in, wired to the others and filled from the assembly and the
// scenario.

import { readAssembly } from './assembly/assembly';
import { type Bundle, provision } from './assembly/provision';
import { Stack } from './assembly/stack';
import { RealClock, VirtualClock } from './clock';
import { type Account, readAccount, readFaults, readWarehouse } from './cloud/account';
import type {
  CloudOptions,
  Counters,
  Credentials,
  Notice,
  ProvisionedResource,
  RunningCloud,
  TaskCall,
} from './cloud/contract';
import { deliver, measure, tell } from './cloud/reactions';
import { Engine } from './engine';
import { type FaultSpec, Faults } from './faults/faults';
import { Callers, newProcess } from './iam/callers';
import { Iam } from './iam/iam';
import { Functions } from './lambda/functions';
import { CloudFormationService } from './services/cloudformation';
import { AlarmService } from './services/cloudwatch';
import { DynamoDbService } from './services/dynamodb';
import { EventBus } from './services/events';
import { RedshiftServerlessService, RedshiftService } from './services/redshift-admin';
import { RedshiftDataService } from './services/redshift-data';
import { ObjectStore, S3Service } from './services/s3';
import { SecretsService } from './services/secrets';
import { type CallRecord, Server } from './services/server';
import { SnsService } from './services/sns';
import { StepFunctionsService } from './services/step-functions';
import { StsService } from './services/sts';
import type { CloudEvent } from './types';
import { WarehouseRoles } from './warehouse/roles';
import { Warehouse } from './warehouse/warehouse';

export type * from './cloud/contract';

/** Real time for an operator's program to see a failed run or an open gate before hours pass. */
const LOOK_MS = 700;

/** Lines of function logs that are kept. */
const KEPT_LINES = 20_000;

/** A running cloud. */
export class Cloud implements RunningCloud {
  /** Starts the stand-ins and provisions every stack of the assembly. */
  static async start(options: CloudOptions): Promise<Cloud> {
    const cloud = new Cloud(options, readAccount(options), readFaults(options));
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

  readonly clock: RealClock | VirtualClock;
  readonly account: string;
  readonly region: string;
  endpointUrl = '';
  readonly operatorCredentials: Credentials;
  readonly outputs: Record<string, Record<string, string>> = {};
  readonly resources: ProvisionedResource[] = [];
  /** Files that run as functions, with their hashes. */
  readonly bundles: Bundle[] = [];
  /** What functions wrote to their logs, latest last. */
  readonly logs: { readonly task: string; readonly line: string }[] = [];
  /** What went wrong in the stand-ins themselves, and deliveries nobody waits for. */
  readonly problems: Error[] = [];
  readonly faults: Faults;
  readonly iam: Iam;
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly alarms: AlarmService;
  /** Only when the scenario has them. */
  readonly cloudformation?: CloudFormationService;
  warehouse?: Warehouse;
  private readonly callers: Callers;
  private readonly server: Server;
  readonly topics: SnsService;
  private readonly tables: DynamoDbService;
  private readonly bus: EventBus;
  private readonly stacks: readonly Stack[];
  private readonly machines = new Map<string, string>();
  private readonly closing = new AbortController();
  private functions?: Functions;
  private data?: RedshiftDataService;

  private constructor(
    private readonly options: CloudOptions,
    private readonly scenario: Account,
    faults: readonly FaultSpec[],
  ) {
    const sources = readAssembly(options.assemblyDir);
    const own = <K extends 'account' | 'region'>(key: K) =>
      options[key] ?? sources.find((source) => source[key])?.[key] ?? scenario[key];
    const account = own('account') ?? '000000000000';
    const region = own('region') ?? 'us-east-1';
    const partition = /^(cn|us-gov)-/.exec(region)?.[1];
    const place = { account, region, partition: partition ? `aws-${partition}` : 'aws' };
    this.account = account;
    this.region = region;
    this.stacks = sources.map(
      (source) =>
        new Stack(source, { ...place, stackName: source.name }, (name) => this.export(name)),
    );
    const clock =
      options.clock === 'real' ? new RealClock() : new VirtualClock(options.startAt, LOOK_MS);
    this.clock = clock;
    this.faults = new Faults(faults);
    this.iam = new Iam(account);
    this.callers = new Callers(clock);
    const operator = {
      kind: 'operator',
      arn: `arn:aws:iam::${account}:user/operator`,
      account,
    } as const;
    this.operatorCredentials = this.callers.mint(operator, newProcess()).credentials;
    this.store = new ObjectStore(clock);
    this.topics = new SnsService(clock, this.iam);
    const arn = (service: string, rest: string, where = region) =>
      `arn:${place.partition}:${service}:${where}:${account}:${rest}`;
    this.tables = new DynamoDbService(clock, arn('dynamodb', 'table/'));
    this.alarms = new AlarmService(clock, (...alarm) => tell(this, ...alarm));
    this.bus = new EventBus(clock, this.faults, account, (...delivery) =>
      deliver({ ...this, functions: this.functions!, signal: this.closing.signal }, ...delivery),
    );
    this.bus.listeners.add((event) => measure(this.alarms, event));
    this.engine = new Engine({
      clock,
      ...place,
      invoker: { invoke: (...call) => this.functions!.invoke(...call) },
      publish: (event) => this.bus.publish(event),
      authorize: (roleArn, action, resource) => {
        const machine = this.engine.stateMachines().find((one) => one.roleArn === roleArn)!;
        this.iam.assume('states.amazonaws.com', roleArn, machine.arn);
        this.iam.authorize({ kind: 'role', arn: roleArn, account }, action, resource);
      },
    });
    this.server = new Server({
      clock,
      callers: this.callers,
      iam: this.iam,
      faults: this.faults,
      problems: this.problems,
    });
    this.server.add(
      new StsService(clock, this.callers),
      new SecretsService(clock, arn('secretsmanager', 'secret:'), scenario.secrets ?? {}),
      new S3Service(this.store),
      new StepFunctionsService(this.engine, clock),
      this.topics,
      this.tables,
    );
    if (scenario.cloudformation) {
      this.cloudformation = new CloudFormationService(
        clock,
        (where, resource) => arn('cloudformation', resource, where),
        (roleArn, stackArn) => this.iam.assume('cloudformation.amazonaws.com', roleArn, stackArn),
        scenario.cloudformation,
      );
      this.server.add(this.cloudformation);
    }
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
    const operator = { kind: 'operator', arn: policy.physicalId, account: this.account } as const;
    return this.callers.mint(operator, newProcess()).credentials;
  }

  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
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

  async stop(): Promise<void> {
    this.closing.abort(new Error('the rehearsal is over'));
    this.engine.close();
    this.clock.stop();
    await this.functions?.stop();
    await this.server.stop();
    await this.warehouse?.stop();
  }

  private async fill(): Promise<void> {
    const { clock, account, region, iam, scenario } = this;
    this.endpointUrl = await this.server.start();
    this.functions = new Functions({
      clock,
      iam,
      callers: this.callers,
      faults: this.faults,
      account,
      region,
      endpointUrl: this.endpointUrl,
      onLog: ({ task }, line) => {
        this.logs.push({ task, line });
        if (this.logs.length > KEPT_LINES) this.logs.splice(0, KEPT_LINES / 10);
      },
    });
    for (const { arn, trust, policies = [] } of scenario.roles ?? []) {
      iam.protect(arn, trust);
      for (const policy of [{ Statement: [] }, ...policies]) iam.attach(arn, policy);
    }
    for (const bucket of scenario.buckets ?? []) this.store.createBucket(bucket);
    await Promise.all([this.startWarehouse(), this.provision(this.functions)]);
  }

  private async startWarehouse(): Promise<void> {
    const contents = readWarehouse(this.options);
    if (!contents) return;
    const roles = new WarehouseRoles(this.scenario.warehouse!, this.clock);
    const lambda = roles.caller(this.iam, this.functions!, this.account);
    this.server.add(new RedshiftServerlessService(roles), new RedshiftService(roles));
    this.warehouse = await Warehouse.start(
      { clock: this.clock, lambda, ...contents },
      this.options.template,
    );
    this.data = new RedshiftDataService({
      clock: this.clock,
      warehouses: [this.warehouse],
      throttling: this.scenario.throttling,
      publish: (event) => this.bus.publish(event),
      faults: {
        beforeStatement: (sql) => {
          const fault = this.faults.take('statement', { sql });
          if (!fault) return undefined;
          const { message, table } = fault;
          return fault.kind === 'lie'
            ? { kind: 'swallow', table, message }
            : { kind: 'error', message };
        },
      },
      pretend: (sql) => this.faults.take('duration', { sql })?.seconds,
    });
    this.server.add(this.data);
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
      this.outputs[stack.source.name] = stack.outputs;
      for (const { logicalId, type, identity } of stack.resources) {
        this.resources.push({
          stack: stack.source.name,
          logicalId,
          type,
          physicalId: identity.ref,
        });
      }
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
