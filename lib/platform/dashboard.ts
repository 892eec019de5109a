import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import { consoleLink } from '../../lambdas/shared/inputs/links';
import type { Machine } from './machine';
import { Platform } from './platform';

const ID = 'Dashboard';
/** Columns of a dashboard: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const COLUMNS = 24;
/** Heights of the first row and of those of the machines. */
const TOP = 6;
const ROW = 5;

/** A picture of a stack in CloudWatch: its alarms, and a row for each machine that works. Made only when it is asked for. */
export class RunbookDashboard extends Construct {
  /** The stack's dashboard, where it has one. */
  static of(scope: IConstruct): RunbookDashboard | undefined {
    return Stack.of(scope).node.tryFindChild(ID) as RunbookDashboard | undefined;
  }

  /** Dashboards are read when the app is synthesized: machines that come later are on it. */
  private readonly alarms: cloudwatch.IAlarm[] = [];
  private readonly dashboard: cloudwatch.Dashboard;

  constructor(stack: Stack) {
    super(stack, ID);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(7),
    });
    const alarms = new cloudwatch.AlarmStatusWidget({
      title: 'Alarms',
      alarms: this.alarms,
      width: COLUMNS / 2,
      height: TOP,
    });
    this.dashboard.addWidgets(alarms, new Tasks(Platform.of(stack)));
  }

  /** Adds an alarm. */
  watch(alarm: cloudwatch.IAlarm): void {
    this.alarms.push(alarm);
  }

  /** Adds a row: how executions of a machine ended, and how long they took. */
  show({ stateMachine, arns }: Machine): void {
    const sum = { period: Duration.hours(1), statistic: cloudwatch.Stats.SUM };
    const link = new cloudwatch.TextWidget({
      markdown: `**[${arns.name}](${consoleLink(arns.machine)})**`,
      width: COLUMNS / 4,
      height: ROW,
    });
    const ends = new cloudwatch.GraphWidget({
      title: 'Executions',
      left: [
        stateMachine.metricStarted({ ...sum, label: 'started' }),
        stateMachine.metricSucceeded({ ...sum, label: 'succeeded' }),
        stateMachine.metricFailed({ ...sum, label: 'failed' }),
        stateMachine.metricAborted({ ...sum, label: 'stopped' }),
        stateMachine.metricTimedOut({ ...sum, label: 'timed out' }),
      ],
      leftYAxis: { min: 0, showUnits: false },
      width: (COLUMNS * 3) / 8,
      height: ROW,
    });
    const time = new cloudwatch.GraphWidget({
      title: 'Time of executions',
      left: [
        stateMachine.metricTime({
          period: Duration.hours(1),
          statistic: 'Maximum',
          label: 'longest',
        }),
      ],
      leftYAxis: { min: 0 },
      width: (COLUMNS * 3) / 8,
      height: ROW,
    });
    this.dashboard.addWidgets(link, ends, time);
  }
}

/** Errors of all functions of the stack: steps that come later bring more, so they are asked when it is drawn. */
class Tasks extends cloudwatch.ConcreteWidget {
  constructor(private readonly platform: Platform) {
    super(COLUMNS / 2, TOP);
  }

  toJson(): unknown[] {
    const graph = new cloudwatch.GraphWidget({
      title: 'Errors of tasks',
      left: this.platform.taskFunctions.map((task) =>
        task.metricErrors({ period: Duration.hours(1), label: task.node.id }),
      ),
      leftYAxis: { min: 0, showUnits: false },
      legendPosition: cloudwatch.LegendPosition.RIGHT,
      width: this.width,
      height: this.height,
    });
    graph.position(this.x ?? 0, this.y ?? 0);
    return graph.toJson();
  }
}
