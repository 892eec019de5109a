// The engine's front: what the stand-in of the Step Functions API and the CLI ask of it.
import { heardByMany } from '../clock';
import { ServiceError } from '../types';
import { Callbacks } from './callbacks';
import type { Entry } from './children';
import { type Json, readDefinition } from './definition';
import { describeMapRun, type ExecutionDescription } from './descriptions';
import { Execution, type ExecutionStatus } from './execution';
import { Expressions } from './expressions';
import { MAX_DEFINITION_BYTES } from './fields';
import { type HistoryEvent, wireEvent } from './history';
import { type Page, page } from './paging';
import { fits } from './payload';
import { Registry } from './registry';
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

export class Engine {
  private readonly machines = new Map<string, StateMachine>();
  private readonly registry = new Registry();
  private readonly redriveTokens = new Map<string, RedriveToken[]>();
  private readonly closing = heardByMany(new AbortController());
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
      register: (thing) => this.registry.register(thing),
      forget: (execution) => this.registry.forget(execution),
      spill: this.registry.spill,
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
    const known = this.registry.find(executionArn);
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
    const known = this.registry.known(executionArn);
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
    return this.registry.describe(executionArn);
  }

  /** Resolves with the description once the execution is closed. */
  async finished(executionArn: string): Promise<ExecutionDescription> {
    const known = this.registry.find(executionArn);
    if (known instanceof Execution) await known.closed();
    return this.describeExecution(executionArn);
  }

  /** Aborts the execution and its children; Lambda invocations under way are not stopped. */
  stop(executionArn: string, error?: string, cause?: string): { stopDate: number } {
    const known = this.registry.find(executionArn);
    if (known instanceof Execution) known.close('ABORTED', { error, cause });
    return { stopDate: this.describeExecution(executionArn).stopDate! };
  }

  redrive(executionArn: string, clientToken?: string): { redriveDate: number } {
    const known = this.registry.find(executionArn);
    const now = this.options.clock.now();
    const tokens = this.redriveTokens.get(executionArn) ?? [];
    const earlier = tokens.find(
      ({ token, redriveDate }) => token === clientToken && now - redriveDate <= TOKEN_MS,
    );
    if (earlier !== undefined) return { redriveDate: earlier.redriveDate };
    if (!(known instanceof Execution) || known.props.mapRun !== undefined) {
      const message = 'Labeled Execution ARNs are not supported for this API';
      throw new ServiceError('ValidationException', message);
    }
    const { redriveStatusReason: reason } = this.describeExecution(executionArn);
    if (reason !== undefined) throw new ServiceError('ExecutionNotRedrivable', reason);
    known.redrive();
    const { redriveDate = now } = known;
    if (clientToken !== undefined) {
      const kept = [...tokens, { token: clientToken, redriveDate }].slice(-TOKENS_KEPT);
      this.redriveTokens.set(executionArn, kept);
    }
    return { redriveDate };
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
        ? this.registry.entriesOf(this.stateMachine(String(stateMachineArn)).arn)
        : this.registry.mapRun(mapRunArn).children.entries();
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
    this.registry.find(executionArn);
    const runs = [...this.registry.mapRunsOf(executionArn)].reverse();
    return page(runs, request, ({ number }) => -number, describeMapRun);
  }

  describeMapRun(mapRunArn: string): Record<string, unknown> {
    return describeMapRun(this.registry.mapRun(mapRunArn));
  }

  /** Events in the shape of GetExecutionHistory, timestamps in seconds. */
  history(executionArn: string, request: ReadHistory = {}): Page<Record<string, unknown>> {
    const { reverseOrder = false, includeExecutionData = true } = request;
    const events = this.registry.events(executionArn);
    const ordered = reverseOrder ? [...events].reverse() : events;
    const order = (event: HistoryEvent) => (reverseOrder ? -event.id : event.id);
    return page(ordered, request, order, (event) => wireEvent(event, includeExecutionData));
  }

  /** Number of events in a history. */
  eventCount(executionArn: string): number {
    return this.registry.events(executionArn).length;
  }

  /** Ends everything that runs, invocations included, and tells nobody. */
  close(): void {
    this.closing.abort(new Error('the engine is closed'));
    this.registry.close();
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
