// Policy documents: which statements speak about a request. Who weighs them is in iam.ts.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html

type OneOrMany = string | readonly string[];

/** A statement as templates hold it. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, OneOrMany>>;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany | boolean>>>>;
}

/** A statement with where it stands: the template's resource and its number there, from 0. */
export interface PlacedStatement extends Statement {
  readonly place: string;
}

/** A policy document. */
export interface PolicyDocument {
  readonly Statement: Statement | readonly Statement[];
}

/** What is asked of a policy. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

const patterns = new Map<string, RegExp>();

/** `*` and `?` as IAM reads them. */
export function like(pattern: string, value: string, flags = 's'): boolean {
  const key = `${flags} ${pattern}`;
  let expression = patterns.get(key);
  if (!expression) {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
    expression = new RegExp(`^${source.replace(/\?/g, '.')}$`, flags);
    patterns.set(key, expression);
  }
  return expression.test(value);
}

/** ARNs are compared part by part, so that a wildcard does not cross a colon before the resource. */
function arnLike(pattern: string, value: string): boolean {
  const parts = (arn: string) => {
    const found = arn.split(':');
    return [...found.slice(0, 5), found.slice(5).join(':')];
  };
  const given = parts(value);
  return parts(pattern).every((part, i) => like(part, given[i] ?? ''));
}

type Test = (expected: string, actual: string) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: (expected, actual) => like(expected, actual),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
};

const negated = (operator: string): string | undefined =>
  operator.includes('Not') ? operator.replace('Not', '') : undefined;

/** Takes `ForAnyValue:` and `IfExists` off; our keys have one value each. */
const plain = (operator: string): string =>
  operator.replace(/^For(Any|All)Values?:/, '').replace(/IfExists$/, '');

function conditionHolds(operator: string, expected: readonly string[], actual?: string): boolean {
  const name = plain(operator);
  if (name === 'Null') return expected.includes(String(actual === undefined));
  const opposite = negated(name);
  if (actual === undefined) {
    const absentIsFine = operator.endsWith('IfExists') || operator.startsWith('ForAllValues:');
    return absentIsFine || opposite !== undefined;
  }
  const matches = expected.some((value) => TESTS[opposite ?? name]!(value, actual));
  return opposite === undefined ? matches : !matches;
}

/** The members of a statement that speak about a request; `*` where a policy of a resource names none. */
export function partsAbout({ Action, Resource }: Statement, { action, resource }: Question) {
  const actions = listOf(Action).filter((name) => like(name, action, 'is'));
  return { actions, resources: listOf(Resource ?? '*').filter((arn) => like(arn, resource)) };
}

/** Whether action, resource and conditions of a statement fit; the principal is the caller's part. */
export function speaksAbout(statement: Statement, question: Question): boolean {
  const { action, resource, context } = question;
  const named = (names: readonly string[]) => names.some((name) => like(name, action, 'is'));
  const meant = (arns: readonly string[]) => arns.some((arn) => like(arn, resource));
  if (statement.Action !== undefined && !named(listOf(statement.Action))) return false;
  if (statement.NotAction !== undefined && named(listOf(statement.NotAction))) return false;
  if (statement.Resource !== undefined && !meant(listOf(statement.Resource))) return false;
  if (statement.NotResource !== undefined && meant(listOf(statement.NotResource))) return false;
  const keys = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(statement.Condition ?? {}).every(([operator, tests]) =>
    Object.entries(tests).every(([key, expected]) =>
      conditionHolds(operator, listOf(expected).map(String), keys.get(key.toLowerCase())),
    ),
  );
}

/** Statements of a document; refuses what this file would not judge as AWS does. */
export function statementsOf(document: PolicyDocument, where: string): readonly PlacedStatement[] {
  const statements = listOf(document.Statement);
  for (const statement of statements) {
    for (const operator of Object.keys(statement.Condition ?? {})) {
      const name = plain(operator);
      if (name !== 'Null' && !TESTS[negated(name) ?? name]) {
        throw new Error(`${where}: condition operator ${operator} is not known to the rehearsal`);
      }
    }
    if (JSON.stringify(statement).includes('${')) {
      throw new Error(`${where}: policy variables ("\${…}") are not known to the rehearsal`);
    }
    if ('NotPrincipal' in statement) {
      throw new Error(`${where}: NotPrincipal is not known to the rehearsal`);
    }
  }
  return statements.map((statement, i) => ({ ...statement, place: `${where}[${i}]` }));
}
