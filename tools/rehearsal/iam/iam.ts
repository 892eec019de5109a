// Who may do what: the policies of the account, and AWS's way of weighing them within one account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import { type Principal, ServiceError } from '../types';
import {
  like,
  listOf,
  type PlacedStatement,
  type PolicyDocument,
  partsAbout,
  type Question,
  type Statement,
  speaksAbout,
  statementsOf,
} from './policy';

/** Actions for which the resource's own policy must agree; elsewhere one of the two suffices. */
const RESOURCE_DECIDES = /^(sts:AssumeRole|kms:)/;

interface Resource {
  readonly arn: string;
  readonly statements: readonly PlacedStatement[];
}

/** All policies, and the verdict on a call. */
export class Iam {
  /**
   * What allowed the calls so far, once each: place of the statement, its action, its resource. A
   * statement that is never here gives a right that nobody has used.
   */
  readonly used = new Set<string>();
  /**
   * Of those, what a call would have been refused without: place of the statement and its action, or
   * operator and key of its condition, had that asked for something else (test/slow/permissions).
   */
  readonly needed = new Set<string>();
  private readonly identities = new Map<string, PlacedStatement[]>();
  private readonly resources: Resource[] = [];
  /** Verdicts under the policies as they are: the same question is asked hundreds of times. */
  private readonly verdicts = new Map<string, string | undefined>();

  constructor(private readonly account: string) {}

  /** Gives a role, or an operator's ARN, the statements of an identity policy. */
  attach(principalArn: string, document: PolicyDocument, where = principalArn): void {
    const statements = this.identities.get(principalArn) ?? [];
    statements.push(...statementsOf(document, where));
    this.identities.set(principalArn, statements);
    this.verdicts.clear();
  }

  /** Sets a policy on a resource, or on all whose ARN fits: the statements name what they mean. */
  protect(arn: string, document: PolicyDocument, where = arn): void {
    this.resources.push({ arn, statements: statementsOf(document, where) });
    this.verdicts.clear();
  }

  /**
   * Lets a service work with a role, on behalf of one of our resources; throws when the role does not
   * trust it. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
   */
  assume(service: string, roleArn: string, sourceArn: string): void {
    const principal = { kind: 'service', arn: service, account: this.account } as const;
    const source = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.account };
    this.authorize(principal, 'sts:AssumeRole', roleArn, source);
  }

  /** Throws AccessDeniedException, in AWS's words, unless the call is allowed. */
  authorize(
    principal: Principal,
    action: string,
    resource: string,
    context: Readonly<Record<string, string>> = {},
  ): void {
    const question = {
      action,
      resource,
      context: {
        'aws:SecureTransport': 'true',
        'aws:PrincipalArn': principal.arn,
        'aws:PrincipalAccount': principal.account,
        ...context,
      },
    };
    const key = JSON.stringify([principal, question]);
    if (!this.verdicts.has(key)) {
      const verdict = this.refusal(principal, question, (allowing) => {
        for (const statement of allowing) this.note(principal, question, statement);
      });
      this.verdicts.set(key, verdict);
    }
    const because = this.verdicts.get(key);
    if (because === undefined) return;
    throw new ServiceError(
      'AccessDeniedException',
      `User: ${sessionArn(principal)} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
    );
  }

  /**
   * Why a call is refused; undefined when it is allowed.
   *
   * @param note told the statements that allow it
   * @param read what a statement says, where it is asked what would be without a part of it
   */
  private refusal(
    principal: Principal,
    question: Question,
    note: (allowing: readonly PlacedStatement[]) => void,
    read = (statement: PlacedStatement): Statement => statement,
  ): string | undefined {
    const own = this.identities.get(principal.arn);
    const everything = principal.kind === 'operator' && own === undefined;
    const identity = (own ?? []).filter((statement) => speaksAbout(read(statement), question));
    const guarding = this.resources
      .filter(({ arn }) => like(arn, question.resource))
      .flatMap(({ statements }) => statements)
      .map((statement) => ({ statement, named: this.names(statement, principal) }))
      .filter(({ statement, named }) => named !== 'no' && speaksAbout(read(statement), question));

    if (identity.some(isDeny)) return 'with an explicit deny in an identity-based policy';
    if (guarding.some(({ statement }) => isDeny(statement))) {
      return 'with an explicit deny in a resource-based policy';
    }
    const of = (how: string) => guarding.filter(({ named }) => named === how);
    const byIdentity = everything || identity.length > 0;
    const mustAgree = RESOURCE_DECIDES.test(question.action);
    const [direct, delegating] = [of('directly'), of('account')];
    // A policy that names the account leaves the decision to the identity's own.
    const agreeing = direct.length > 0 ? direct : mustAgree && byIdentity ? delegating : [];
    if (agreeing.length > 0 || (byIdentity && !mustAgree)) {
      note([...identity, ...agreeing.map(({ statement }) => statement)]);
      return undefined;
    }
    const kind =
      principal.kind === 'service' || (mustAgree && delegating.length === 0)
        ? 'resource-based'
        : 'identity-based';
    return `because no ${kind} policy allows the ${question.action} action`;
  }

  private note(principal: Principal, question: Question, statement: PlacedStatement): void {
    const { actions, resources } = partsAbout(statement, question);
    for (const action of actions) {
      for (const resource of resources) this.used.add(`${statement.place} ${action} ${resource}`);
    }
    for (const [part, left] of lessOnePart(statement, actions)) {
      const name = `${statement.place} ${part}`;
      if (this.needed.has(name)) continue;
      const read = (one: PlacedStatement) => (one === statement ? left : one);
      if (this.refusal(principal, question, () => {}, read)) this.needed.add(name);
    }
  }

  /** Whether a statement of a resource's policy means this principal, or leaves it to the account. */
  private names(statement: Statement, principal: Principal): 'directly' | 'account' | 'no' {
    if (statement.Principal === undefined) return 'no';
    if (statement.Principal === '*') return 'directly';
    const { AWS, Service } = statement.Principal;
    if (principal.kind === 'service') {
      return listOf(Service).includes(principal.arn) ? 'directly' : 'no';
    }
    const arns = listOf(AWS);
    if (arns.includes('*') || arns.includes(principal.arn)) return 'directly';
    const root = new RegExp(`^arn:[\\w-]+:iam::${this.account}:root$`);
    return arns.some((arn) => arn === this.account || root.test(arn)) ? 'account' : 'no';
  }
}

/** A statement without one of its actions, and with one of its conditions asking for something else. */
function lessOnePart(statement: Statement, actions: readonly string[]): [string, Statement][] {
  const { Action, Condition = {} } = statement;
  const asks = (operator: string, key: string): Statement => {
    const tests = { ...Condition[operator], [key]: 'something-else' };
    return { ...statement, Condition: { ...Condition, [operator]: tests } };
  };
  return [
    ...actions.map((action): [string, Statement] => [
      action,
      { ...statement, Action: listOf(Action).filter((one) => one !== action) },
    ]),
    ...Object.entries(Condition).flatMap(([operator, tests]) =>
      Object.keys(tests).map((key): [string, Statement] => [
        `${operator} ${key}`,
        asks(operator, key),
      ]),
    ),
  ];
}

const isDeny = (statement: Statement): boolean => statement.Effect === 'Deny';

/** How AWS calls a principal in a message: a role by its session. */
export function sessionArn(principal: Principal): string {
  if (principal.kind !== 'role') return principal.arn;
  const name = principal.arn.split('/').at(-1);
  return `${principal.arn.replace(/:iam::(\d+):role\/.*/, ':sts::$1:assumed-role')}/${name}/rehearsal`;
}
