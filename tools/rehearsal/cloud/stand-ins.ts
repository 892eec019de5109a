// The stand-ins of one account, wired to each other.

import type { IncomingHttpHeaders } from 'node:http';
import { type ClickHouseData, ClickHouseServer } from '../clickhouse';
import type { ClickstreamData } from '../clickstream/data';
import { Solution } from '../clickstream/solution';
import { heardByMany, type RealClock, type VirtualClock } from '../clock';
import { Engine } from '../engine';
import type { Faults } from '../faults/faults';
import { type HostData, TutorHost } from '../host';
import { Callers, newProcess } from '../iam/callers';
import { Iam } from '../iam/iam';
import { type FunctionSpec, Functions } from '../lambda/functions';
import { MySqlCluster, type MySqlData } from '../mysql';
import { ApplicationAutoScalingService } from '../services/application-auto-scaling';
import { AutoScalingService } from '../services/auto-scaling';
import { CloudFormationService } from '../services/cloudformation';
import { DeployedStacks } from '../services/cloudformation/deployed';
import { AlarmService } from '../services/cloudwatch';
import { DynamoDbService } from '../services/dynamodb';
import { Ec2Service } from '../services/ec2';
import { EcsService } from '../services/ecs';
import { ElasticLoadBalancingService } from '../services/elastic-load-balancing';
import { EmrServerlessService } from '../services/emr-serverless';
import { EventRulesService } from '../services/event-rules';
import { EventBus } from '../services/events';
import {
  accessKeyOf,
  type KubernetesData,
  KubernetesService,
  selfSigned,
} from '../services/kubernetes';
import { MetricsService } from '../services/metrics';
import { RdsService } from '../services/rds';
import { RedshiftServerlessService, RedshiftService } from '../services/redshift-admin';
import { RedshiftDataService } from '../services/redshift-data';
import { ObjectStore, S3Service } from '../services/s3';
import { SecretsService } from '../services/secrets';
import { type CallRecord, Server } from '../services/server';
import { Fleet } from '../services/servers/fleet';
import { SnsService } from '../services/sns';
import { SystemsManagerService } from '../services/ssm';
import { StepFunctionsService } from '../services/step-functions';
import { StsService } from '../services/sts';
import { WarehouseRoles } from '../warehouse/roles';
import type { WarehouseTemplate } from '../warehouse/template';
import { Warehouse, type WarehouseOptions } from '../warehouse/warehouse';
import type { Account, GateAct } from './account';
import type { Credentials } from './contract';
import { arnIn, type Place } from './place';
import { deliver, measure, tell } from './reactions';

/** Code of ClickHouse: a backup of that name is there. */
const BACKUP_THERE = 598;

/** The stand-ins; see the head of the file. */
export class StandIns {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  endpointUrl = '';
  readonly operatorCredentials: Credentials;
  /** What went wrong in the stand-ins themselves, and deliveries nobody waits for. */
  readonly problems: Error[] = [];
  readonly iam: Iam;
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly alarms: AlarmService;
  readonly topics: SnsService;
  /** Ingestion servers of the scenario. */
  readonly ingestion: readonly Fleet[];
  /** Only when the scenario has them. */
  readonly cloudformation?: CloudFormationService;
  /** Stacks of the assembly, as CloudFormation tells of them. */
  protected readonly deployed: DeployedStacks;
  warehouse?: Warehouse;
  /** Clusters of MySQL, by name. */
  readonly clusters = new Map<string, MySqlCluster>();
  /** ClickHouse, where the scenario has it. */
  clickhouse?: ClickHouseServer;
  /** Tutor hosts of the scenario. */
  hosts: readonly TutorHost[] = [];
  /** Clickstream Analytics on AWS, where the scenario has it. */
  clickstream?: Solution;
  protected readonly server: Server;
  /** The door of the solution's web console. */
  private console?: Server;
  protected readonly tables: DynamoDbService;
  readonly bus: EventBus;
  readonly rules: EventRulesService;
  readonly emr: EmrServerlessService;
  /** Only when the scenario has a cluster. */
  kubernetes?: KubernetesService;
  /** The door of its API server. */
  private cluster?: Server;
  private readonly secrets: Record<string, unknown>;
  protected readonly callers: Callers;
  protected functions?: Functions;
  protected data?: RedshiftDataService;
  /** What the operator does for gates. */
  private preparing = Promise.resolve();
  private readonly closing = heardByMany(new AbortController());

