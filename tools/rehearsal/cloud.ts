// The rehearsal's cloud: every stand-in, wired to the others and filled from the assembly and the
// scenario.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from './assembly/assembly';
import { type Bundle, provision } from './assembly/provision';
import { Stack } from './assembly/stack';
import { RealClock, VirtualClock } from './clock';
import { Engine } from './engine';
import { type FaultSpec, Faults, faultOf } from './faults/faults';
import { Callers, newProcess } from './iam/callers';
import { Iam } from './iam/iam';
import type { PolicyDocument } from './iam/policy';
import { Functions } from './lambda/functions';
import { type CloudFormationData, CloudFormationService } from './services/cloudformation';
import { AlarmService } from './services/cloudwatch';
import { DynamoDbService } from './services/dynamodb';
import { EventBus, type RuleTarget } from './services/events';
import { RedshiftDataService } from './services/redshift-data';
import { ObjectStore, S3Service } from './services/s3';
import { SecretsService } from './services/secrets';
import { Server } from './services/server';
import { SnsService } from './services/sns';
import { StepFunctionsService } from './services/step-functions';
import { StsService } from './services/sts';
import type { Clock, CloudEvent, Principal } from './types';
import { Warehouse, type WarehouseAddress } from './warehouse/warehouse';

/** Keys an AWS client signs with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What a cloud is started with. */
export interface CloudOptions {
  /** Folder of the cloud assembly (`cdk.out`). */
  readonly assemblyDir: string;
  /**
   * Folder of the scenario.
   *
   * @default - an empty account
   */
  readonly scenarioDir?: string;
  /** @default 'virtual' */
  readonly clock?: 'real' | 'virtual';
  /**
   * Faults beside those of the scenario, as the CLI takes them: `kind=kill,task=RunBatches,nth=2`.
   *
   * @default - the scenario's only
   */
  readonly faults?: readonly string[];
  /** @default - the stack's, else 000000000000 */
  readonly account?: string;
  /** @default - the stack's, else us-east-1 */
  readonly region?: string;
  /** @default - the scenario's own */
  readonly rows?: number;
}

/** A notice somebody published to a topic of the stack. */
export interface Notice {
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  readonly time: string;
  /** ARN of the publishing role or service. */
  readonly by: string;
}

/** A provisioned resource of a stack. */
export interface ProvisionedResource {
  readonly stack: string;
  readonly logicalId: string;
  /** e.g. `AWS::DynamoDB::Table` */
  readonly type: string;
  readonly physicalId: string;
}

/** How often something was done; read when a rehearsal is summed up. */
export interface Counters {
  /** Invocations of task functions. */
  readonly invocations: number;
  /** Statements of the warehouse. */
  readonly statements: {
    readonly submitted: number;
    readonly finished: number;
    readonly failed: number;
  };
}

/** A call of a task function that came through, for those who break the nth one. */
export interface TaskCall {
  readonly task: string;
  /** State whose invocation made it; events invoke without one. */
  readonly state?: string;
  /** Signing name, as faults have it: `redshift-data`. */
  readonly service: string;
  readonly operation: string;
}

/** What the command line and tests use of a running cloud. */
export interface RunningCloud {
  readonly clock: Clock;
  /** `http://127.0.0.1:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly endpointUrl: string;
  /** May do everything. */
  readonly operatorCredentials: Credentials;
  readonly account: string;
  readonly region: string;
  /** ARN of a provisioned machine by its name or logical id; refuses unknown names, listing the known. */
  machineArn(name: string): string;
  /** Outputs of all stacks, by stack name and output key. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Everything the templates provisioned. */
  readonly resources: readonly ProvisionedResource[];
  readonly counters: Counters;
  /** Calls of task functions so far, oldest first. */
  readonly calls: readonly TaskCall[];
  /** Runs a query on the warehouse as its superuser, past the API; refuses without a warehouse. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Everything published to topics so far. */
  readonly notices: readonly Notice[];
  /** Called synchronously on each event: a listener that holds the clock stops time right there. */
  onEvent(listener: (event: CloudEvent) => void): () => void;
  /** Called synchronously on each published notice. */
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Ends everything and removes what was written. */
  stop(): Promise<void>;
}

/** `cloud.json` of a scenario: what exists in the account beside the stacks. */
interface Account {
  readonly account?: string;
  readonly region?: string;
  readonly roles?: readonly {
    readonly arn: string;
    readonly trust: PolicyDocument;
    readonly policies?: readonly PolicyDocument[];
  }[];
  readonly buckets?: readonly string[];
  readonly cloudformation?: CloudFormationData;
  /** By ARN or name. */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Whether the Data API refuses calls above AWS's rates. */
  readonly throttling?: boolean;
  readonly warehouse?: WarehouseAddress & {
    readonly database: string;
    readonly secrets?: Readonly<Record<string, string>>;
  };
}

