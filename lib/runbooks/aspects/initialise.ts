// S6 of the guide: migrations, models, dashboards. What was there before is counted first; what is there
// afterwards is proven in ClickHouse, because no exit status tells.

import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ReconcileAspectsPayload } from '../../../lambdas/reconcile-aspects/payload';
import type { VerifyAspectsPayload } from '../../../lambdas/verify-aspects/payload';
import { type PayloadOf, taskState } from '../../platform/task-state';
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
    },
    hours: '{% $states.input.common.initHours %}',
    comment:
      'Migrates ClickHouse and Superset, builds the models and imports the dashboards: six jobs, all of which must have run. ' +
      'On redrive: follows one that still runs, otherwise runs all of it again',
  });
  const verify = verifyVersion(scope, installation, `${HOP}.version`, `${HOP}.from`, true);
  return count.next(init).next(verify);
}

/** Proves in ClickHouse that every relation of a version is there. */
export const verifyVersion = (
  scope: Construct,
  installation: Installation,
  version: string,
  from: string,
  inItem = false,
) =>
  taskState(scope, 'Prove the models in ClickHouse', {
    task: installation.task('verify-aspects'),
    payload: {
      ...installation.members,
      version: `{% ${version} %}`,
      from: `{% ${from} %}`,
    } satisfies PayloadOf<VerifyAspectsPayload>,
    inItem,
    comment:
      'Compares revision, stored manifest and every relation with what the version makes; names all that is missing. ' +
      'On redrive: looks again',
  });
