// The console's record of a pipeline, and the workflow that upgrades its stacks: level by level, all of a
// level at once, polled every 30 seconds. Only a status that ends in FAILED stops it.

import type { Stack } from '../services/cloudformation';
import type { StackFailure, StackKind } from './data';
import { failure, type Ground, type Members } from './ground';

const LEVELS: readonly (readonly StackKind[])[] = [
  ['ServiceCatalogAppRegistry'],
  ['Metrics', 'Ingestion', 'DataProcessing'],
  ['DataModelingRedshift'],
  ['Reporting'],
];

const VERSION = 'aws-solution/version';
const PROJECT = 'aws-solution/clickstream/project';
const DESCRIPTION = /\(Version (v[\d.]+)\)(?:\(Build ([^)]*)\))?/;

/** What follows from the update of a stack. */
export interface Consequences {
  /** Outputs the new version has, made when its update begins. */
  outputsOf(kind: StackKind, stack: Stack): Readonly<Record<string, string>> | undefined;
  /** The update is complete. */
  updated(kind: StackKind): void;
}

export type PipelineStatus = 'Active' | 'Updating' | 'Failed' | 'Warning';

/** The pipeline; see the head of the file. */
export class Pipeline {
  /** Time zones by application. */
  readonly zones: Map<string, string>;
  templateVersion: string;
  lastAction: 'Create' | 'Upgrade' = 'Create';
  /** ARN of the workflow's execution. */
  execution?: string;
  private level = 0;
  private begun = new Set<string>();
  private readonly struck = new Map<StackFailure, number>();

  constructor(
    private readonly ground: Ground,
    private readonly consequences: Consequences,
  ) {
    const { apps, version } = ground.solution;
    this.templateVersion = version;
    this.zones = new Map(Object.entries(apps).filter(([, zone]) => zone !== ''));
    for (const stack of this.stacks) stack.put(this.contentsOf(stack, version));
  }

  /** Its root stacks. */
  get stacks(): readonly Stack[] {
    const { project, prefix } = this.ground.solution;
    return this.ground.around.cloudformation
      .stacks()
      .filter(({ name, tags, parent }) =>
        Boolean(!parent && (tags[PROJECT] === project || kindOf(prefix, name))),
      );
  }

  /** Full version of the console, from its stack's description. */
  get consoleVersion(): string {
    const { cloudformation } = this.ground.around;
    const stack = cloudformation.find(this.ground.solution.consoleStack);
    const [, version = 'v0.0.0', build] = DESCRIPTION.exec(stack?.description ?? '') ?? [];
    return build ? `${version}-${build}` : version;
  }

  get status(): PipelineStatus {
    const run = this.execution && this.ground.around.engine.describeExecution(this.execution);
    const failed = this.lastAction === 'Upgrade' ? 'Warning' : 'Failed';
    const { stacks } = this;
    const some = (pattern: RegExp) => stacks.some(({ status }) => pattern.test(status));
    if (run && !['RUNNING', 'SUCCEEDED'].includes(run.status)) return failed;
    if ((run && run.status === 'RUNNING') || some(/_IN_PROGRESS$/)) return 'Updating';
    if (some(/_FAILED$|_ROLLBACK_COMPLETE$/)) return failed;
    return new Set(stacks.map(({ tags }) => tags[VERSION])).size > 1 ? 'Warning' : 'Active';
  }

  /** Starts the workflow. */
  upgrade(): void {
    const { engine, clock } = this.ground.around;
    this.lastAction = 'Upgrade';
    this.templateVersion = this.consoleVersion;
    this.level = 0;
    this.begun = new Set();
    this.execution = engine.start({
      stateMachineArn: this.ground.machine('stack-workflow'),
      name: `main-${this.ground.solution.pid}-${clock.now()}`,
      input: JSON.stringify({ version: this.templateVersion }),
    }).executionArn;
  }

  /** One look of the workflow. */
  readonly functions = {
    stacks: async (_: Members) => {
      const { prefix } = this.ground.solution;
      const kinds = LEVELS[this.level] ?? [];
      const own = this.stacks.filter(({ name }) => kinds.includes(kindOf(prefix, name)!));
      for (const stack of own) this.begin(stack, kindOf(prefix, stack.name)!);
      if (own.some(({ status }) => status.endsWith('_IN_PROGRESS'))) return { done: false };
      const stuck = own.filter(({ status }) => status.endsWith('FAILED'));
      if (stuck.length > 0) {
        throw failure('Error', `stacks failed: ${stuck.map(({ name }) => name).join(', ')}`);
      }
      this.level += 1;
      return { done: this.level >= LEVELS.length };
    },
  };

  private begin(stack: Stack, kind: StackKind): void {
    if (this.begun.has(stack.name)) return;
    this.begun.add(stack.name);
    const version = this.templateVersion;
    // "No updates are to be performed" is as good as an update.
    if (stack.tags[VERSION] === version && /^(CREATE|UPDATE)_COMPLETE$/.test(stack.status)) return;
    const occasion = { service: 'cloudformation', operation: 'UpdateStack', state: stack.name };
    const fault = this.ground.around.faults.take('call', occasion);
    const scripted = this.strikes(this.ground.solution.fails?.[kind]);
    const fails = scripted ?? (fault && { reason: fault.message ?? 'Fault of the rehearsal' });
    const outputs = fails ? undefined : this.consequences.outputsOf(kind, stack);
    const contents = this.contentsOf(stack, version);
    void this.ground.around.cloudformation
      .begin(stack.name, { ...contents, outputs, fails })
      .then((status) => status === 'UPDATE_COMPLETE' && this.consequences.updated(kind));
  }

  /** What a version changes in each stack. */
  private contentsOf({ tags, description }: Stack, version: string) {
    const { project } = this.ground.solution;
    const own = { 'aws-solution/name': 'Clickstream', [VERSION]: version, [PROJECT]: project };
    return { description: describedAs(description, version), tags: { ...tags, ...own } };
  }

  private strikes(fails: StackFailure | undefined): StackFailure | undefined {
    const before = fails ? (this.struck.get(fails) ?? 0) : 0;
    if (!fails || before >= fails.times) return undefined;
    this.struck.set(fails, before + 1);
    return fails;
  }
}

/** Kind of a root stack by its name: `<prefix>-Ingestion-s3-<pid>`. */
export function kindOf(prefix: string, name: string): StackKind | undefined {
  if (!name.startsWith(`${prefix}-`)) return undefined;
  const kind = name.slice(prefix.length + 1).split('-')[0];
  return LEVELS.flat().find((one) => one === kind);
}

/** A description with another version in it. */
export function describedAs(description: string, version: string): string {
  const [short, ...build] = version.split('-');
  const text = `(Version ${short})${build.length > 0 ? `(Build ${build.join('-')})` : ''}`;
  return description.replace(DESCRIPTION, text);
}