  constructor(
    readonly clock: RealClock | VirtualClock,
    readonly faults: Faults,
    place: Place,
    readonly scenario: Account,
  ) {
    const { account, region } = place;
    const arn = arnIn(place);
    this.account = account;
    this.secrets = { ...scenario.secrets };
    this.region = region;
    this.partition = place.partition;
    this.iam = new Iam(account);
    this.callers = new Callers(clock);
    this.operatorCredentials = this.operator(`arn:aws:iam::${account}:user/operator`);
    this.store = new ObjectStore(clock);
    this.topics = new SnsService(clock, this.iam);
    this.tables = new DynamoDbService(clock, arn('dynamodb', 'table/'));
    this.alarms = new AlarmService(clock, (...alarm) => tell(this, ...alarm));
    this.bus = new EventBus(clock, faults, account, (...delivery) =>
      deliver({ ...this, functions: this.functions!, signal: this.closing.signal }, ...delivery),
    );
    this.bus.listeners.add((event) => measure(this.alarms, event));
    this.topics.listeners.add(({ subject = '', message }) => {
      const [, gate] = / asks: (\S+)/.exec(subject) ?? [];
      const [, run] = /^Run: (\S+)$/m.exec(message) ?? [];
      if (gate) void this.prepareGate(gate, run);
    });
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
    this.ingestion = (scenario.ingestion ?? []).map((data) => {
      const where = data.region ?? region;
      return new Fleet(data, clock, where, (service, rest) => arn(service, rest, where));
    });
    const { iam, callers, problems, ingestion } = this;
    this.server = new Server({ clock, faults, iam, callers, problems });
    const of = (service: string) => (resource: string, where?: string) =>
      arn(service, resource, where);
    this.rules = new EventRulesService(this.bus, clock, of('events'));
    for (const rule of scenario.rules ?? []) this.rules.put(rule);
    const publish = this.bus.publish.bind(this.bus);
    this.emr = new EmrServerlessService(clock, of('emr-serverless'), publish, scenario.emr);
    this.server.add(
      this.rules,
      this.emr,
      new StsService(clock, this.callers),
      new MetricsService(clock, scenario.metrics ?? []),
      new SecretsService(
        clock,
        arn('secretsmanager', 'secret:'),
        this.secrets,
        scenario.secretTags,
      ),
      new RdsService(clock, of('rds'), scenario.rds ?? {}),
      new Ec2Service(account, scenario.ec2 ?? {}),
      new S3Service(this.store),
      new StepFunctionsService(this.engine, clock),
      this.topics,
      this.tables,
      new EcsService(clock, ingestion),
      new AutoScalingService(ingestion),
      new ApplicationAutoScalingService(ingestion),
      new ElasticLoadBalancingService(ingestion),
    );
    if (scenario.cloudformation) {
      this.cloudformation = new CloudFormationService(
        clock,
        (where, resource) => arn('cloudformation', resource, where),
        (roleArn, stackArn) => this.iam.assume('cloudformation.amazonaws.com', roleArn, stackArn),
        scenario.cloudformation,
      );
    }
    const unknown = (where: string, name: string) =>
      arn('cloudformation', `stack/${name}/none`, where);
    this.deployed = new DeployedStacks(clock, unknown, this.cloudformation);
    this.server.add(this.deployed);
  }

  /** Ends everything and removes what was written. */
  async stop(): Promise<void> {
    this.closing.abort(new Error('the rehearsal is over'));
    this.engine.close();
    this.clickstream?.stop();
    this.clock.stop();
    await this.functions?.stop();
    await this.server.stop();
    await this.console?.stop();
    await this.cluster?.stop();
    await Promise.all(this.hosts.map((host) => host.stop()));
    await this.clickhouse?.stop();
    await Promise.all([...this.clusters.values()].map((cluster) => cluster.stop()));
    await this.warehouse?.stop();
  }