/** Real time for an operator's program to see a failed run or an open gate before hours pass. */
const LOOK_MS = 700;

/** Lines of function logs that are kept. */
const KEPT_LINES = 20_000;

/** Metrics of the status changes: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const STATUS_METRICS: Readonly<Record<string, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

/** A running cloud. */
export class Cloud implements RunningCloud {
  /** Starts the stand-ins and provisions every stack of the assembly. */
  static async start(options: CloudOptions): Promise<Cloud> {
    const read = <T>(file: string, otherwise: T): T => {
      const path = options.scenarioDir && join(options.scenarioDir, file);
      return path && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : otherwise;
    };
    const specs = [...read<unknown[]>('faults.json', []), ...(options.faults ?? [])].map(faultOf);
    const cloud = new Cloud(options, read<Account>('cloud.json', {}), specs);
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
  /** Only when the scenario has one. */
  warehouse?: Warehouse;
  private readonly callers: Callers;
  private readonly server: Server;
  private readonly topics: SnsService;
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
    const clock = options.clock === 'real' ? new RealClock() : new VirtualClock(undefined, LOOK_MS);
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
    this.alarms = new AlarmService(clock, (action, name, state) =>
      this.alarmed(action, name, state),
    );
    this.bus = new EventBus(clock, this.faults, account, (...delivery) =>
      this.deliver(...delivery),
    );
    this.bus.listeners.add((event) => this.measure(event));
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
      this.server.add(
        new CloudFormationService(
          clock,
          (where, resource) => arn('cloudformation', resource, where),
          (roleArn, stackArn) => this.iam.assume('cloudformation.amazonaws.com', roleArn, stackArn),
          scenario.cloudformation,
        ),
      );
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
    const { warehouse: address } = this.scenario;
    if (!address) return;
    const file = join(this.options.scenarioDir!, 'warehouse.sql');
    this.warehouse = await Warehouse.start({
      clock: this.clock,
      address,
      database: address.database,
      secrets: address.secrets,
      rows: this.options.rows,
      scenarioSql: existsSync(file) ? [readFileSync(file, 'utf8')] : [],
    });
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

  /** What EventBridge does with a target. */
  private async deliver(target: RuleTarget, input: unknown, by: Principal, ruleArn: string) {
    const source = { 'aws:SourceArn': ruleArn, 'aws:SourceAccount': this.account };
    const { Arn: arn } = target;
    if (by.kind === 'role') this.iam.assume('events.amazonaws.com', by.arn, ruleArn);
    if (/:lambda:.*:function:/.test(arn)) {
      await this.functions!.invoke(arn, input, by, this.closing.signal, { context: source });
    } else if (/:sns:/.test(arn)) {
      const message = typeof input === 'string' ? input : JSON.stringify(input);
      this.topics.publish(by, { topicArn: arn, message }, source);
    } else if (/:stateMachine:/.test(arn)) {
      this.iam.authorize(by, 'states:StartExecution', arn, source);
      this.engine.start({ stateMachineArn: arn, input: JSON.stringify(input) });
    } else {
      throw new Error(`targets like ${arn} are not known to the rehearsal`);
    }
  }

  /** The metrics alarms look at. */
  private measure({ source, 'detail-type': type, detail }: CloudEvent): void {
    if (source !== 'aws.states' || type !== 'Step Functions Execution Status Change') return;
    const metric = STATUS_METRICS[String(detail.status)];
    const dimensions = { StateMachineArn: String(detail.stateMachineArn) };
    if (metric) this.alarms.record(`AWS/States ${metric}`, dimensions, 1);
  }

  private alarmed(actionArn: string, name: string, state: string): void {
    const { account } = this;
    const by = { kind: 'service', arn: 'cloudwatch.amazonaws.com', account } as const;
    const message = JSON.stringify({
      AlarmName: name,
      NewStateValue: state,
      AWSAccountId: account,
    });
    const subject = `${state}: "${name}"`.slice(0, 100);
    try {
      this.topics.publish(
        by,
        { topicArn: actionArn, subject, message },
        { 'aws:SourceAccount': account },
      );
    } catch (error) {
      // On AWS nobody hears of it either; here a test may look.
      this.problems.push(error as Error);
    }
  }
}
