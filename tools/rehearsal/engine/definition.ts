// Reads a definition into states, and refuses by name whatever the rehearsal does not run.
// https://states-language.net/spec.html
import { ServiceError } from '../types';
import { type Expressions, isExpression, isHalfOpen } from './expressions';

export type Json = Readonly<Record<string, unknown>>;
export type StateType = 'Task' | 'Choice' | 'Pass' | 'Succeed' | 'Fail' | 'Wait' | 'Map';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Json;
}

export interface ChoiceRule {
  readonly Condition: unknown;
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Json;
}

/** A state, its fields as written. */
export interface State {
  readonly name: string;
  readonly type: StateType;
  readonly next?: string;
  readonly fields: Json;
  readonly assign?: Json;
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
  /** The states inside a Map. */
  readonly processor?: Graph;
  /** Of a distributed Map. */
  readonly label?: string;
}

export interface Graph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export interface Definition extends Graph {
  readonly timeoutSeconds?: number;
}

const FLOW = ['Next', 'End', 'Output', 'Assign'];
const GUARDS = ['Retry', 'Catch'];
const MAP = 'Items ItemSelector ItemProcessor MaxConcurrency'.split(' ');
const DISTRIBUTED = 'ToleratedFailurePercentage ToleratedFailureCount Label'.split(' ');
const FIELDS: Readonly<Record<StateType, readonly string[]>> = {
  Task: ['Resource', 'Arguments', 'TimeoutSeconds', 'HeartbeatSeconds', ...FLOW, ...GUARDS],
  Choice: ['Choices', 'Default', 'Output', 'Assign'],
  Pass: FLOW,
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
  Wait: ['Seconds', 'Timestamp', ...FLOW],
  Map: [...MAP, ...DISTRIBUTED, ...FLOW, ...GUARDS],
};
const RULE = ['Condition', 'Next', 'Output', 'Assign', 'Comment'];
const RETRIER =
  'ErrorEquals IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy Comment'.split(
    ' ',
  );
const CATCHER = ['ErrorEquals', 'Next', 'Output', 'Assign', 'Comment'];
const INVOKE = ['FunctionName', 'Payload', 'Qualifier'];
const RESOURCE = /^arn:[\w-]+:states:::lambda:invoke(\.waitForTaskToken)?$/;
const VARIABLE = /^\p{ID_Start}[\p{ID_Continue}]{0,79}$/u;

/** Names assigned in the scopes around a state: an inner scope may read, never assign them. */
type Outer = ReadonlySet<string>;

/** @throws ServiceError InvalidDefinition with every problem, each with its state and field */
export function readDefinition(source: string | Json, expressions: Expressions): Definition {
  const json: Json = typeof source === 'string' ? JSON.parse(source) : source;
  const reader = new Reader(expressions);
  reader.allow('the state machine', json, [
    'Comment',
    'StartAt',
    'States',
    'QueryLanguage',
    'TimeoutSeconds',
    'Version',
  ]);
  if (json.QueryLanguage !== 'JSONata') {
    reader.problem('the state machine', 'QueryLanguage', 'must be JSONata');
  }
  const graph = reader.graph('the state machine', json, new Set());
  if (reader.problems.length > 0) {
    const list = reader.problems.map((problem) => `- ${problem}`).join('\n');
    throw new ServiceError('InvalidDefinition', `Invalid State Machine Definition:\n${list}`);
  }
  return { ...graph, timeoutSeconds: json.TimeoutSeconds as number | undefined };
}

class Reader {
  readonly problems: string[] = [];
  private readonly names = new Set<string>();
  private readonly labels = new Set<string>();

  constructor(private readonly expressions: Expressions) {}

  problem(where: string, field: string, what: string): void {
    this.problems.push(`${where}, field ${field}: ${what}`);
  }

  allow(where: string, json: Json, fields: readonly string[]): void {
    for (const field of Object.keys(json)) {
      if (!fields.includes(field)) this.problem(where, field, 'is not supported here');
    }
  }

