// Event patterns: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

type Members = Readonly<Record<string, unknown>>;
type Matcher = (value: unknown, expected: unknown) => boolean;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MATCHERS: Readonly<Record<string, Matcher>> = {
  prefix: (value, expected) => typeof value === 'string' && value.startsWith(String(expected)),
  exists: (value, expected) => (value !== undefined) === expected,
  'anything-but': (value, expected) => value !== undefined && !meets(value, [expected].flat()),
};

/** Whether one of the alternatives fits. */
function meets(value: unknown, alternatives: readonly unknown[]): boolean {
  if (Array.isArray(value)) return value.some((one) => meets(one, alternatives));
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
    if (Array.isArray(expected)) return meets(value, expected);
    return matches(expected as Members, isMembers(value) ? value : {});
  });
}

/** Refuses a pattern this file would not judge as EventBridge does. */
export function checkPattern(pattern: unknown, where: string): asserts pattern is Members {
  if (!isMembers(pattern)) throw new Error(`${where}: this event pattern is not rehearsed`);
  for (const [key, expected] of Object.entries(pattern)) {
    if (!Array.isArray(expected)) {
      checkPattern(expected, `${where} ${key}`);
      continue;
    }
    const names = expected.filter(isMembers).flatMap(Object.keys);
    const unknown = names.find((name) => !MATCHERS[name]);
    if (unknown) throw new Error(`${where} ${key}: matcher ${unknown} is not rehearsed`);
  }
}
