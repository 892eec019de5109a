// The state that looks at everything a migration will touch, and the end where there is nothing to move.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DiscoverHistoryPayload } from '../../../lambdas/discover-history/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import { COPY_SETTINGS, type History } from './history';

/** Puts `found` into the state data; throws one error with every finding. */
export function discover(scope: Construct, history: History): tasks.LambdaInvoke {
  const task = history.adminTask('discover-history');
  history.grantStorage(task);
  return taskState(scope, 'Look at both tables and their servers', {
    task,
    payload: {
      ...history.adminMembers,
      ...history.brakes,
      runtimeUser: history.target.target.runtimeUser,
      migrateUser: history.target.target.migrateUser,
      settings: `{% ${COPY_SETTINGS} %}`,
      workers: '{% $states.input.input.workers %}',
    } satisfies PayloadOf<DiscoverHistoryPayload>,
    outputs: addResult('found'),
    comment:
      'Looks at logins, versions, columns, keys, character sets, ids, rates, sizes, replicas, other runs and how a ' +
      'chunk would be read, and reports every finding at once; changes nothing. On redrive: looks again',
  });
}

/** What follows where there is a history; elsewhere the run ends at once. */
export function whereInUse(scope: Construct, work: sfn.Chain): sfn.Chain {
  const asked = sfn.Choice.jsonata(scope, 'Is there a history to move?', {
    comment:
      'An installation without the old table has none, as those of Tutor. On redrive: asks again',
  });
  const nothing = sfn.Pass.jsonata(scope, 'There is nothing to move', {
    comment: 'Ends the run with what was found. On redrive: is not run again',
  });
  asked
    .when(sfn.Condition.jsonata('{% $not($states.input.found.inUse) %}'), nothing)
    .otherwise(work.startState);
  return sfn.Chain.custom(asked, [...work.endStates, nothing], work);
}
