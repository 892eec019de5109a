// S6 of the guide: migrations, models, dashboards. What is there afterwards is proven in ClickHouse, because no
// exit status tells.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { VerifyAspectsPayload } from '../../../lambdas/verify-aspects/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import type { VersionPlace } from './build';
import { heldServices } from './ingestion';
import type { Installation } from './installation';

/**
 * Initialises until ClickHouse has every relation of the version. A version that is not proven after a redrive, or in
 * a new execution that goes on with the run, is initialised again, and then every model is built, because a saved
 * state that is too new builds none.
 */
export function initialiseAndProve(
  scope: Construct,
  installation: Installation,
  { facts, hours, inItem }: VersionPlace,
): sfn.Chain {
  const again = '$exists($states.input.proof)';
  const round = `{% ${again} ? $states.context.Execution.Name & '/' & $string($states.context.Execution.RedriveCount) : 0 %}`;
  const init = installation.command(scope, 'Init', {
    act: 'Initialise Aspects',
    step: 'init',
    script: 'init',
    // Another round is another command: one that is done is not found again.
    environment: {
      VERSION: `{% ${facts}.version %}`,
      SERVICES: heldServices(inItem),
      ROUND: round,
    },
    hours: `{% ${hours}.initHours %}`,
    question: 'Is Aspects initialised?',
    done: 'Aspects is initialised',
    inItem,
  });
  const every = sfn.Choice.jsonata(scope, 'Is every model to be built?', {
    comment:
      'After an initialisation that was not enough, whatever dbt has saved. On redrive: asks again',
  });
  const all = installation.command(scope, 'BuildAll', {
    act: 'Build every model',
    step: 'buildAll',
    script: 'dbt',
    environment: { COMMAND: 'run', SERVICES: heldServices(inItem), ROUND: round },
    hours: `{% ${hours}.initHours %}`,
    question: 'Is every model built?',
    done: 'Every model is built',
    inItem,
  });
  const note = sfn.Pass.jsonata(scope, 'Note that the models were built', {
    outputs:
      "{% $merge([$states.input, { 'builtAtRedrive': $states.context.Execution.RedriveCount }]) %}",
    comment: 'From here on a redrive may build them again. On redrive: is not run again',
  });
  const verify = taskState(scope, 'Prove the models in ClickHouse', {
    task: installation.task('verify-aspects'),
    payload: {
      ...installation.members,
      aspects: `{% ${facts}.version %}`,
      target: { dbt: `{% ${facts}.dbt %}`, alembic: `{% ${facts}.alembic %}` },
      redrivesAtEnd: '{% $states.input.builtAtRedrive %}',
      rebuilt: `{% ${again} %}`,
    } satisfies PayloadOf<VerifyAspectsPayload>,
    inItem,
    outputs: addResult('proof'),
    comment:
      'Compares revision, stored manifest and every relation with what the version makes, and names all that is missing. ' +
      'On redrive, or in an execution that goes on: looks again, and has Aspects initialised again when something is missing still',
  });
  const there = sfn.Choice.jsonata(scope, 'Are all models there?', {
    comment: 'Leads back to the initialisation after a redrive. On redrive: asks again',
  });
  const done = sfn.Pass.jsonata(scope, 'The version is proven', {
    comment: 'Every relation of the version is there. On redrive: is not run again',
  });
  init.next(every);
  every.when(sfn.Condition.jsonata(`{% ${again} %}`), all.startState).otherwise(note);
  all.next(note);
  note.next(verify).next(there);
  there
    .when(sfn.Condition.jsonata('{% $not($states.input.proof.ok) %}'), init.startState)
    .otherwise(done);
  return sfn.Chain.custom(init.startState, [done], done);
}
