// Faults: what shall go wrong, where, and the how-manieth time. Whoever stands at such a place asks
// here; what the fault does is done there.

const KINDS = [
  'error', // the call, invocation or statement fails with `error` and `message`, without effect
  'throttle', // refused for its rate
  'timeout', // an invocation times out; a call is never answered
  'lost-answer', // the call takes effect, the connection breaks before the answer
  'kill', // the process ends, `when` = before | after the call takes effect
  'denied', // access denied
  'delay', // answered `seconds` later; of a statement: it takes so long
  'duplicate', // the function runs twice with the same input
  'drop-event', // the event is not delivered
  'lie', // a write inside a procedure fails; one that swallows errors says it finished
] as const;

/** What can go wrong. */
export type FaultKind = (typeof KINDS)[number];

/** A fault as `faults.json` and `--fault key=value,…` hold it. */
export interface FaultSpec {
  readonly kind: FaultKind;
  /** Construct id of a task function, or its beginning: `RunBatches`. */
  readonly task?: string;
  /** Name of the state machine the state belongs to, or its beginning with `*` behind it. */
  readonly machine?: string;
  /**
   * State whose invocation it is, or that an invocation's call serves: its name, or the beginning
   * of one with `*` behind it.
   */
  readonly state?: string;
  /** Signing name of an API, or source of an event: `redshift-data`, `dynamodb`, `aws.states`. */
  readonly service?: string;
  /** `ExecuteStatement`, or the detail type of an event. */
  readonly operation?: string;
  /** Of a call: what it is about, as the matrix prints it (eight digits). */
  readonly about?: string;
  /** Text the statement contains, in any case. */
  readonly sql?: string;
  /** Of a lie: regular expression of the tables whose writes fail. @default - all but logs */
  readonly table?: string;
  /** Which of the matching occasions, counted from 1; without it and without probability: each. */
  readonly nth?: number;
  /** How many occasions from `nth` on. @default 1 with nth */
  readonly times?: number;
  readonly probability?: number;
  /** @default 1 */
  readonly seed?: number;
  readonly error?: string;
  readonly message?: string;
  /** Of a delay, 60 by default; of a duplicate: how long after the other it comes, else when that is over. */
  readonly seconds?: number;
  /** Of a kill. @default 'before' */
  readonly when?: 'before' | 'after';
}

/** Where something may go wrong. */
export type Place = 'call' | 'invocation' | 'statement' | 'duration' | 'event';

/** An occasion at a place: the members that are known there. */
export type Occasion = Partial<
  Record<'task' | 'machine' | 'state' | 'service' | 'operation' | 'about' | 'sql', string>
>;

const TEXTS = [
  'task',
  'machine',
  'state',
  'service',
  'operation',
  'about',
  'sql',
  'table',
  'error',
  'message',
];
const NUMBERS = ['nth', 'times', 'probability', 'seed', 'seconds'];

/** Reads a fault; refuses unknown members and kinds. */
export function faultOf(value: unknown): FaultSpec {
  const given = typeof value === 'string' ? fromText(value) : value;
  if (typeof given !== 'object' || given === null) {
    throw new Error(`fault ${JSON.stringify(value)} is not an object`);
  }
  const spec = { ...given } as Record<string, unknown>;
  const refuse = (problem: string): never => {
    throw new Error(`fault ${JSON.stringify(value)}: ${problem}`);
  };
  for (const [key, member] of Object.entries(spec)) {
    if (NUMBERS.includes(key)) {
      spec[key] = Number(member);
      if (!(Number(member) >= 0)) refuse(`${key} must be a number`);
    } else if (key === 'when') {
      if (member !== 'before' && member !== 'after') refuse('when must be before or after');
    } else if (key !== 'kind' && !TEXTS.includes(key)) {
      refuse(`unknown member ${key}; known are kind, when, ${[...TEXTS, ...NUMBERS].join(', ')}`);
    }
  }
  if (!KINDS.includes(spec.kind as FaultKind)) refuse(`kind must be one of ${KINDS.join(', ')}`);
  return spec as unknown as FaultSpec;
}

/**
 * `key=value,key=value`, or JSON. A value may hold blanks, `=`, and commas that no `word=` follows:
 * names of states and SQL are written as they are.
 */
function fromText(text: string): unknown {
  if (text.startsWith('{')) return JSON.parse(text);
  return Object.fromEntries(
    text.split(/,(?=\s*\w+=)/).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Error(`fault "${text}": "${pair}" is not key=value`);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

function placeOf(spec: FaultSpec): Place {
  if (spec.kind === 'drop-event') return 'event';
  if (spec.kind === 'lie') return 'statement';
  if (spec.sql && !spec.service && !spec.operation) {
    if (spec.kind === 'error') return 'statement';
    if (spec.kind === 'delay') return 'duration';
  }
  if (spec.service || spec.operation || spec.sql || spec.kind === 'lost-answer') return 'call';
  return 'invocation';
}

/** Seeded random numbers (mulberry32), so that a run with probabilities can be repeated. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The faults of a rehearsal, with their counters. */
export class Faults {
  /** What was done so far, oldest first. */
  readonly applied: { readonly spec: FaultSpec; readonly occasion: Occasion }[] = [];
  private readonly armed: { spec: FaultSpec; place: Place; seen: number; next: () => number }[] =
    [];

  constructor(specs: readonly FaultSpec[] = []) {
    for (const spec of specs) this.arm(spec);
  }

  /** Adds a fault; its occasions are counted from now on. */
  arm(spec: FaultSpec): void {
    this.armed.push({ spec, place: placeOf(spec), seen: 0, next: random(spec.seed ?? 1) });
  }

  /** The fault of this occasion, if any; each call counts as one occasion. */
  take(place: Place, occasion: Occasion): FaultSpec | undefined {
    let taken: FaultSpec | undefined;
    for (const fault of this.armed) {
      if (fault.place !== place || !fits(fault.spec, occasion)) continue;
      fault.seen++;
      if (taken === undefined && due(fault.spec, fault.seen, fault.next)) taken = fault.spec;
    }
    if (taken) this.applied.push({ spec: taken, occasion });
    return taken;
  }
}

/** Whether an occasion is one that a fault is about. */
export function fits(spec: Omit<FaultSpec, 'kind'>, occasion: Occasion): boolean {
  if (spec.sql !== undefined) {
    const sql = occasion.sql?.toLowerCase();
    if (!sql?.includes(spec.sql.toLowerCase())) return false;
  }
  if (spec.task !== undefined && !occasion.task?.startsWith(spec.task)) return false;
  return (['machine', 'state', 'service', 'operation', 'about'] as const).every((key) => {
    const wanted = spec[key];
    if (wanted === undefined || wanted === occasion[key]) return true;
    return wanted.endsWith('*') && (occasion[key]?.startsWith(wanted.slice(0, -1)) ?? false);
  });
}

function due(spec: FaultSpec, seen: number, next: () => number): boolean {
  if (spec.probability !== undefined && next() >= spec.probability) return false;
  const first = spec.nth ?? 1;
  const times = spec.times ?? (spec.nth === undefined ? Number.POSITIVE_INFINITY : 1);
  return seen >= first && seen < first + times;
}
