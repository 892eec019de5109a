// Event patterns: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

import { like } from '../iam/policy';

type Matcher = (value: unknown, expected: unknown) => boolean;
type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (test: (value: string, expected: string) => boolean): Matcher => {
  return (value, expected) => typeof value === 'string' && test(value, String(expected));
};

const NUMERIC: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
};

const MATCHERS: Readonly<Record<string, Matcher>> = {
  prefix: text((value, expected) => value.startsWith(expected)),
  suffix: text((value, expected) => value.endsWith(expected)),
  wildcard: text((value, expected) => like(expected, value)),
  'equals-ignore-case': text((value, expected) => value.toLowerCase() === expected.toLowerCase()),
  exists: (value, expected) => (value !== undefined) === expected,
  'anything-but': (value, expected) => value !== undefined && !meets(value, [expected].flat()),
  numeric: (value, expected) => {
    const terms = expected as readonly (string | number)[];
    return terms.every((operator, i) => {
      return (
        i % 2 === 1 ||
        (typeof value === 'number' && NUMERIC[operator]!(value, Number(terms[i + 1])))
      );
    });
  },
};

/** Whether one of the alternatives fits. */
function meets(value: unknown, alternatives: readonly unknown[]): boolean {
  if (Array.isArray(value) && value.length > 0)
    return value.some((one) => meets(one, alternatives));
  return alternatives.some((alternative) => {
    if (!isMembers(alternative)) return alternative === value;
    return Object.entries(alternative).every(([name, expected]) =>
      MATCHERS[name]!(value, expected),
    );
  });
}

/** Whether an event fits a pattern. */
export function matches(pattern: Members, event: Members): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    const value = event[key];
    if (key === '$or') return (expected as Members[]).some((one) => matches(one, event));
    if (Array.isArray(expected)) return meets(value, expected);
    return matches(expected as Members, isMembers(value) ? value : {});
  });
}

/** Refuses a pattern this file would not judge as EventBridge does. */
export function checkPattern(pattern: unknown, where: string): asserts pattern is Members {
  if (!isMembers(pattern)) throw new Error(`${where}: the event pattern is not an object`);
  for (const [key, expected] of Object.entries(pattern)) {
    if (key === '$or') {
      for (const one of expected as unknown[]) checkPattern(one, where);
    } else if (!Array.isArray(expected)) {
      checkPattern(expected, `${where} ${key}`);
    } else {
      const unknown = expected
        .filter(isMembers)
        .flatMap(Object.keys)
        .find((name) => !MATCHERS[name]);
      if (unknown) throw new Error(`${where} ${key}: matcher ${unknown} is not rehearsed`);
    }
  }
}
