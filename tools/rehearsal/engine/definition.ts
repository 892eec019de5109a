// Reads a definition, and refuses by name whatever the rehearsal does not run.
// https://states-language.net/spec.html
import { ServiceError } from '../types';
import { type Expressions, isExpression, isHalfOpen } from './expressions';
import * as allowed from './fields';
import { type Checker, checkTask, checkValue, isObject } from './values';

export type Json = Readonly<Record<string, unknown>>;

interface Templates {
  readonly Output?: unknown;
  readonly Assign?: Json;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
}

export interface Catcher extends Templates {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

export interface ChoiceRule extends Templates {
  readonly Condition: unknown;
  readonly Next: string;
}

/** A state with its fields as written, its name, and the graphs inside it. */
export interface State extends Templates, Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly Type: allowed.StateType;
  readonly Next?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly ChoiceRule[];
  /** Of a Map: what runs for each item. */
  readonly processor?: Graph;
  /** Of a Parallel. */
  readonly branches?: readonly Graph[];
  /** Of a distributed Map, given or made from its name. */
  readonly label?: string;
}

export interface Graph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export interface Definition extends Graph {
  readonly timeoutSeconds?: number;
}

/** @throws ServiceError InvalidDefinition with every problem, each with its state and field */
export function readDefinition(source: Json, expressions: Expressions): Definition {
  const reader = new Reader(expressions);
  const check = reader.checker('the state machine');
  check.allow(source, allowed.TOP);
  check.that(source.QueryLanguage === 'JSONata', 'QueryLanguage', 'must be JSONata');
  check.that((source.Version ?? '1.0') === '1.0', 'Version', 'must be 1.0');
  const { TimeoutSeconds: timeout } = source;
  check.that(typeof timeout !== 'string', 'TimeoutSeconds', 'must be a number');
  checkValue(check, 'TimeoutSeconds', timeout);
  const graph = reader.graph(check, source, new Set());
  if (reader.problems.length > 0) {
    const list = reader.problems.map((problem) => `- ${problem}`).join('\n');
    throw new ServiceError('InvalidDefinition', `Invalid State Machine Definition:\n${list}`);
  }
  return { ...graph, timeoutSeconds: timeout as number | undefined };
}

class Reader {
  readonly problems: string[] = [];
  private readonly names = new Set<string>();
  private readonly labels = new Set<string>();

  constructor(private readonly expressions: Expressions) {}

  checker(where: string): Checker {
    const that = (holds: boolean, field: string, otherwise: string) => {
      if (!holds) this.problems.push(`${where}, field ${field}: ${otherwise}`);
    };
    return {
      that,
      allow: (json, fields) => {
        for (const key of Object.keys(json)) that(fields.includes(key), key, 'is not supported');
      },
    };
  }

  /** `outer`: variables of the scopes around, which may be read here and never assigned. */
  graph(check: Checker, json: Json, outer: ReadonlySet<string>): Graph {
    const source = (json.States ?? {}) as Readonly<Record<string, State>>;
    const inner = new Set([...outer, ...assignedNames(source)]);
    const states = new Map<string, State>();
    for (const [name, state] of Object.entries(source)) {
      states.set(name, this.state({ ...state, name }, outer, inner, Object.keys(source)));
    }
    const startAt = String(json.StartAt);
    check.that(states.has(startAt), 'StartAt', `names no state: ${startAt}`);
    return { startAt, states };
  }

  private state(
    state: State,
    outer: ReadonlySet<string>,
    inner: ReadonlySet<string>,
    siblings: readonly string[],
  ): State {
    const { name, Type: type, Next: next, QueryLanguage: language = 'JSONata' } = state;
    const check = this.checker(`state '${name}'`);
    const fields = Object.hasOwn(allowed.FIELDS, type) ? allowed.FIELDS[type] : undefined;
    check.that(fields !== undefined, 'Type', `${type} is not supported`);
    if (fields === undefined) return state;
    check.allow(state, ['name', ...allowed.COMMON, ...fields]);
    check.that(language === 'JSONata', 'QueryLanguage', 'must be JSONata');
    check.that(name.length <= 80, 'name', 'is longer than 80 characters');
    check.that(!this.names.has(name), 'name', 'is used twice in the machine');
    this.names.add(name);
    const one = (next === undefined) === (state.End === true);
    check.that(one || !fields.includes('Next'), 'Next', 'exactly one of Next and End is needed');
    const target = (field: string, to: unknown) =>
      check.that(to === undefined || siblings.includes(String(to)), field, `no state '${to}'`);
    target('Next', next);
    target('Default', state.Default);
    const graphs = ['ItemProcessor', 'Branches', ...Object.keys(allowed.ENTRIES)];
    for (const [field, value] of Object.entries(state)) {
      if (['name', 'Comment', ...graphs].includes(field)) continue;
      const reads = /^(Task|Map|Parallel)$/.test(type) && /^(Output|Assign)$/.test(field);
      this.expressionsIn(check, field, value, reads ? ['result'] : []);
      checkValue(check, field, value);
    }
    this.assignable(check, state.Assign, outer);
    this.entries(check, state, outer, target);
    const exactlyOne = (state.Seconds === undefined) !== (state.Timestamp === undefined);
    check.that(type !== 'Wait' || exactlyOne, 'Seconds', 'either Seconds or Timestamp is needed');
    check.that(type !== 'Choice' || !!state.Choices?.length, 'Choices', 'needs at least one rule');
    if (type === 'Task') checkTask(check, state);
    if (type === 'Parallel') return { ...state, branches: this.branches(check, state, inner) };
    return type === 'Map' ? { ...state, ...this.map(check, state, inner) } : state;
  }

