// EventBridge's default bus: rules of the template, and their targets.

import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults/faults';
import type { Clock, CloudEvent, Principal } from '../types';
import { checkPattern, matches } from './event-pattern';

type Members = Readonly<Record<string, unknown>>;

/** A target as the template has it. */
export interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
}

/** A rule of the template. */
export interface Rule {
  readonly arn: string;
  readonly pattern: Members;
  readonly targets: readonly RuleTarget[];
}

/** Delivers to a target; rejects when it fails. */
export type Deliver = (
  target: RuleTarget,
  input: unknown,
  by: Principal,
  ruleArn: string,
) => Promise<unknown>;

const TARGET_MEMBERS = ['Id', 'Arn', 'RoleArn', 'Input'];

/** Tries of an asynchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = [60_000, 120_000];

/** The bus. */
export class EventBus {
  readonly listeners = new Set<(event: CloudEvent) => void>();
  /** Deliveries given up, with the last error. */
  readonly undelivered: {
    readonly event: CloudEvent;
    readonly target: string;
    readonly error: Error;
  }[] = [];
  private readonly rules: Rule[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly faults: Faults,
    private readonly account: string,
    private readonly deliver: Deliver,
  ) {}

  add(rule: Rule): void {
    checkPattern(rule.pattern, rule.arn);
    const odd = rule.targets.flatMap(Object.keys).find((key) => !TARGET_MEMBERS.includes(key));
    if (odd) throw new Error(`${rule.arn}: ${odd} of a target is not rehearsed`);
    this.rules.push(rule);
  }

  /** Takes an event in: listeners hear it at once, targets in their own time. */
  publish(event: CloudEvent): void {
    for (const listener of this.listeners) listener(event);
    const occasion = { service: event.source, operation: event['detail-type'] };
    if (this.faults.take('event', occasion)?.kind === 'drop-event') return;
    const whole = { version: '0', id: randomUUID(), ...event };
    for (const rule of this.rules) {
      if (!matches(rule.pattern, whole)) continue;
      for (const target of rule.targets) void this.send(rule, target, whole);
    }
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