  /** Brings the solution to life, once everything it works with is there. */
  protected async startSolution(data: ClickstreamData, scenarioDir: string): Promise<void> {
    const { clock, iam, callers, faults, problems, region } = this;
    const solution = new Solution(
      {
        ...this,
        partition: this.partition,
        tables: this.tables,
        cloudformation: this.cloudformation!,
        functions: this.functions!,
        warehouse: this.warehouse!,
        data: this.data!,
        secrets: this.secrets,
      },
      data,
      scenarioDir,
    );
    // Browsers and tests have no key of ours.
    const visitor = this.operator(`arn:aws:iam::${this.account}:user/visitor`).accessKeyId;
    const entrance = (headers: IncomingHttpHeaders) => ({
      accessKeyId: String(headers['x-rehearsal-key'] ?? visitor),
      region,
      service: solution.console.target,
    });
    const beside = this.server;
    this.console = new Server({ clock, faults, iam, callers, problems, entrance, beside });
    this.console.add(solution.console);
    this.clickstream = solution;
    await solution.start(await this.console.start());
  }

  /** Starts the cluster's API server; its secret says where it is and whom to trust. */
  private async startCluster(data: KubernetesData): Promise<void> {
    const { clock, iam, callers, faults, problems, region, account } = this;
    // The server itself refuses a token that is none of ours, in the cluster's own words.
    const visitor = this.operator(`arn:aws:iam::${account}:user/visitor`).accessKeyId;
    const entrance = ({ authorization }: IncomingHttpHeaders) => {
      const key = accessKeyOf(authorization);
      const accessKeyId = isKnown(callers, key) ? key : visitor;
      return { accessKeyId, region, service: 'kubernetes' };
    };
    const tls = selfSigned('rehearsed cluster');
    const beside = this.server;
    this.cluster = new Server({ clock, faults, iam, callers, problems, entrance, beside, tls });
    this.kubernetes = new KubernetesService(clock, data);
    this.cluster.add(this.kubernetes);
    const endpoint = await this.cluster.start();
    if (data.secret === undefined) return;
    const members = this.secrets[data.secret] as object | undefined;
    this.secrets[data.secret] = { ...members, endpoint, certificateAuthority: tls.cert };
  }

  /** Keys of somebody who is no role. */
  protected operator(arn: string): Credentials {
    const { account } = this;
    return this.callers.mint({ kind: 'operator', arn, account }, newProcess()).credentials;
  }

  /** Opens the door; functions find it by their environment. */
  protected async open(onLog: (spec: FunctionSpec, line: string) => void): Promise<Functions> {
    const { clock, iam, callers, faults, account, region } = this;
    const endpointUrl = await this.server.start();
    this.endpointUrl = endpointUrl;
    if (this.scenario.kubernetes) await this.startCluster(this.scenario.kubernetes);
    this.functions = new Functions({
      clock,
      iam,
      callers,
      faults,
      account,
      region,
      endpointUrl,
      onLog,
    });
    return this.functions;
  }

  /** The only MySQL cluster of most scenarios. */
  get mysql(): MySqlCluster | undefined {
    return [...this.clusters.values()][0];
  }

  /** Starts a MySQL cluster; its secrets say where it is and whom to trust. */
  protected async startMySql(data: MySqlData, sql: readonly string[]): Promise<void> {
    const { clock, faults, callers, store, iam, account, problems } = this;
    const { stopsWithClient, statementMs, actors, replicas, secrets = [], ...place } = data;
    const uploads = { store, iam, account, ...place };
    const record = (call: CallRecord) => this.noteCall(call);
    const tls = selfSigned('rehearsed database');
    const world = { clock, faults, callers, uploads, tls, record, problems };
    const own = { sql, stopsWithClient, statementMs, actors, replicas };
    const cluster = await MySqlCluster.start({ ...world, ...own });
    this.clusters.set(data.name ?? 'mysql', cluster);
    const { host, port } = cluster;
    for (const name of secrets) {
      const members = this.secrets[name] as object | undefined;
      this.secrets[name] = { ...members, host, port, certificateAuthority: tls.cert };
    }
  }

