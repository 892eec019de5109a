import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { RunbookDashboard } from './dashboard';
import type { Machine } from './machine';
import { Platform } from './platform';

/** An alarm on the first datapoint above zero, told through the stack's topic. */
export function alarm(
  scope: Construct,
  id: string,
  metric: cloudwatch.Metric,
  props: { readonly description: string },
): cloudwatch.Alarm {
  const made = new cloudwatch.Alarm(scope, id, {
    metric,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    alarmDescription: props.description,
  });
  made.addAlarmAction(new actions.SnsAction(Platform.of(scope).topic));
  RunbookDashboard.of(scope)?.watch(made);
  return made;
}

/** Properties of {@link Alarms}. */
export interface AlarmsProps {
  /** Machine whose executions are counted. */
  readonly machine: Machine;
}

/** Behind the notices, which a broken task could swallow: alarms on the service's own metrics. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { machine }: AlarmsProps) {
    super(scope, id);
    const { stateMachine, arns } = machine;
    const period = { period: Duration.minutes(1) };
    alarm(this, 'Failed', stateMachine.metricFailed(period), {
      description: `An execution of ${arns.name} failed`,
    });
    alarm(this, 'TimedOut', stateMachine.metricTimedOut(period), {
      description: `An execution of ${arns.name} timed out`,
    });
    alarm(this, 'Aborted', stateMachine.metricAborted(period), {
      description: `An execution of ${arns.name} was stopped`,
    });
  }
}
