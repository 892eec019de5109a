import { Duration, Stack } from 'aws-cdk-lib';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TargetConfig } from '../../lambdas/shared/inputs/target';
import { AnswerMachine } from './answer-machine';
import { RunbookDashboard } from './dashboard';
import { Platform } from './platform';
import { QuietWatch } from './quiet-watch';
import { ReleaseMachine } from './release-machine';

/** Properties of {@link RunbookStack}. */
export interface RunbookStackProps {
  /** Where the runbook works. */
  readonly target: TargetConfig;

  /**
   * Name of the stack, the first part of its machines' names.
   *
   * @default - made from the construct's id
   */
  readonly stackName?: string;

  /**
   * What the stack is for.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * What the release machine does behind the release of a run; its state data have the id `run`.
   *
   * @default - nothing
   */
  readonly afterRelease?: (scope: Construct) => sfn.IChainable;
}

/** Base of a runbook's stack: platform, watch over failed runs, answer and release machines. */
export class RunbookStack extends Stack {
  readonly platform: Platform;

  constructor(scope: Construct, id: string, props: RunbookStackProps) {
    const { account, region, noticeEmails, quietAlarmAfterHours, dashboard } = props.target;
    super(scope, id, {
      env: { account, region },
      stackName: props.stackName,
      description: props.description,
    });
    this.platform = Platform.of(this);
    if (dashboard) new RunbookDashboard(this);
    for (const address of noticeEmails) {
      this.platform.topic.addSubscription(new subscriptions.EmailSubscription(address));
    }
    QuietWatch.of(this, Duration.minutes(quietAlarmAfterHours * 60));
    new AnswerMachine(this, 'Answer');
    new ReleaseMachine(this, 'Release', { after: props.afterRelease });
  }
}
