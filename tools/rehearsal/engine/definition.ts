// Reads a definition, and refuses by name whatever the rehearsal does not run.
// https://states-language.net/spec.html
import { ServiceError } from '../types';
import { type Expressions, isExpression, isHalfOpen } from './expressions';

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

/** A state with its fields as written, its name, and the graph of its processor. */
export interface State extends Templates, Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly Type: keyof typeof FIELDS;
  readonly Next?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly ChoiceRule[];
  readonly processor?: Graph;
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

const words = (text: string): readonly string[] => text.split(' ');
const FLOW = 'Next End Output Assign';
const DISTRIBUTED = words('ToleratedFailurePercentage ToleratedFailureCount Label');
const MAP = `Items ItemSelector ItemProcessor MaxConcurrency ${DISTRIBUTED.join(' ')}`;
const FIELDS = {
  Task: words(`Resource Arguments TimeoutSeconds HeartbeatSeconds Retry Catch ${FLOW}`),
  Choice: words('Choices Default Output Assign'),
  Pass: words(FLOW),
  Succeed: ['Output'],
  Fail: words('Error Cause'),
  Wait: words(`Seconds Timestamp ${FLOW}`),
  Map: words(`${MAP} Retry Catch ${FLOW}`),
};
const BACKOFF = 'IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy';
/** Fields that are lists of entries: what an entry has, and what of `$states` it may read. */
const ENTRIES = {
  Retry: { fields: words(`ErrorEquals ${BACKOFF} Comment`), reserved: [] },
  Catch: { fields: words('ErrorEquals Next Output Assign Comment'), reserved: ['errorOutput'] },
  Choices: { fields: words('Condition Next Output Assign Comment'), reserved: [] },
};
const TOP = words('Comment StartAt States QueryLanguage TimeoutSeconds Version');
const RESOURCE = /^arn:[\w-]+:states:::lambda:invoke(\.waitForTaskToken)?$/;
export const INVOKE_ARGUMENTS = words('FunctionName Payload Qualifier');
const VARIABLE = /^\p{ID_Start}\p{ID_Continue}{0,79}$/u;

/** @throws ServiceError InvalidDefinition with every problem, each with its state and field */
export function readDefinition(source: Json, expressions: Expressions): Definition {
  const reader = new Reader(expressions);
  const check = reader.checker('the state machine');
  check.allow(source, TOP);
  check.that(source.QueryLanguage === 'JSONata', 'QueryLanguage', 'must be JSONata');
  const graph = reader.graph(check, source, new Set());
  if (reader.problems.length > 0) {
    const list = reader.problems.map((problem) => `- ${problem}`).join('\n');
    throw new ServiceError('InvalidDefinition', `Invalid State Machine Definition:\n${list}`);
  }
  return { ...graph, timeoutSeconds: source.TimeoutSeconds as number | undefined };
}