  graph(where: string, json: Json, outer: Outer): Graph {
    const source = (json.States ?? {}) as Readonly<Record<string, Json>>;
    const assigned = new Set([...outer, ...assignedNames(source)]);
    const states = new Map<string, State>();
    for (const [name, state] of Object.entries(source)) {
      states.set(name, this.state(name, state, outer, assigned, source));
    }
    const startAt = String(json.StartAt);
    if (!states.has(startAt)) this.problem(where, 'StartAt', `names no state: ${startAt}`);
    return { startAt, states };
  }

  private state(name: string, json: Json, outer: Outer, inner: Outer, siblings: object): State {
    const where = `state '${name}'`;
    const type = json.Type as StateType;
    const state: State = {
      name,
      type,
      next: json.Next as string | undefined,
      fields: json,
      assign: json.Assign as Json | undefined,
      retriers: (json.Retry ?? []) as Retrier[],
      catchers: (json.Catch ?? []) as Catcher[],
    };
    if (FIELDS[type] === undefined) {
      this.problem(where, 'Type', `${type} is not supported`);
      return state;
    }
    if (name.length > 80) this.problem(where, 'name', 'is longer than 80 characters');
    if (this.names.has(name)) this.problem(where, 'name', 'is used twice in the machine');
    this.names.add(name);
    this.allow(where, json, ['Type', 'Comment', 'QueryLanguage', ...FIELDS[type]]);
    if ((json.QueryLanguage ?? 'JSONata') !== 'JSONata') {
      this.problem(where, 'QueryLanguage', 'must be JSONata');
    }
    const target = (field: string, next: unknown) => {
      if (!Object.hasOwn(siblings, String(next))) this.problem(where, field, `no state '${next}'`);
    };
    if (FIELDS[type].includes('Next')) {
      if ((json.Next === undefined) === (json.End !== true)) {
        this.problem(where, 'Next', 'exactly one of Next and End is needed');
      }
      if (json.Next !== undefined) target('Next', json.Next);
    }
    for (const [field, value] of Object.entries(json)) {
      if (['Comment', 'ItemProcessor', 'Retry', 'Catch', 'Choices'].includes(field)) continue;
      const result = ['Task', 'Map'].includes(type) && ['Output', 'Assign'].includes(field);
      this.checkExpressions(where, field, value, result ? ['result'] : []);
    }
    this.assignable(where, json.Assign as Json | undefined, outer);
    const entries = (field: string, allowed: readonly string[], reserved: string[]) => {
      for (const entry of (json[field] ?? []) as Json[]) {
        this.allow(where, entry, allowed);
        if (allowed.includes('Next')) target(`${field}/Next`, entry.Next);
        this.assignable(where, entry.Assign as Json | undefined, outer);
        this.checkExpressions(where, field, entry, reserved);
      }
    };
    entries('Retry', RETRIER, []);
    entries('Catch', CATCHER, ['errorOutput']);
    entries('Choices', RULE, []);
    this.wildcards(where, 'Retry', state.retriers);
    this.wildcards(where, 'Catch', state.catchers);
    if (type === 'Choice') {
      if (!Array.isArray(json.Choices) || json.Choices.length === 0) {
        this.problem(where, 'Choices', 'needs at least one rule');
      }
      if (json.Default !== undefined) target('Default', json.Default);
    }
    if (type === 'Wait' && (json.Seconds === undefined) === (json.Timestamp === undefined)) {
      this.problem(where, 'Seconds', 'exactly one of Seconds and Timestamp is needed');
    }
    if (type === 'Task') this.task(where, json);
    return type === 'Map' ? { ...state, ...this.map(where, state, inner) } : state;
  }

