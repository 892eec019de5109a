// The engine's front: what the stand-in of the Step Functions API and the CLI ask of it.
import { ServiceError } from '../types';
import { Callbacks } from './callbacks';
import { type Entry, entryOf, groupOf } from './children';
import { type Json, readDefinition } from './definition';
import { describeExecution, describeMapRun, type ExecutionDescription } from './descriptions';
import { Execution, type ExecutionStatus } from './execution';
import { Expressions } from './expressions';
import { MAX_DEFINITION_BYTES } from './fields';
import { type HistoryEvent, wireEvent } from './history';
import type { MapRun } from './map-run';
import { type Page, page } from './paging';
import { fits } from './payload';
import { Spill } from './spill';
import { Turns } from './turns';
import type { EngineOptions, StateMachine, World } from './world';

export type { ExecutionDescription } from './descriptions';
export type { EngineOptions, StateMachine } from './world';
export type { ExecutionStatus, HistoryEvent, Page };

export interface CreateStateMachine {
  readonly name: string;
  /** Text of the definition, or the definition, ARNs resolved. */
  readonly definition: string | Json;
  readonly roleArn: string;
}

export interface Start {
  readonly stateMachineArn: string;
  /** @default - a random one */
  readonly name?: string;
  /** JSON text. @default '{}' */
  readonly input?: string;
}

export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface ListExecutions extends PageRequest {
  readonly stateMachineArn?: string;
  readonly mapRunArn?: string;
  readonly statusFilter?: string;
  readonly redriveFilter?: string;
}

export interface ReadHistory extends PageRequest {
  readonly reverseOrder?: boolean;
  /** @default true */
  readonly includeExecutionData?: boolean;
}

