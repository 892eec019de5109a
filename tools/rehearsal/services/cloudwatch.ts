// Alarms of the template on single metrics, judged when data come in and at the ends of periods.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html

import type { Clock } from '../types';

/** An alarm's properties as the template has them. */
export interface AlarmProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Statistic?: string;
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData?: string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
}

/** State of an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface Alarm {
  readonly name: string;
  readonly properties: AlarmProperties;
  readonly points: { readonly instant: number; readonly value: number }[];
  state: AlarmState;
  reached: AlarmState[];
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: sum,
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  Average: (values) => sum(values) / values.length,
  SampleCount: (values) => values.length,
};

/** The alarms of the account. */
export class AlarmService {
  private readonly alarms: Alarm[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly act: (actionArn: string, alarmName: string, state: AlarmState) => void,
  ) {}

  add(name: string, properties: AlarmProperties, where: string): void {
    const { ComparisonOperator: comparison, Statistic = 'Average' } = properties;
    if (!properties.MetricName || !COMPARISONS[comparison] || !STATISTICS[Statistic]) {
      throw new Error(
        `${where}: alarms on expressions, ${comparison} or ${Statistic} are not rehearsed`,
      );
    }
    const state = properties.TreatMissingData === 'notBreaching' ? 'OK' : 'INSUFFICIENT_DATA';
    this.alarms.push({ name, properties, points: [], state, reached: [] });
  }

  /** States of all alarms, by name, and the states each was in after the first. */
  get states(): Readonly<
    Record<string, { readonly now: AlarmState; readonly reached: readonly AlarmState[] }>
  > {
    return Object.fromEntries(
      this.alarms.map(({ name, state, reached }) => [name, { now: state, reached }]),
    );
  }

  /** Takes a datum of a metric in. */
  record(
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    value: number,
  ): void {
    for (const alarm of this.alarms) {
      const {
        Namespace,
        MetricName,
        Dimensions = [],
        Period,
        EvaluationPeriods,
      } = alarm.properties;
      const same = Dimensions.every(({ Name, Value }) => dimensions[Name] === Value);
      const none = Object.keys(dimensions).length !== Dimensions.length;
      if (Namespace !== namespace || MetricName !== metric || !same || none) continue;
      const instant = this.clock.now();
      alarm.points.push({ instant, value });
      this.judge(alarm);
      // Later the datum leaves the window: an alarm goes back without new data.
      for (let i = 1; i <= EvaluationPeriods + 1; i++) {
        this.clock.at((Math.floor(instant / (Period * 1000)) + i) * Period * 1000, () =>
          this.judge(alarm),
        );
      }
    }
  }

  private judge(alarm: Alarm): void {
    const { Period, EvaluationPeriods, Threshold, ComparisonOperator } = alarm.properties;
    const {
      Statistic = 'Average',
      TreatMissingData = 'missing',
      DatapointsToAlarm,
    } = alarm.properties;
    const length = Period * 1000;
    const last = Math.floor(this.clock.now() / length);
    const verdicts = Array.from({ length: EvaluationPeriods }, (_, back) => {
      const start = (last - back) * length;
      const values = alarm.points.filter(
        ({ instant }) => instant >= start && instant < start + length,
      );
      if (values.length === 0) {
        return TreatMissingData === 'breaching'
          ? true
          : TreatMissingData === 'notBreaching'
            ? false
            : undefined;
      }
      const value = STATISTICS[Statistic]!(values.map((point) => point.value));
      return COMPARISONS[ComparisonOperator]!(value, Threshold);
    });
    const breaching = verdicts.filter((verdict) => verdict === true).length;
    if (breaching >= (DatapointsToAlarm ?? EvaluationPeriods)) this.move(alarm, 'ALARM');
    else if (verdicts.some((verdict) => verdict !== undefined)) this.move(alarm, 'OK');
    else if (TreatMissingData === 'missing') this.move(alarm, 'INSUFFICIENT_DATA');
  }

  private move(alarm: Alarm, state: AlarmState): void {
    if (alarm.state === state) return;
    alarm.state = state;
    alarm.reached.push(state);
    const { AlarmActions = [], OKActions = [] } = alarm.properties;
    const actions = state === 'ALARM' ? AlarmActions : state === 'OK' ? OKActions : [];
    for (const action of actions) this.act(action, alarm.name, state);
  }
}