  private entries(
    check: Checker,
    state: State,
    outer: ReadonlySet<string>,
    target: (field: string, to: unknown) => void,
  ): void {
    for (const [field, entry] of Object.entries(allowed.ENTRIES)) {
      for (const json of (state[field] ?? []) as (Json & Templates)[]) {
        check.allow(json, entry.fields);
        const goesOn = !entry.fields.includes('Next') || json.Next !== undefined;
        check.that(goesOn, `${field}/Next`, 'is missing');
        target(`${field}/Next`, json.Next);
        this.assignable(check, json.Assign, outer);
        this.expressionsIn(check, field, json, entry.reserved);
        for (const [member, value] of Object.entries(json)) checkValue(check, member, value);
      }
    }
    for (const list of [state.Retry ?? [], state.Catch ?? []]) {
      for (const [index, { ErrorEquals: names = [] }] of list.entries()) {
        const last = names.length === 1 && index === list.length - 1;
        check.that(names.length > 0, 'ErrorEquals', 'must not be empty');
        const placed = !names.includes('States.ALL') || last;
        check.that(placed, 'ErrorEquals', 'States.ALL must stand alone and last');
      }
    }
  }

  private branches(check: Checker, state: State, outer: ReadonlySet<string>): Graph[] {
    const branches = (state.Branches ?? []) as readonly Json[];
    check.that(branches.length > 0, 'Branches', 'needs at least one branch');
    return branches.map((branch) => {
      check.allow(branch, allowed.BRANCH);
      return this.graph(check, branch, outer);
    });
  }

  private map(check: Checker, state: State, outer: ReadonlySet<string>): Partial<State> {
    const processor = (state.ItemProcessor ?? {}) as Json;
    const config = (processor.ProcessorConfig ?? {}) as Json;
    const { Mode: mode = 'INLINE', ExecutionType: kind } = config;
    check.allow(processor, allowed.PROCESSOR);
    check.allow(config, allowed.CONFIG);
    if (mode === 'INLINE') {
      for (const field of allowed.DISTRIBUTED)
        check.that(!(field in state), field, 'needs DISTRIBUTED mode');
      return { processor: this.graph(check, processor, outer) };
    }
    const standard = mode === 'DISTRIBUTED' && kind === 'STANDARD';
    check.that(standard, 'ItemProcessor', 'must be INLINE, or DISTRIBUTED with STANDARD children');
    const label = String(state.Label ?? state.name.replace(/[^\w-]/g, '').slice(0, 40));
    const fine = allowed.LABEL.test(label) && !this.labels.has(label);
    check.that(fine, 'Label', 'must be unique, of at most 40 characters that an ARN may have');
    this.labels.add(label);
    // The children are executions of their own: no variable of ours is seen there.
    return { processor: this.graph(check, processor, new Set()), label };
  }

  private assignable(check: Checker, assign: Json = {}, outer: ReadonlySet<string>): void {
    check.that(isObject(assign), 'Assign', 'must be an object');
    for (const name of Object.keys(assign)) {
      const fine = name !== 'states' && allowed.VARIABLE.test(name);
      check.that(fine, 'Assign', `${name} is no variable name`);
      check.that(!outer.has(name), 'Assign', `${name} belongs to an outer scope`);
    }
  }

  private expressionsIn(check: Checker, field: string, value: unknown, reserved: string[]): void {
    if (value !== null && typeof value === 'object') {
      for (const member of Object.values(value)) this.expressionsIn(check, field, member, reserved);
    }
    if (typeof value !== 'string') return;
    check.that(!isHalfOpen(value), field, `half of {% and %} is missing: ${value}`);
    if (!isExpression(value)) return;
    for (const member of ['result', 'errorOutput'].filter((known) => !reserved.includes(known))) {
      const read = new RegExp(`\\$states\\s*\\.\\s*${member}\\b`).test(value);
      check.that(!read, field, `$states.${member} is not available here`);
    }
    try {
      this.expressions.compile(value);
    } catch (error) {
      check.that(false, field, `${value}: ${(error as Error).message}`);
    }
  }
}

function assignedNames(states: Readonly<Record<string, State>>): string[] {
  const parts = Object.values(states).flatMap((state) => [
    state,
    ...(state.Choices ?? []),
    ...(state.Catch ?? []),
  ]);
  return parts.flatMap(({ Assign = {} }) => Object.keys(Assign));
}
