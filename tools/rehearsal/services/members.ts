// What a request of a JSON protocol may say, member by member. As on AWS a member of another type is
// not understood (SerializationException); broken constraints are told all in one
// ValidationException, in AWS's words. What AWS knows and the rehearsal does not is refused by name.

import { ServiceError } from '../types';

/** A member's type and constraints; `Value` is what a handler gets, undefined when it may be absent. */
export interface Member<Value> {
  readonly needed: boolean;
  /** Constraints a value breaks; throws when it is of another type. */
  broken(value: unknown, at: string): readonly string[];
  /** Never set: carries the type. */
  readonly value?: Value;
}

export type Shape = Readonly<Record<string, Member<unknown>>>;

/** What a request says, once it is read by its shape. */
export type Read<Of extends Shape> = {
  readonly [Name in keyof Of]: Of[Name] extends Member<infer Value> ? Value : never;
};

const MAX_SHOWN = 256;

export const refuse = (message: string) => new ServiceError('ValidationException', message);

/** Reads a request; null is as good as absent. */
export function read<Of extends Shape>(input: Readonly<Record<string, unknown>>, shape: Of) {
  const given = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  const odd = given.map(([name]) => name).filter((name) => !Object.hasOwn(shape, name));
  if (odd.length > 0) throw refuse(`the rehearsal does not know ${odd.join(', ')} of this call`);
  const values: Record<string, unknown> = Object.fromEntries(given);
  const problems = Object.entries(shape).flatMap(([name, { needed, broken }]) => {
    if (values[name] !== undefined) return broken(values[name], name);
    return needed ? [constraint('null', name, 'Member must not be null')] : [];
  });
  if (problems.length === 0) return values as Read<Of>;
  const errors = problems.length === 1 ? 'error' : 'errors';
  throw refuse(`${problems.length} validation ${errors} detected: ${problems.join('; ')}`);
}

interface TextRules {
  readonly pattern?: RegExp;
  /** Not repeated in errors. */
  readonly sensitive?: boolean;
}

export function text(min: number, max: number, rules: TextRules = {}): Member<string | undefined> {
  const { pattern, sensitive } = rules;
  return member('string', (value: string, at) => {
    const shown = sensitive ? undefined : quoted(value);
    const must = [
      value.length < min && `have length greater than or equal to ${min}`,
      value.length > max && `have length less than or equal to ${max}`,
      pattern && !pattern.test(value) && `satisfy regular expression pattern: ${pattern.source}`,
    ];
    return must.flatMap((rule) => (rule ? [constraint(shown, at, `Member must ${rule}`)] : []));
  });
}

export function oneOf<Name extends string>(...names: readonly Name[]): Member<Name | undefined> {
  return member('string', (value: Name, at) =>
    names.includes(value)
      ? []
      : [
          constraint(
            quoted(value),
            at,
            `Member must satisfy enum value set: [${names.join(', ')}]`,
          ),
        ],
  );
}

export function integer(min: number, max: number): Member<number | undefined> {
  return member('number', (value: number, at) => {
    if (!Number.isInteger(value)) throw misread(`DECIMAL_VALUE cannot be converted to Integer`);
    const bound = value < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`;
    if (value >= min && value <= max) return [];
    return [constraint(quoted(value), at, `Member must have value ${bound}`)];
  });
}

export const flag: Member<boolean | undefined> = member('boolean', () => []);

export function listOf<Item>(
  item: Member<Item>,
  min: number,
  max = Number.POSITIVE_INFINITY,
): Member<NonNullable<Item>[] | undefined> {
  return member<unknown[], NonNullable<Item>[]>('list', (values, at) => {
    const must = values.length < min ? `greater than or equal to ${min}` : undefined;
    const may = values.length > max ? `less than or equal to ${max}` : undefined;
    const bound = must ?? may;
    const own = bound ? [constraint(undefined, at, `Member must have length ${bound}`)] : [];
    const theirs = values.flatMap((value, i) => item.broken(value, `${at}.${i + 1}.member`));
    return [...own, ...theirs];
  });
}

export function structure<Of extends Shape>(shape: Of): Member<Read<Of> | undefined> {
  return member<Record<string, unknown>, Read<Of>>('structure', (value, at) =>
    Object.entries(shape).flatMap(([name, { needed, broken }]) => {
      const own = value[name] ?? undefined;
      if (own !== undefined) return broken(own, `${at}.${name}`);
      return needed ? [constraint('null', `${at}.${name}`, 'Member must not be null')] : [];
    }),
  );
}

export const needed = <Value>(of: Member<Value>): Member<NonNullable<Value>> => ({
  needed: true,
  broken: of.broken,
});

function member<Given, Value = Given>(
  type: string,
  broken: (value: Given, at: string) => readonly string[],
): Member<Value | undefined> {
  return {
    needed: false,
    broken(value, at) {
      const given = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
      if (given === (type === 'structure' ? 'object' : type)) return broken(value as Given, at);
      const found = given === 'object' || given === 'list';
      throw misread(
        found
          ? `Start of structure or map found where not expected: ${at}`
          : `${given.toUpperCase()}_VALUE cannot be converted to ${type}: ${at}`,
      );
    },
  };
}

const misread = (message: string) => new ServiceError('SerializationException', message);
const quoted = (value: unknown) => `'${String(value).slice(0, MAX_SHOWN)}'`;
const constraint = (value: string | undefined, at: string, rule: string) =>
  `Value ${value === undefined ? '' : `${value} `}at '${at}' failed to satisfy constraint: ${rule}`;