/** Collects what is wrong in one place of a definition. */
interface Checker {
  that(holds: boolean, field: string, otherwise: string): void;
  allow(json: Json, fields: readonly string[]): void;
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
    const { name, Type: type, Next: next } = state;
    const check = this.checker(`state '${name}'`);
    const fields = FIELDS[type];
    check.that(fields !== undefined, 'Type', `${type} is not supported`);
    if (fields === undefined) return state;
    check.allow(state, ['name', 'Type', 'Comment', 'QueryLanguage', ...fields]);
    check.that(
      (state.QueryLanguage ?? 'JSONata') === 'JSONata',
      'QueryLanguage',
      'must be JSONata',
    );
    check.that(name.length <= 80, 'name', 'is longer than 80 characters');
    check.that(!this.names.has(name), 'name', 'is used twice in the machine');
    this.names.add(name);
    const one = (next === undefined) === (state.End === true);
    check.that(one || !fields.includes('Next'), 'Next', 'exactly one of Next and End is needed');
    const target = (field: string, to: unknown) =>
      check.that(to === undefined || siblings.includes(String(to)), field, `no state '${to}'`);
    target('Next', next);
    target('Default', state.Default);
    for (const [field, value] of Object.entries(state)) {
      if (['name', 'Comment', 'ItemProcessor', ...Object.keys(ENTRIES)].includes(field)) continue;
      const reads = (type === 'Task' || type === 'Map') && /^(Output|Assign)$/.test(field);
      this.expressionsIn(check, field, value, reads ? ['result'] : []);
    }
    this.assignable(check, state.Assign, outer);
    for (const [field, entry] of Object.entries(ENTRIES)) {
      for (const json of (state[field] ?? []) as (Json & Templates)[]) {
        check.allow(json, entry.fields);
        target(`${field}/Next`, json.Next);
        this.assignable(check, json.Assign, outer);
        this.expressionsIn(check, field, json, entry.reserved);
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
    const exactlyOne = (state.Seconds === undefined) !== (state.Timestamp === undefined);
    check.that(type !== 'Wait' || exactlyOne, 'Seconds', 'either Seconds or Timestamp is needed');
    check.that(type !== 'Choice' || !!state.Choices?.length, 'Choices', 'needs at least one rule');
    if (type === 'Task') taskFields(check, state);
    return type === 'Map' ? { ...state, ...this.map(check, state, inner) } : state;
  }

  private map(check: Checker, state: State, outer: ReadonlySet<string>): Partial<State> {
    const processor = (state.ItemProcessor ?? {}) as Json;
    const { Mode: mode = 'INLINE', ...config } = (processor.ProcessorConfig ?? {}) as Json;
    check.allow(processor, words('ProcessorConfig StartAt States Comment'));
    check.allow(config, ['ExecutionType']);
    if (mode === 'INLINE') {
      for (const field of DISTRIBUTED)
        check.that(!(field in state), field, 'needs DISTRIBUTED mode');
      return { processor: this.graph(check, processor, outer) };
    }
    const standard = mode === 'DISTRIBUTED' && config.ExecutionType === 'STANDARD';
    check.that(standard, 'ItemProcessor', 'must be INLINE, or DISTRIBUTED with STANDARD children');
    const label = String(state.Label ?? state.name.replace(/[^\w-]/g, '').slice(0, 40));
    const fine = label.length <= 40 && !this.labels.has(label);
    check.that(fine, 'Label', 'must be unique and at most 40 characters long');
    this.labels.add(label);
    // The children are executions of their own: no variable of ours is seen there.
    return { processor: this.graph(check, processor, new Set()), label };
  }

  private assignable(check: Checker, assign: Json = {}, outer: ReadonlySet<string>): void {
    for (const name of Object.keys(assign)) {
      check.that(name !== 'states' && VARIABLE.test(name), 'Assign', `${name} is no variable name`);
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

function taskFields(check: Checker, state: State): void {
  const { Arguments: json, TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  const [resource, callback] = RESOURCE.exec(String(state.Resource)) ?? [];
  check.that(resource !== undefined, 'Resource', `${state.Resource} is not supported`);
  const token = JSON.stringify(json ?? null).includes('$states.context.Task.Token');
  check.that(!callback || token, 'Arguments', 'must pass $states.context.Task.Token on');
  check.that(!!callback || heartbeat === undefined, 'HeartbeatSeconds', 'needs .waitForTaskToken');
  const longer =
    typeof timeout !== 'number' || typeof heartbeat !== 'number' || heartbeat < timeout;
  check.that(longer, 'HeartbeatSeconds', 'must be smaller than TimeoutSeconds');
  if (json === null || typeof json !== 'object') return;
  check.allow(json as Json, INVOKE_ARGUMENTS);
  check.that('FunctionName' in json, 'Arguments', 'FunctionName is missing');
}

function assignedNames(states: Readonly<Record<string, State>>): string[] {
  const parts = Object.values(states).flatMap((state) => [
    state,
    ...(state.Choices ?? []),
    ...(state.Catch ?? []),
  ]);
  return parts.flatMap(({ Assign = {} }) => Object.keys(Assign));
}
