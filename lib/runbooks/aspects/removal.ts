// S7 of the guide, without its macro: that one drops a table the LMS still writes, and from 2.5 on a view that
// dashboards read. What goes is listed, approved, and dropped one by one.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { DropDeprecatedPayload } from '../../../lambdas/drop-deprecated/payload';
import type { ReadDeprecatedPayload } from '../../../lambdas/read-deprecated/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import type { Installation } from './installation';

const GATE = 'remove-deprecated';

/** Asks, and removes what is approved; nothing where the input says so or nothing is left. */
export function removeDeprecated(scope: Construct, installation: Installation): sfn.Chain {
  const members = {
    ...installation.members,
    dbt: '{% $states.input.found.dbt %}',
  };
  const wanted = sfn.Choice.jsonata(scope, 'Are deprecated objects removed?', {
    comment: 'The input says so. On redrive: asks again',
  });
  const read = taskState(scope, 'List the deprecated objects', {
    task: installation.task('read-deprecated'),
    payload: { ...members } satisfies PayloadOf<ReadDeprecatedPayload>,
    outputs: addResult('deprecated'),
    comment:
      'Lists what the version no longer uses and nothing else needs, with the rows that only the old tables have. ' +
      'On redrive: lists again',
  });
  const any = sfn.Choice.jsonata(scope, 'Is anything deprecated left?', {
    comment: 'Without an object there is nothing to approve. On redrive: asks again',
  });
  const ask = new ManualGate(scope, 'Remove', {
    gate: GATE,
    question: '{% $states.input.deprecated.question %}',
    approve: { objects: '{% $states.input.deprecated.hash %}' },
  });
  const drop = taskState(scope, 'Remove the deprecated objects', {
    task: installation.task('drop-deprecated'),
    payload: {
      ...members,
      gate: GATE,
      hash: '{% $states.input.deprecated.hash %}',
    } satisfies PayloadOf<DropDeprecatedPayload>,
    outputs: addResult('dropped'),
    comment:
      'Drops exactly the approved objects, one by one, each looked at again before it goes. On redrive: drops what is ' +
      'left of them',
  });
  const done = sfn.Pass.jsonata(scope, 'Nothing deprecated is to be removed', {
    comment: 'Goes on to the last checks. On redrive: is not run again',
  });
  wanted
    .when(sfn.Condition.jsonata('{% $states.input.input.removeDeprecated %}'), read)
    .otherwise(done);
  read.next(any);
  any
    .when(sfn.Condition.jsonata('{% $states.input.deprecated.objects > 0 %}'), ask.startState)
    .otherwise(done);
  ask.next(drop).next(done);
  return sfn.Chain.custom(wanted, [done], done);
}
