// Old relations against those that take their place, while nothing is written.

import type { Construct } from 'constructs';
import type { ReconcileAspectsPayload } from '../../../lambdas/reconcile-aspects/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import type { Installation } from './installation';

/** Throws one error with every relation that does not agree. */
export const reconcile = (scope: Construct, installation: Installation) =>
  taskState(scope, 'Compare old and new relations', {
    task: installation.task('reconcile-aspects'),
    payload: {
      ...installation.members,
      dbt: '{% $states.input.found.dbt %}',
    } satisfies PayloadOf<ReconcileAspectsPayload>,
    outputs: addResult('reconciled'),
    comment:
      'Compares keys and sums of each pair by its class: equal, within the expiry of events, not empty, or readable. ' +
      'On redrive: compares again',
  });
