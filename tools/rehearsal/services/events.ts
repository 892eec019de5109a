// EventBridge's default bus: rules of the template and of the account, and their targets.

import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults/faults';
import type { Clock, CloudEvent, Principal } from '../types';
import { checkPattern, matches } from './event-pattern';
import { nextTime } from './schedule';

type Members = Readonly<Record<string, unknown>>;

/** A target as the template has it. */
export interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
}

/** A rule of the template or of the account: by pattern or by schedule. */
export interface Rule {
  readonly arn: string;
  readonly pattern?: Members;
  readonly schedule?: string;
  readonly description?: string;
  readonly targets?: readonly RuleTarget[];
  /** @default - enabled */
  disabled?: boolean;
}

/** Delivers to a target; rejects when it fails. */
export type Deliver = (
  target: RuleTarget,
  input: unknown,
  by: Principal,
  ruleArn: string,
) => Promise<unknown>;

/** A target in the rehearsal itself. */
export type Listener = (event: CloudEvent) => void;

const TARGET_MEMBERS = ['Id', 'Arn', 'RoleArn', 'Input'];

/** Tries of an asynchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = [60_000, 120_000];

const regionOf = ({ arn }: Rule): string => arn.split(':')[3]!;
export const nameOf = ({ arn }: Rule): string => arn.replace(/^.*:rule\//, '');

/** The bus. */
export class EventBus {
  readonly listeners = new Set<Listener>();
  /** Deliveries given up, with the last error. */
  readonly undelivered: {
    readonly event: CloudEvent;
    readonly target: string;
    readonly error: Error;
  }[] = [];
  private rules: Rule[] = [];
  /** By the name of the rule. */
  private readonly within = new Map<string, Set<Listener>>();

  constructor(
    private readonly clock: Clock,
    private readonly faults: Faults,
    private readonly account: string,
    private readonly deliver: Deliver,
  ) {}

  /** Puts a rule in the place of the one of the same ARN. */
  add(rule: Rule): void {
    if (rule.pattern) checkPattern(rule.pattern, rule.arn);
    const odd = rule.targets?.flatMap(Object.keys).find((key) => !TARGET_MEMBERS.includes(key));
    if (odd) throw new Error(`${rule.arn}: ${odd} of a target is not rehearsed`);
    this.remove(rule.arn);
    this.rules.push(rule);
    this.arm(rule);
  }

  remove(arn: string): void {
    this.rules = this.rules.filter((rule) => rule.arn !== arn);
  }

  /** The rules of a region, by name. */
  rulesIn(region: string): readonly Rule[] {
    const own = this.rules.filter((rule) => regionOf(rule) === region);
    return own.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  /** Makes somebody in the rehearsal a target of the rules of a name; returns how to end that. */
  onRule(name: string, listener: Listener): () => void {
    const listeners = this.within.get(name) ?? new Set();
    this.within.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Takes an event in: listeners hear it at once, targets in their own time. */
  publish(event: CloudEvent): void {
    for (const listener of this.listeners) listener(event);
    const occasion = { service: event.source, operation: event['detail-type'] };
    if (this.faults.take('event', occasion)?.kind === 'drop-event') return;
    const whole = { version: '0', id: randomUUID(), ...event };
    for (const rule of this.rules) {
      if (!rule.pattern || regionOf(rule) !== event.region) continue;
      if (matches(rule.pattern, whole)) this.fire(rule, whole);
    }
  }

  private arm(rule: Rule): void {
    const { schedule, arn } = rule;
    if (schedule === undefined) return;
    const due = () => {
      if (!this.rules.includes(rule)) return;
      this.arm(rule);
      const time = new Date(this.clock.now()).toISOString();
      const where = { account: this.account, region: regionOf(rule), time, resources: [arn] };
      const what = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
      this.fire(rule, { version: '0', id: randomUUID(), ...what, ...where });
    };
    this.clock.at(nextTime(schedule, this.clock.now()), due, 'background');
  }

  private fire(rule: Rule, event: CloudEvent & Members): void {
    if (rule.disabled) return;
    for (const target of rule.targets ?? []) void this.send(rule, target, event);
    for (const listener of this.within.get(nameOf(rule)) ?? []) listener(event);
  }

  private async send(rule: Rule, target: RuleTarget, event: CloudEvent & Members): Promise<void> {
    const by: Principal = target.RoleArn
      ? { kind: 'role', arn: target.RoleArn, account: this.account }
      : { kind: 'service', arn: 'events.amazonaws.com', account: this.account };
    const input = target.Input === undefined ? event : JSON.parse(target.Input);
    for (const wait of [...RETRY_AFTER_MS, undefined]) {
      try {
        await this.deliver(target, input, by, rule.arn);
        return;
      } catch (error) {
        if (wait === undefined) {
          this.undelivered.push({ event, target: target.Arn, error: error as Error });
          return;
        }
        await this.clock.sleep(wait);
      }
    }
  }
}
