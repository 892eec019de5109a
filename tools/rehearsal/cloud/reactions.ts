// What EventBridge, CloudWatch's metrics and its alarms do when something happens.

import type { Engine } from '../engine';
import type { Iam } from '../iam/iam';
import type { AlarmService } from '../services/cloudwatch';
import type { RuleTarget } from '../services/events';
import type { SnsService } from '../services/sns';
import type { CloudEvent, FunctionInvoker, Principal } from '../types';

/** Metrics of the status changes: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const STATUS_METRICS: Readonly<Record<string, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

/** What the reactions reach. */
export interface Reach {
  readonly account: string;
  readonly iam: Iam;
  readonly engine: Engine;
  readonly topics: SnsService;
  readonly functions: FunctionInvoker;
  /** Takes what nobody waits for. */
  readonly problems: Error[];
  /** Aborted when the rehearsal is over. */
  readonly signal: AbortSignal;
}

/** What EventBridge does with a target. */
export async function deliver(
  { account, iam, engine, topics, functions, signal }: Reach,
  { Arn: arn }: RuleTarget,
  input: unknown,
  by: Principal,
  ruleArn: string,
): Promise<void> {
  const context = { 'aws:SourceArn': ruleArn, 'aws:SourceAccount': account };
  if (by.kind === 'role') iam.assume('events.amazonaws.com', by.arn, ruleArn);
  if (/:lambda:.*:function:/.test(arn)) {
    await functions.invoke(arn, input, by, signal, { context });
  } else if (/:sns:/.test(arn)) {
    const message = typeof input === 'string' ? input : JSON.stringify(input);
    topics.publish(by, { topicArn: arn, message }, context);
  } else if (/:stateMachine:/.test(arn)) {
    iam.authorize(by, 'states:StartExecution', arn, context);
    engine.start({ stateMachineArn: arn, input: JSON.stringify(input) });
  } else {
    throw new Error(`targets like ${arn} are not known to the rehearsal`);
  }
}

/** Keeps the metrics alarms look at. */
export function measure(
  alarms: AlarmService,
  { source, 'detail-type': type, detail }: CloudEvent,
): void {
  if (source !== 'aws.states' || type !== 'Step Functions Execution Status Change') return;
  const metric = STATUS_METRICS[String(detail.status)];
  const dimensions = { StateMachineArn: String(detail.stateMachineArn) };
  if (metric) alarms.record(`AWS/States ${metric}`, dimensions, 1);
}

/** What an alarm's action does: it tells a topic. */
export function tell(
  { account, topics, problems }: Pick<Reach, 'account' | 'topics' | 'problems'>,
  topicArn: string,
  name: string,
  state: string,
): void {
  const by = { kind: 'service', arn: 'cloudwatch.amazonaws.com', account } as const;
  const message = JSON.stringify({
    AlarmName: name,
    NewStateValue: state,
    AWSAccountId: account,
  });
  const subject = `${state}: "${name}"`.slice(0, 100);
  try {
    topics.publish(by, { topicArn, subject, message }, { 'aws:SourceAccount': account });
  } catch (error) {
    // On AWS nobody hears of it either; here a test may look.
    problems.push(error as Error);
  }
}
