// What CloudWatch knows of databases and other servers: of each metric the last datum, which stays so
// until somebody changes it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';

/** A metric as a scenario has it; tests change its value. */
export interface MetricData {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  value: number;
}

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Period: string;
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

/** The stand-in; see the head of the file. */
export class MetricsService implements Service {
  readonly target = 'monitoring';
  readonly protocol = 'query';

  constructor(
    private readonly clock: Clock,
    private readonly metrics: readonly MetricData[],
  ) {}

  async call({ operation, input, authorize }: ServiceRequest): Promise<Record<string, unknown>> {
    if (operation !== 'GetMetricData') {
      throw new ServiceError('InvalidAction', `CloudWatch ${operation} is not rehearsed`);
    }
    authorize('cloudwatch:GetMetricData', '*');
    const [from, to] = [input.StartTime, input.EndTime].map((time) => Date.parse(String(time)));
    if (!(from! < to!)) {
      throw new ServiceError('ValidationError', 'StartTime must be less than EndTime');
    }
    const queries = input.MetricDataQueries as readonly Query[];
    return { MetricDataResults: queries.map((query) => this.result(query, from!, to!)) };
  }

  private result({ Id, MetricStat: { Period, Metric } }: Query, from: number, to: number) {
    const wanted = (Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]);
    const found = this.metrics.find(
      ({ namespace, name, dimensions }) =>
        namespace === Metric.Namespace &&
        name === Metric.MetricName &&
        wanted.length === Object.keys(dimensions).length &&
        wanted.every(([key, value]) => dimensions[key!] === value),
    );
    const period = Number(Period) * 1000;
    const last = Math.floor((Math.min(to, this.clock.now()) - 1) / period) * period;
    const data = found && last >= from ? [found.value] : [];
    const Timestamps = data.map(() => new Date(last));
    return { Id, Label: Metric.MetricName, StatusCode: 'Complete', Timestamps, Values: data };
  }
}