  private task(where: string, json: Json): void {
    const callback = RESOURCE.exec(String(json.Resource));
    if (callback === null) {
      this.problem(where, 'Resource', `${json.Resource} is not known`);
      return;
    }
    const { Arguments: fields, TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = json;
    if (callback[1] === undefined) {
      if (heartbeat !== undefined) {
        this.problem(where, 'HeartbeatSeconds', 'is for .waitForTaskToken only');
      }
    } else if (!JSON.stringify(fields ?? null).includes('$states.context.Task.Token')) {
      this.problem(where, 'Arguments', 'must pass $states.context.Task.Token on');
    }
    if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) {
      this.problem(where, 'HeartbeatSeconds', 'must be smaller than TimeoutSeconds');
    }
    if (fields === null || typeof fields !== 'object') return;
    this.allow(`${where}, Arguments`, fields as Json, INVOKE);
    if (!('FunctionName' in fields)) this.problem(where, 'Arguments', 'FunctionName is missing');
  }

  private map(where: string, state: State, outer: Outer): Pick<State, 'processor' | 'label'> {
    const processor = (state.fields.ItemProcessor ?? {}) as Json;
    const config = (processor.ProcessorConfig ?? {}) as Json;
    this.allow(where, processor, ['ProcessorConfig', 'StartAt', 'States', 'Comment']);
    this.allow(where, config, ['Mode', 'ExecutionType']);
    if ((config.Mode ?? 'INLINE') === 'INLINE') {
      for (const field of DISTRIBUTED) {
        if (field in state.fields) this.problem(where, field, 'is for the DISTRIBUTED mode only');
      }
      return { processor: this.graph(where, processor, outer) };
    }
    if (config.Mode !== 'DISTRIBUTED' || config.ExecutionType !== 'STANDARD') {
      this.problem(where, 'ItemProcessor', 'Mode or ExecutionType is not supported');
    }
    const made = state.name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40);
    const label = String(state.fields.Label ?? made);
    if (label.length > 40 || this.labels.has(label)) {
      this.problem(where, 'Label', 'must be unique and at most 40 characters long');
    }
    this.labels.add(label);
    // The children are executions of their own: no variable of ours is seen there.
    return { processor: this.graph(where, processor, new Set()), label };
  }

  private wildcards(where: string, field: string, entries: readonly (Retrier | Catcher)[]): void {
    for (const [index, { ErrorEquals: names = [] }] of entries.entries()) {
      const all = names.includes('States.ALL');
      const misplaced = all && (names.length > 1 || index < entries.length - 1);
      if (names.length === 0) this.problem(where, `${field}/ErrorEquals`, 'must not be empty');
      if (misplaced) this.problem(where, field, 'States.ALL must stand alone and last');
    }
  }

  private assignable(where: string, assign: Json | undefined, outer: Outer): void {
    for (const name of Object.keys(assign ?? {})) {
      if (name === 'states' || !VARIABLE.test(name)) {
        this.problem(where, 'Assign', `${name} is no variable name`);
      } else if (outer.has(name)) {
        this.problem(where, 'Assign', `${name} belongs to an outer scope`);
      }
    }
  }

  private checkExpressions(where: string, field: string, value: unknown, reserved: string[]): void {
    if (value !== null && typeof value === 'object') {
      for (const member of Object.values(value)) {
        this.checkExpressions(where, field, member, reserved);
      }
    }
    if (typeof value !== 'string') return;
    if (isHalfOpen(value)) this.problem(where, field, `half of {% and %} is missing: ${value}`);
    if (!isExpression(value)) return;
    for (const name of ['result', 'errorOutput'].filter((known) => !reserved.includes(known))) {
      if (new RegExp(`\\$states\\s*\\.\\s*${name}\\b`).test(value)) {
        this.problem(where, field, `$states.${name} is not available here`);
      }
    }
    try {
      this.expressions.compile(value);
    } catch (error) {
      this.problem(where, field, `${value}: ${(error as Error).message}`);
    }
  }
}

function assignedNames(states: Readonly<Record<string, Json>>): string[] {
  return Object.values(states).flatMap((state) =>
    [state, ...((state.Choices ?? []) as Json[]), ...((state.Catch ?? []) as Json[])].flatMap(
      (part) => Object.keys(part.Assign ?? {}),
    ),
  );
}
