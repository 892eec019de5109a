// Clickstream Analytics on AWS as far as an upgrade meets it: its state machines and their functions, its
// console, its jobs and loads, all in the account's stand-ins.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf as ruleName } from '../services/events';
import { ConsoleApi } from './console';
import type { ClickstreamData, MachineName, StackKind } from './data';
import { Ground, type Surroundings } from './ground';
import { Life, type Processing } from './life';
import { type Generation, Loads } from './loads';
import { metricsFunctions } from './metrics';
import { describedAs, Pipeline } from './pipeline';
import { startSchemas } from './schema';
import { Statements } from './statements';

const EMR_OUTPUT = /EMRServerlessApplicationId$/;
const NEW_TEMPLATE = { id: 'lt-0clickstream', version: '1' };

/** The solution; see the head of the file. */
export class Solution {
  readonly pipeline: Pipeline;
  readonly console: ConsoleApi;
  readonly loads: Loads;
  /** Only where events arrive. */
  readonly life?: Life;
  private readonly ground: Ground;
  private processing: Processing;
  private end = () => {};

  constructor(
    around: Surroundings,
    private readonly data: ClickstreamData,
    private readonly scenarioDir: string,
  ) {
    const generation = generationOf(data);
    this.ground = new Ground(around, data);
    this.loads = new Loads(this.ground, generation);
    const name = nameOf(data);
    const application =
      around.emr.jobs.named(name).at(-1) ?? around.emr.jobs.createApplication(name, around.region);
    this.processing = { application, generation };
    this.pipeline = new Pipeline(this.ground, {
      outputsOf: (kind, { outputs }) => this.outputsOf(kind, outputs),
      updated: (kind) => this.updated(kind),
    });
    for (const stack of this.pipeline.stacks) {
      stack.put({ outputs: withApplication(stack.outputs, application) });
    }
    this.console = new ConsoleApi(this.ground, this.pipeline);
    if (data.life) {
      this.life = new Life(this.ground, this.loads, data.life, () => this.processing);
    }
    this.makeMachines();
  }

  /** Begins to live; the console answers at an address. */
  async start(consoleUrl: string): Promise<void> {
    const { cloudformation, tables } = this.ground.around;

    const { consoleVersion: version, consoleStack } = this.data;
    const generation = generationOf(this.data);
    const stack = cloudformation.find(consoleStack);
    stack?.put({
      outputs: { ...stack.outputs, ControlPlaneURL: consoleUrl },
      description: version && describedAs(stack.description, version),
    });
    await tables.putTable({
      name: this.data.loadFiles,
      key: { s3_uri: 'S' },
      indexes: { status_timestamp_index: { job_status: 'S', timestamp: 'N' } },
    });
    await this.loads.know(generation);
    if (generation === 'upgraded') this.updated('Ingestion');
    this.end = this.life?.begin() ?? this.end;
  }

  stop(): void {
    this.end();
  }

  private makeMachines(): void {
    const { around } = this.ground;
    const { iam, functions, engine, partition, region, account } = around;
    const statements = new Statements(this.ground);
    const all = {
      submit: (input: Readonly<Record<string, unknown>>) => statements.submit(input),
      status: (input: Readonly<Record<string, unknown>>) => statements.status(input),
      ...this.loads.functions,
      ...metricsFunctions(this.ground, () => this.pipeline.zones),
      ...this.pipeline.functions,
    };
    const lambda = (name: string) =>
      `arn:${partition}:lambda:${region}:${account}:function:clickstream-solution-${name}`;
    for (const [name, run] of Object.entries(all)) functions.addOwn(lambda(name), run);
    const folder = join(this.scenarioDir, 'machines');
    for (const file of readdirSync(folder)) {
      const machine = this.data.machines[file.replace('.asl.json', '') as MachineName];
      const roleArn = `arn:${partition}:iam::${account}:role/${machine.slice(0, 60)}`;
      const Principal = { Service: 'states.amazonaws.com' };
      const Statement = [{ Effect: 'Allow' as const, Principal, Action: 'sts:AssumeRole' }];
      iam.protect(roleArn, { Statement });
      const Resource = lambda('*');
      const right = { Effect: 'Allow' as const, Action: 'lambda:InvokeFunction', Resource };
      iam.attach(roleArn, { Statement: [right] });
      const text = readFileSync(join(folder, file), 'utf8');
      const definition = text.replace(/\$\{([\w-]+)\}/g, (_, name: string) => lambda(name));
      engine.createStateMachine({ name: machine, roleArn, definition });
    }
  }

  private outputsOf(kind: StackKind, outputs: Readonly<Record<string, string>>) {
    if (kind !== 'DataProcessing') return undefined;
    const { around, solution } = this.ground;
    // Each version has an application of its own; jobs go there once the stack is updated.
    const id = around.emr.jobs.createApplication(nameOf(solution), around.region);
    this.coming = { application: id, generation: 'upgraded' };
    return withApplication(outputs, id);
  }

  private coming?: Processing;

  private updated(kind: StackKind): void {
    const { around, solution } = this.ground;
    if (kind === 'Ingestion') {
      for (const fleet of around.ingestion) fleet.useTemplate({ launchTemplate: NEW_TEMPLATE });
    }
    if (kind === 'DataProcessing') {
      this.processing = this.coming ?? this.processing;
      // Written again from the console's records, in which nobody has disabled it.
      const rules = around.bus.rulesIn(around.region);
      for (const rule of rules) if (ruleName(rule) === solution.rules.submit) rule.disabled = false;
    }
    if (kind !== 'DataModelingRedshift') return;
    void this.ground.held(() => this.loads.know('upgraded'));
    const apps = Object.keys(solution.apps);
    void startSchemas(this.ground, this.scenarioDir, apps).catch((error: Error) =>
      around.problems.push(error),
    );
  }
}

const generationOf = ({ schema }: ClickstreamData): Generation =>
  schema === 'legacy' ? 'legacy' : 'upgraded';

const nameOf = ({ project }: ClickstreamData) => `Clickstream-${project}`.slice(0, 64);

const withApplication = (outputs: Readonly<Record<string, string>>, id: string) =>
  Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, EMR_OUTPUT.test(key) ? id : value]),
  );