  /** Starts ClickHouse; its secrets say where it is. */
  protected async startClickHouse(data: ClickHouseData, sql: readonly string[]): Promise<void> {
    const { clock, faults, callers } = this;
    const { secrets = [], sql: _, ...settings } = data;
    const record = (call: CallRecord) => this.noteCall(call);
    const world = { clock, faults, callers, record };
    this.clickhouse = await ClickHouseServer.start({ ...settings, ...world, sql });
    const { url } = this.clickhouse;
    for (const name of secrets) {
      this.secrets[name] = { ...(this.secrets[name] as object | undefined), url };
    }
  }

  /** Starts the hosts; their jobs reach ClickHouse as those in docker do. */
  protected async startTutor(data: readonly HostData[], scenarioDir?: string): Promise<void> {
    const { clock, problems, clickhouse } = this;
    const ground = { clock, problems, scenarioDir, clickhouse: clickhouse?.url };
    this.hosts = await Promise.all(data.map((one) => TutorHost.start(one, ground)));
    if (this.hosts.length === 0) return;
    const arn = arnIn(this);
    const of = (service: string, resource: string, where?: string) => arn(service, resource, where);
    this.server.add(new SystemsManagerService(clock, this.hosts, of, problems));
  }

  /** A call at a door of its own: kept and told as those of the services are. */
  private noteCall(call: CallRecord): void {
    const { server } = this;
    server.calls.push(call);
    if (call.error !== undefined) return;
    for (const listener of server.listeners) listener(call, { Sql: call.sql });
  }

  /** Has the operator do what a gate asks for, one thing after the other; time stands still until it is done. */
  async prepareGate(gate: string, run = ''): Promise<void> {
    const { clock, problems, scenario } = this;
    const release = clock.hold();
    // A gate may be told of twice.
    this.preparing = this.preparing
      .then(async () => {
        for (const act of scenario.gates?.[gate] ?? []) await this.prepare(gate, act, run);
      })
      .catch((error) => void problems.push(error))
      .finally(release);
    await this.preparing;
  }

  private async prepare(gate: string, act: GateAct, run: string): Promise<void> {
    const { clusters, clickhouse, hosts } = this;
    const inRun = (text: string) => text.replaceAll('$run', run);
    if ('host' in act) {
      const { status, errors } = await hosts
        .find(({ id }) => id === act.host)!
        .run(inRun(act.script));
      if (status !== 0) throw new Error(`gate ${gate}: ${errors}`);
      return;
    }
    const { cluster, sql } = act;
    const found = cluster === 'clickhouse' ? clickhouse : clusters.get(cluster);
    if (!found) throw new Error(`gate ${gate}: the scenario has no cluster ${cluster}`);
    await found.query(inRun(sql)).catch((error) => {
      if (error.code !== BACKUP_THERE) throw error;
    });
  }

  protected async startWarehouse(
    contents: Omit<WarehouseOptions, 'clock' | 'lambda' | 'storage'>,
    template: WarehouseTemplate | undefined,
  ): Promise<void> {
    const { clock, faults, scenario } = this;
    const roles = new WarehouseRoles(scenario.warehouse!, clock);
    const lambda = roles.caller(this.iam, this.functions!, this.account);
    const storage = roles.storage(this.iam, this.store, this.account);
    this.server.add(new RedshiftServerlessService(roles, clock), new RedshiftService(roles, clock));
    this.warehouse = await Warehouse.start({ clock, lambda, storage, ...contents }, template);
    this.data = new RedshiftDataService({
      clock,
      warehouses: [this.warehouse],
      throttling: scenario.throttling,
      publish: (event) => this.bus.publish(event),
      faults: {
        beforeStatement: (sql) => {
          const fault = faults.take('statement', { sql });
          if (!fault) return undefined;
          const { message, table } = fault;
          return fault.kind === 'lie'
            ? { kind: 'swallow', table, message }
            : { kind: 'error', message };
        },
      },
      pretend: (sql) => faults.take('duration', { sql })?.seconds,
    });
    this.server.add(this.data);
  }
}

function isKnown(callers: Callers, accessKeyId: string | undefined): boolean {
  try {
    return callers.find(accessKeyId) !== undefined;
  } catch {
    return false;
  }
}
