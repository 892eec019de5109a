// JSONata as Step Functions evaluates it: no input document, added functions, no $eval, one second.
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
import { createHash, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';
import type { Clock } from '../types';
import { EVALUATION, StateError } from './errors';

export type Bindings = Readonly<Record<string, unknown>>;

const LIMIT_MS = 1_000;
/** As many as JSONata's own range operator makes. */
const MAX_RANGE = 10_000_000;
/** A pause of the process is not a computation: below this many steps the second does not count. */
const LIMIT_STEPS = 20_000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Marks of the JSONata interpreter: called for every node of the expression it evaluates. */
const ENTRY = Symbol.for('jsonata.__evaluate_entry') as unknown as string;

export function isExpression(text: string): boolean {
  return text.length >= 4 && text.startsWith('{%') && text.endsWith('%}');
}

/** A string that has only one of the two delimiters is a mistake, never a literal. */
export function isHalfOpen(text: string): boolean {
  return !isExpression(text) && (text.startsWith('{%') || text.endsWith('%}'));
}

interface Budget {
  steps: number;
  readonly started: number;
  /** Asked for when the first steps are done: most expressions have no more of them. */
  cpu?: NodeJS.CpuUsage;
}

const newBudget = (): Budget => ({ steps: 0, started: performance.now() });

/** A second of the clock and of the processor: a busy computer makes no expression slow. */
function isSpent({ started, cpu }: Budget): boolean {
  if (performance.now() - started <= LIMIT_MS) return false;
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000 > LIMIT_MS;
}

/** Compiles expressions once and evaluates them one at a time, so that each pays for its own time only. */
export class Expressions {
  private readonly compiled = new Map<string, jsonata.Expression>();
  private budget = newBudget();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  /** Throws the parser's error when the expression is none. */
  compile(source: string): jsonata.Expression {
    let expression = this.compiled.get(source);
    if (expression === undefined) {
      expression = jsonata(source.slice(2, -2));
      this.addFunctions(expression);
      this.compiled.set(source, expression);
    }
    return expression;
  }

  /** Evaluates every expression inside a field of a definition. */
  async evaluate(template: unknown, bindings: Bindings, field: string): Promise<unknown> {
    if (typeof template === 'string') {
      return isExpression(template) ? this.expression(template, bindings, field) : template;
    }
    if (Array.isArray(template)) {
      const items: unknown[] = [];
      for (const [index, item] of template.entries()) {
        items.push(await this.evaluate(item, bindings, `${field}[${index}]`));
      }
      return items;
    }
    if (template === null || typeof template !== 'object') return template;
    const members: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(template)) {
      members[key] = await this.evaluate(member, bindings, `${field}/${key}`);
    }
    return members;
  }

  private async expression(source: string, bindings: Bindings, field: string): Promise<unknown> {
    const mine = this.queue.then(() => {
      this.budget = newBudget();
      return this.compile(source).evaluate(undefined, { ...bindings, eval: undefined });
    });
    this.queue = mine.catch(() => undefined);
    const where = `The JSONata expression '${source.slice(2, -2).trim()}' specified for the field '${field}'`;
    const fail = (what: string) => new StateError(EVALUATION, `${where} ${what}`, field);
    let result: unknown;
    try {
      result = await mine;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (error instanceof RangeError) throw fail('threw an error: Stack overflow error');
      throw fail(
        `threw an error during evaluation. ${code === undefined ? '' : code + ': '}${message}`,
      );
    }
    if (result === undefined) throw fail('returned nothing (undefined).');
    // Sequences carry marks of the interpreter, functions are no JSON: only what survives is data.
    const text = JSON.stringify(result, (_key, value: unknown) => {
      if (typeof value === 'function' || isJsonataFunction(value)) {
        throw fail('returned an unsupported result type: function.');
      }
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw fail('returned a number that JSON does not have.');
      }
      return value;
    });
    return JSON.parse(text);
  }

  private addFunctions(expression: jsonata.Expression): void {
    expression.assign(ENTRY, () => {
      const budget = this.budget;
      budget.steps += 1;
      if (budget.steps % 256 !== 0) return;
      budget.cpu ??= process.cpuUsage();
      if (budget.steps < LIMIT_STEPS) return;
      if (isSpent(budget)) {
        throw Object.assign(new Error('Expression evaluation timeout'), { code: 'U1001' });
      }
    });
    const { clock } = this;
    expression.registerFunction('millis', () => clock.now(), '<:n>');
    expression.registerFunction(
      'now',
      function (picture?: string, timezone?: string) {
        const { implementation } = this.environment.lookup('fromMillis');
        return implementation.call(this, clock.now(), picture, timezone);
      },
      '<s?s?:s>',
    );
    expression.registerFunction('partition', partition, '<an:a>');
    expression.registerFunction('range', range, '<nnn:a>');
    expression.registerFunction('hash', hash, '<ss:s>');
    expression.registerFunction('random', random, '<n?:n>');
    expression.registerFunction('uuid', () => randomUUID(), '<:s>');
    expression.registerFunction('parse', parse, '<s:x>');
  }
}

function isJsonataFunction(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

function partition(array: unknown[] | undefined, size: number): unknown[][] | undefined {
  if (array === undefined || size === undefined) return undefined;
  const step = Math.floor(size);
  if (step < 1) throw new Error('$partition needs a size of at least 1');
  const chunks: unknown[][] = [];
  for (let at = 0; at < array.length; at += step) chunks.push(array.slice(at, at + step));
  return chunks;
}

function range(first: number, last: number, step: number): number[] | undefined {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  const [from, to, by] = [Math.floor(first), Math.floor(last), Math.floor(step)];
  if (by === 0) throw new Error('$range needs a step other than 0');
  if ((to - from) / by >= MAX_RANGE) throw new Error('Expression evaluation memory limit exceeded');
  const numbers: number[] = [];
  for (let n = from; by > 0 ? n <= to : n >= to; n += by) numbers.push(n);
  return numbers;
}

function hash(data: string | undefined, algorithm: string): string | undefined {
  if (data === undefined || algorithm === undefined) return undefined;
  const known = HASHES[algorithm];
  if (known === undefined) throw new Error(`$hash does not know the algorithm ${algorithm}`);
  return createHash(known).update(data).digest('hex');
}

/** With a seed the same number every time, as documented; which number is not. */
function random(seed?: number): number {
  if (seed === undefined) return Math.random();
  return createHash('sha256').update(String(seed)).digest().readUInt32BE(0) / 2 ** 32;
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
