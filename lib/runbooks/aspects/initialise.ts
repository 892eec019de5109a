// S6 of the guide: migrations, models, dashboards. What was there before is counted first; what is there
// afterwards is proven in ClickHouse, because no exit status tells.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ReconcileAspectsPayload } from '../../../lambdas/reconcile-aspects/payload';
import type { VerifyAspectsPayload } from '../../../lambdas/verify-aspects/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import type { Installation } from './installation';

const HOP = '$states.input.value';

/** States of a child for one hop, behind its containers. */
export function initialise(scope: Construct, installation: Installation): sfn.Chain {
  const count = taskState(scope, 'Count what is there before', {
    task: installation.task('reconcile-aspects'),
    payload: {
      ...installation.members,
      phase: 'before',
      from: `{% ${HOP}.from %}`,
      version: `{% ${HOP}.version %}`,
    } satisfies PayloadOf<ReconcileAspectsPayload>,
    inItem: true,
    comment:
      'Counts the old relations while nothing is written, and keeps the counts. On redrive: counts again, unless the models are there already',
  });
  const init = installation.command(scope, 'Init', {
    act: 'Initialise Aspects',
    step: 'init',
    script: 'init',
    inItem: true,
    environment: {
      VERSION: `{% ${HOP}.version %}`,
      DBT_VERSION: `{% ${HOP}.dbt %}`,
      ALEMBIC: `{% ${HOP}.alembic %}`,
      // Another round is another command: the one that is done is not found again.
      ROUND: "{% $exists($states.input.proof) ? $states.context.Execution.RedriveCount : 0 %}",
    },
    hours: '{% $states.input.common.initHours %}',
    comment:
      'Migrates ClickHouse and Superset, builds the models and imports the dashboards: six jobs, all of which must have run. ' +
      'On redrive: follows one that still runs, otherwise runs all of it again',
  });
  const note = sfn.Pass.jsonata(scope, 'Note that the initialisation has ended', {
    outputs:
      "{% $merge([$states.input, { 'initRedrives': $states.context.Execution.RedriveCount }]) %}",
    comment: 'From here on a redrive may initialise again. On redrive: is not run again',
  });
  const verify = taskState(scope, 'Prove the models in ClickHouse', {
    task: installation.task('verify-aspects'),
    payload: {
      ...installation.members,
      version: `{% ${HOP}.version %}`,
      redrivesAtEnd: '{% $states.input.initRedrives %}',
    } satisfies PayloadOf<VerifyAspectsPayload>,
    inItem: true,
    outputs: addResult('proof'),
    comment:
      'Compares revision, stored manifest and every relation with what the version makes, and names all that is missing. ' +
      'On redrive: looks again, and has Aspects initialised again when something is missing still',
  });
  const there = sfn.Choice.jsonata(scope, 'Are all models there?', {
    comment: 'Leads back to the initialisation after a redrive. On redrive: asks again',
  });
  const done = sfn.Pass.jsonata(scope, 'The version is proven', {
    comment: 'Every relation of the version is there. On redrive: is not run again',
  });
  count.next(init).next(note).next(verify).next(there);
  there.when(sfn.Condition.jsonata('{% $states.input.proof.ok %}'), done).otherwise(init.startState);
  return sfn.Chain.custom(count, [done], done);
}
