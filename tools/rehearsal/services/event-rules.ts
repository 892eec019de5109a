// EventBridge's API, for who reads rules and switches them off and on.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import { type EventBus, nameOf, type Rule } from './events';
import { integer, needed, read, text } from './members';
import { PageTokens } from './page-tokens';

const NAME = text(1, 64, { pattern: /^[.\-_A-Za-z0-9]+$/ });
const BUS = { EventBusName: text(1, 1600, { pattern: /^default$/ }) };
const ONE = { Name: needed(NAME), ...BUS };
const LIST = {
  NamePrefix: NAME,
  Limit: integer(1, 100),
  NextToken: text(1, 2048),
  ...BUS,
};

/** Rule key of `cloud.json`. */
export interface RuleData extends Omit<Rule, 'arn' | 'disabled'> {
  readonly name: string;
  /** @default - the account's */
  readonly region?: string;
  /** @default 'ENABLED' */
  readonly state?: 'ENABLED' | 'DISABLED';
}

/** The API over the bus. */
export class EventRulesService implements Service {
  readonly target = 'AWSEvents';
  readonly protocol = 'json-1.1';
  private readonly tokens: PageTokens;

  constructor(
    private readonly bus: EventBus,
    clock: Clock,
    /** ARN of what there is in a region. */
    private readonly arn: (resource: string, region?: string) => string,
  ) {
    this.tokens = new PageTokens(clock, 'ValidationException');
  }

  /** Makes a rule of the account, or makes it anew. */
  put({ name, region, state, ...rule }: RuleData): void {
    this.bus.add({
      ...rule,
      arn: this.arn(`rule/${name}`, region),
      disabled: state === 'DISABLED',
    });
  }

  /** Removes a rule of the account. */
  remove(name: string, region?: string): void {
    this.bus.remove(this.arn(`rule/${name}`, region));
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, input, region } = request;
    const authorize = (name: string) =>
      request.authorize(`events:${operation}`, this.arn(`rule/${name}`, region));
    if (operation === 'ListRules') {
      const { NextToken, Limit: maxResults, ...given } = read(input, LIST);
      authorize('*');
      const all = this.bus.rulesIn(region);
      const meant = all.filter((one) => nameOf(one).startsWith(given.NamePrefix ?? ''));
      const paged = { ...given, maxResults, nextToken: NextToken };
      const { items, nextToken } = this.tokens.of(operation, paged, meant, describe);
      return { Rules: items, NextToken: nextToken };
    }
    if (!['DescribeRule', 'DisableRule', 'EnableRule'].includes(operation)) {
      throw new ServiceError('UnknownOperationException', `${operation} is not rehearsed`);
    }
    const { Name } = read(input, ONE);
    authorize(Name);
    const rule = this.bus.rulesIn(region).find((one) => nameOf(one) === Name);
    if (!rule) {
      const message = `Rule ${Name} does not exist on EventBus default.`;
      throw new ServiceError('ResourceNotFoundException', message);
    }
    if (operation === 'DescribeRule') return describe(rule);
    rule.disabled = operation === 'DisableRule';
    return {};
  }
}

const describe = (rule: Rule) => ({
  Name: nameOf(rule),
  Arn: rule.arn,
  State: rule.disabled ? 'DISABLED' : 'ENABLED',
  Description: rule.description,
  ScheduleExpression: rule.schedule,
  EventPattern: rule.pattern && JSON.stringify(rule.pattern),
  EventBusName: 'default',
});
