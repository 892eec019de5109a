// What people see: dashboards that exist and whose charts answer. An import that swallows its errors has
// deleted the old dashboards first.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Installation } from './installation';

/** Reads tracking logs again where the input says so. */
export function replay(scope: Construct, installation: Installation): sfn.Chain {
  const asked = sfn.Choice.jsonata(scope, 'Are tracking logs read again?', {
    comment: 'The input says so. On redrive: asks again',
  });
  const read = installation.command(scope, 'Replay', {
    act: 'Read the tracking logs again',
    step: 'replay',
    script: 'replay-tracking-logs',
    environment: { FOLDER: '/openedx/data/', PREFIX: 'tracking.log' },
    hours: '{% $states.input.input.initHours %}',
    question: 'Have the tracking logs been read again?',
    done: 'Tracking logs were read again',
  });
  const done = sfn.Pass.jsonata(scope, 'Events are complete', {
    comment: 'What is not in tracking logs cannot be had again. On redrive: is not run again',
  });
  asked
    .when(sfn.Condition.jsonata('{% $states.input.input.replayTrackingLogs %}'), read.startState)
    .otherwise(done);
  read.next(done);
  return sfn.Chain.custom(asked, [done], done);
}

/** The last check of both machines. */
export const smoke = (scope: Construct, installation: Installation) =>
  installation.command(scope, 'Smoke', {
    act: 'Try the dashboards',
    step: 'smoke',
    script: 'smoke',
    hours: 4,
    question: 'Do the dashboards answer?',
    done: 'The dashboards answer',
  });
