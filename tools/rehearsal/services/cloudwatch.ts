// Alarms of the template on sums of single metrics, judged when data come in and at the ends of
// periods: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html

import type { Clock } from '../types';

/** An alarm's properties as the template has them. */
export interface AlarmProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Statistic?: string;
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData?: string;
  readonly AlarmActions?: readonly string[];
}

/** State of an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface Alarm extends AlarmProperties {
  readonly name: string;
  readonly points: { readonly instant: number; readonly value: number }[];
  readonly reached: AlarmState[];
  state: AlarmState;
}

const COMPARISON = 'GreaterThanOrEqualToThreshold';

/** The alarms of the account. */
export class AlarmService {
  private readonly alarms: Alarm[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly act: (actionArn: string, alarmName: string, state: AlarmState) => void,
  ) {}

  add(name: string, properties: AlarmProperties): void {
    const { ComparisonOperator, Statistic, TreatMissingData = 'missing' } = properties;
    const missing = ['missing', 'notBreaching'].includes(TreatMissingData);
    if (ComparisonOperator !== COMPARISON || Statistic !== 'Sum' || !missing) {
      const odd = `${ComparisonOperator}, ${Statistic}, ${TreatMissingData}`;
      throw new Error(`only alarms on a sum at or above a threshold are rehearsed, not ${odd}`);
    }
    const state = TreatMissingData === 'missing' ? 'INSUFFICIENT_DATA' : 'OK';
    this.alarms.push({ ...properties, name, points: [], reached: [], state });
  }

  /** Of each alarm, by name: its state, and the states it came to since the beginning. */
  get states(): Record<string, { now: AlarmState; reached: readonly AlarmState[] }> {
    return Object.fromEntries(
      this.alarms.map(({ name, state, reached }) => [name, { now: state, reached }]),
    );
  }

  /** Takes a datum of a metric in. */
  record(metric: string, dimensions: Readonly<Record<string, string>>, value: number): void {
    for (const alarm of this.alarms) {
      const { Namespace, MetricName, Dimensions = [], EvaluationPeriods } = alarm;
      if (`${Namespace} ${MetricName}` !== metric) continue;
      if (Dimensions.length !== Object.keys(dimensions).length) continue;
      if (Dimensions.some(({ Name, Value }) => dimensions[Name] !== Value)) continue;
      const period = alarm.Period * 1000;
      const instant = this.clock.now();
      alarm.points.push({ instant, value });
      this.judge(alarm);
      // Later the datum leaves the window: an alarm goes back without new data.
      for (let i = 1; i <= EvaluationPeriods + 1; i++) {
        this.clock.at((Math.floor(instant / period) + i) * period, () => this.judge(alarm));
      }
    }
  }

  private judge(alarm: Alarm): void {
    const period = alarm.Period * 1000;
    const current = Math.floor(this.clock.now() / period);
    const sums = Array.from({ length: alarm.EvaluationPeriods }, (_, back) => {
      const points = alarm.points.filter(
        ({ instant }) => Math.floor(instant / period) === current - back,
      );
      return points.length === 0
        ? undefined
        : points.reduce((total, { value }) => total + value, 0);
    });
    if (sums.every((sum) => sum !== undefined && sum >= alarm.Threshold)) this.move(alarm, 'ALARM');
    else if (alarm.TreatMissingData === 'notBreaching') this.move(alarm, 'OK');
    else this.move(alarm, sums.some((sum) => sum !== undefined) ? 'OK' : 'INSUFFICIENT_DATA');
  }

  private move(alarm: Alarm, state: AlarmState): void {
    if (alarm.state === state) return;
    alarm.state = state;
    alarm.reached.push(state);
    if (state !== 'ALARM') return;
    for (const action of alarm.AlarmActions ?? []) this.act(action, alarm.name, state);
  }
}