const NAME = /^[^\s?*<>{}[\]"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;
const DAY_MS = 86_400_000;
const NAME_REUSE_DAYS = 90;
const TOKENS_KEPT = 10;
const TOKEN_MS = 15 * 60_000;
const MAX_OPEN_MAP_RUNS = 1_000;

interface RedriveToken {
  readonly token: string;
  readonly redriveDate: number;
}

interface PutAway {
  readonly run: MapRun;
  readonly index: number;
}

export class Engine {
  private readonly machines = new Map<string, StateMachine>();
  private readonly executions = new Map<string, Execution>();
  private readonly mapRuns = new Map<string, MapRun>();
  /** Map Runs by the ARN of the execution they belong to. */
  private readonly runsOf = new Map<string, MapRun[]>();
  /** Map Runs by what the names of their children have in common. */
  private readonly runsOfChildren = new Map<string, MapRun>();
  private readonly redriveTokens = new Map<string, RedriveToken[]>();
  private readonly closing = new AbortController();
  private readonly spill = new Spill();
  private readonly world: World;
  private starts = 0;

  constructor(private readonly options: EngineOptions) {
    const { partition, region, account } = options;
    this.world = {
      ...options,
      publish: (event) => this.closing.signal.aborted || options.publish(event),
      expressions: new Expressions(options.clock),
      callbacks: new Callbacks(),
      signal: this.closing.signal,
      arn: (kind, rest) => `arn:${partition}:states:${region}:${account}:${kind}:${rest}`,
      nextNumber: () => ++this.starts,
      register: (thing) => {
        if (thing instanceof Execution) this.executions.set(thing.arn, thing);
        else this.registerMapRun(thing);
      },
      forget: ({ arn }) => this.executions.delete(arn),
      spill: this.spill,
      openRuns: new Turns(MAX_OPEN_MAP_RUNS),
    };
  }

  /** @throws ServiceError InvalidDefinition naming every state and field the rehearsal does not run */
  createStateMachine({ name, definition, roleArn }: CreateStateMachine): string {
    if (!NAME.test(name)) throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    const arn = this.world.arn('stateMachine', name);
    if (this.machines.has(arn)) {
      const message = `State Machine Already Exists: '${arn}'`;
      throw new ServiceError('StateMachineAlreadyExists', message);
    }
    const creationDate = this.options.clock.now();
    const dates = { creationDate, updateDate: creationDate };
    this.machines.set(arn, { arn, name, roleArn, ...dates, ...this.parse(definition) });
    return arn;
  }

  /** New executions take the new definition; those that were started keep theirs, redriven too. */
  updateStateMachine(arn: string, definition: string | Json): void {
    const updateDate = this.options.clock.now();
    this.machines.set(arn, { ...this.stateMachine(arn), updateDate, ...this.parse(definition) });
  }

  stateMachines(): readonly StateMachine[] {
    return [...this.machines.values()];
  }

  stateMachine(arn: string): StateMachine {
    const machine = this.machines.get(arn);
    if (machine !== undefined) return machine;
    throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  /** What an execution was started with; a child's machine is that of its Map Run. */
  stateMachineOf(executionArn: string): Record<string, unknown> {
    const known = this.find(executionArn);
    const mapRun = known instanceof Execution ? known.props.mapRun : known.run;
    const { machine } = known instanceof Execution ? known.props : known.run.parent.props;
    const stateMachineArn = this.world.arn('stateMachine', mapRun?.machineName ?? machine.name);
    const { name, definition, roleArn, updateDate } = machine;
    const of = { mapRunArn: mapRun?.arn, label: mapRun?.label };
    return { stateMachineArn, name, definition, roleArn, updateDate, ...of };
  }

  /** Starts an execution; a running one of the same name and input is returned instead. */
  start(request: Start): { executionArn: string; startDate: number } {
    const { stateMachineArn, name = globalThis.crypto.randomUUID(), input = '{}' } = request;
    const machine = this.stateMachine(stateMachineArn);
    if (!NAME.test(name)) throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    const value = parseJson(
      input,
      'InvalidExecutionInput',
      'Invalid State Machine Execution Input',
    );
    if (!fits(input)) {
      const message = "Invalid State Machine Execution Input: 'larger than 262144 bytes'";
      throw new ServiceError('InvalidExecutionInput', message);
    }
    const executionArn = this.world.arn('execution', `${machine.name}:${name}`);
    const known = this.executions.get(executionArn);
    if (known !== undefined && !this.isNameFree(known)) {
      const same = known.status === 'RUNNING' && known.props.input.text === input;
      if (same) return { executionArn, startDate: known.startDate };
      const message = `Execution Already Exists: '${executionArn}'`;
      throw new ServiceError('ExecutionAlreadyExists', message);
    }
    const execution = new Execution(this.world, {
      arn: executionArn,
      name,
      machine,
      definition: machine.parsed,
      input: { value, text: input },
    });
    execution.start();
    return { executionArn, startDate: execution.startDate };
  }

  describeExecution(executionArn: string): ExecutionDescription {
    const known = this.find(executionArn);
    if (known instanceof Execution) return describeExecution(known);
    return known.run.children.description(known.index);
  }

  /** Resolves with the description once the execution is closed. */
  async finished(executionArn: string): Promise<ExecutionDescription> {
    const known = this.find(executionArn);
    if (known instanceof Execution) await known.closed();
    return this.describeExecution(executionArn);
  }

  /** Aborts the execution and its children; Lambda invocations under way are not stopped. */
  stop(executionArn: string, error?: string, cause?: string): { stopDate: number } {
    const known = this.find(executionArn);
    if (known instanceof Execution) known.close('ABORTED', { error, cause });
    return { stopDate: this.describeExecution(executionArn).stopDate! };
  }

  redrive(executionArn: string, clientToken?: string): { redriveDate: number } {
    const known = this.find(executionArn);
    const now = this.options.clock.now();
    const tokens = this.redriveTokens.get(executionArn) ?? [];
    const earlier = tokens.find(
      ({ token, redriveDate }) => token === clientToken && now - redriveDate <= TOKEN_MS,
    );
    if (earlier !== undefined) return { redriveDate: earlier.redriveDate };
    const { redriveStatus, redriveStatusReason: reason } = this.describeExecution(executionArn);
    if (redriveStatus !== 'REDRIVABLE' || !(known instanceof Execution)) {
      const message = reason ?? 'Execution is a child of a Map Run: redrive its parent.';
      throw new ServiceError('ExecutionNotRedrivable', message);
    }
    known.redrive();
    if (clientToken !== undefined) {
      const kept = [...tokens, { token: clientToken, redriveDate: now }].slice(-TOKENS_KEPT);
      this.redriveTokens.set(executionArn, kept);
    }
    return { redriveDate: now };
  }

  sendTaskSuccess(taskToken: unknown, output: unknown): void {
    const waiting = this.world.callbacks.find(taskToken);
    const text = String(output);
    parseJson(text, 'InvalidOutput', 'Invalid Output');
    if (!fits(text)) {
      throw new ServiceError('InvalidOutput', "Invalid Output: 'larger than 262144 bytes'");
    }
    waiting.succeed(text);
  }

  sendTaskFailure(taskToken: unknown, error?: string, cause?: string): void {
    this.world.callbacks.find(taskToken).fail(error, cause);
  }

  sendTaskHeartbeat(taskToken: unknown): void {
    this.world.callbacks.find(taskToken).heartbeat();
  }

  /** ARN of the machine whose task waits for a token. */
  stateMachineOfToken(taskToken: unknown): string {
    return this.world.callbacks.find(taskToken).stateMachineArn;
  }

  /** Newest first: executions of a machine, or the children of a Map Run that were started. */
  listExecutions(request: ListExecutions): Page<ExecutionDescription> {
    const { stateMachineArn, mapRunArn, statusFilter, redriveFilter } = request;
    const all: readonly Entry[] =
      mapRunArn === undefined
        ? this.executionsOf(this.stateMachine(String(stateMachineArn)).arn)
        : this.mapRun(mapRunArn).children.entries();
    const wanted = all.filter(
      ({ status, redriveCount }) =>
        (statusFilter === undefined || status === statusFilter) &&
        (redriveFilter === undefined || (redriveFilter === 'REDRIVEN') === redriveCount > 0),
    );
    wanted.sort((a, b) => b.number - a.number);
    const describe = (entry: Entry) => entry.describe();
    return page(wanted, request, ({ number }) => -number, describe);
  }

  listMapRuns(executionArn: string, request: PageRequest = {}): Page<Record<string, unknown>> {
    this.find(executionArn);
    const runs = [...(this.runsOf.get(executionArn) ?? [])].reverse();
    return page(runs, request, ({ number }) => -number, describeMapRun);
  }

  describeMapRun(mapRunArn: string): Record<string, unknown> {
    return describeMapRun(this.mapRun(mapRunArn));
  }

  /** Events in the shape of GetExecutionHistory, timestamps in seconds. */
  history(executionArn: string, request: ReadHistory = {}): Page<Record<string, unknown>> {
    const { reverseOrder = false, includeExecutionData = true } = request;
    const events = this.events(executionArn);
    const ordered = reverseOrder ? [...events].reverse() : events;
    const order = (event: HistoryEvent) => (reverseOrder ? -event.id : event.id);
    return page(ordered, request, order, (event) => wireEvent(event, includeExecutionData));
  }

  /** Number of events in a history. */
  eventCount(executionArn: string): number {
    return this.events(executionArn).length;
  }

  /** Ends everything that runs, invocations included, and tells nobody. */
  close(): void {
    this.closing.abort(new Error('the engine is closed'));
    for (const execution of this.executions.values()) execution.close('ABORTED', {});
    this.spill.close();
  }

  private parse(definition: string | Json): Pick<StateMachine, 'definition' | 'parsed'> {
    const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
    if (Buffer.byteLength(text) > MAX_DEFINITION_BYTES) {
      const message = `Invalid State Machine Definition: 'larger than ${MAX_DEFINITION_BYTES} bytes'`;
      throw new ServiceError('InvalidDefinition', message);
    }
    const source = parseJson(text, 'InvalidDefinition', 'Invalid State Machine Definition');
    return { definition: text, parsed: readDefinition(source as Json, this.world.expressions) };
  }

  private registerMapRun(run: MapRun): void {
    this.mapRuns.set(run.arn, run);
    this.runsOfChildren.set(groupOf(run.children.nameOf(0)), run);
    const { arn } = run.parent;
    this.runsOf.set(arn, [...(this.runsOf.get(arn) ?? []), run]);
  }

  /** An execution, or the place of one whose record is in the spill file. */
  private find(arn: string): Execution | PutAway {
    const execution = this.executions.get(arn);
    if (execution !== undefined) return execution;
    const [, name] = /^arn:[\w-]+:states:[^:]*:[^:]*:execution:[^:]+:([^:]+)$/.exec(arn) ?? [];
    if (name === undefined) throw new ServiceError('InvalidArn', `Invalid Arn: '${arn}'`);
    const run = this.runsOfChildren.get(groupOf(name));
    const index = run?.children.find(name);
    if (run !== undefined && index !== undefined && run.childArn(name) === arn) {
      return { run, index };
    }
    throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  private events(arn: string): readonly HistoryEvent[] {
    const known = this.find(arn);
    return known instanceof Execution ? known.events : known.run.children.events(known.index);
  }

  private executionsOf(stateMachineArn: string): Entry[] {
    return [...this.executions.values()]
      .filter(({ props: { mapRun, machine } }) => !mapRun && machine.arn === stateMachineArn)
      .map((execution) => entryOf(execution));
  }

  private mapRun(arn: string): MapRun {
    const run = this.mapRuns.get(arn);
    if (run === undefined)
      throw new ServiceError('ResourceNotFound', `Resource not found: '${arn}'`);
    return run;
  }

  private isNameFree({ stopDate }: Execution): boolean {
    if (stopDate === undefined) return false;
    return this.options.clock.now() - stopDate > NAME_REUSE_DAYS * DAY_MS;
  }
}

function parseJson(text: string, code: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ServiceError(code, `${message}: '${(error as Error).message}'`);
  }
}
