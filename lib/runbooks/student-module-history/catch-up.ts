// Passes behind the copy: ids commit out of order, and writers may have been missed.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { FreezeRangePayload } from '../../../lambdas/freeze-range/payload';
import type { PlanPassPayload } from '../../../lambdas/plan-pass/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import { chunkTurns } from '../../steps/chunk-turns';
import { CopyTables } from '../../steps/copy-tables';
import { MOST_TURNS, Stretches } from '../../steps/stretches';
import { COPY_SETTINGS, type History } from './history';

const RUNS = "$states.input.copied.status = 'running'";
const ROOM = `$states.input.turns < ${MOST_TURNS}`;

const FIRST = "{ 'pass': 0, 'quiet': 0, 'inserted': '0' }";

/**
 * Copies what is new, and looks again at the rows of the last hours, until two passes in a row have found
 * nothing. In the state data `catchUp` has `hi`, the last id that is copied.
 */
export const catchUp = (scope: Construct, history: History): Stretches =>
  new Stretches(scope, 'CatchUp', {
    work: 'catch-up passes',
    label: 'catchUp',
    input:
      `$merge([$states.input, { 'turns': 0, 'last': $exists($states.input.catchUp) ? $states.input.catchUp.last : ${FIRST}, ` +
      `'pass': $states.input.catchUp.unfinished }])`,
    turns: (stretch) => passes(stretch, history),
  });

function passes(scope: Construct, history: History): sfn.IChainable {
  const plan = taskState(scope, 'Plan the next pass behind the copy', {
    task: history.adminTask('plan-pass'),
    payload: {
      ...history.adminMembers,
      lo: '{% $states.input.frozen.lo %}',
      hi: '{% $states.input.frozen.hi %}',
      rescanHours: '{% $states.input.input.rescanHours %}',
      settleMinutes: '{% $states.input.input.settleMinutes %}',
      last: '{% $states.input.last %}',
    } satisfies PayloadOf<PlanPassPayload>,
    outputs: `{% $merge([$states.input, { 'pass': $states.result.Payload, 'turns': $states.input.turns + 1 }]) %}`,
    comment:
      'Waits between passes, and says which ids the next one looks at; through after two that found nothing. ' +
      'On redrive: plans the same pass',
  });
  const what = sfn.Choice.jsonata(scope, 'Is there a pass to copy?', {
    comment: 'Ends after two passes in a row that found nothing. On redrive: asks again',
  });
  const copy = chunkTurns(scope, {
    tables: new CopyTables(scope, history.props),
    phase: 'copy',
    addLate: true,
    act: 'Copy chunks of the pass',
    result: 'copied',
    members: {
      range: '{% $states.input.pass.range %}',
      cut: '{% $states.input.pass.cut %}',
      sameServer: '{% $states.input.found.sameServer %}',
      settings: `{% ${COPY_SETTINGS} %}`,
      resumeStale: '{% $states.input.input.resumeStale %}',
    },
    inItem: false,
  });
  const more = sfn.Choice.jsonata(scope, 'More chunks of the pass to copy?', {
    comment:
      'Leads back while the task says that it is not through; after 500 turns the next stretch goes on with this pass. ' +
      'On redrive: asks again',
  });
  const unfinished = sfn.Choice.jsonata(scope, 'Has an earlier stretch begun a pass?', {
    comment: 'Goes on with it where it was. On redrive: asks again',
  });
  const keep = sfn.Pass.jsonata(scope, 'Remember what the pass has written', {
    outputs:
      "{% $merge([$states.input, { 'last': { 'pass': $states.input.pass.pass, 'quiet': $states.input.pass.quiet, " +
      "'inserted': $type($states.input.pass.range) = 'object' ? $states.input.copied.inserted : '0' } }]) %}",
    comment: 'For the plan of the next one. On redrive: is not run again',
  });
  const room = sfn.Choice.jsonata(scope, 'Room for another turn here?', {
    comment: 'After 500 turns the next stretch goes on. On redrive: asks again',
  });
  const ended = sfn.Succeed.jsonata(scope, 'Stretch of catch-up passes ended', {
    outputs: {
      status: "{% $states.input.pass.status = 'done' ? 'done' : 'handover' %}",
      last: '{% $states.input.last %}',
      hi: '{% $states.input.pass.hi %}',
      unfinished: `{% ${RUNS} ? $states.input.pass : null %}`,
    },
    comment: 'Hands counts to the parent, never rows. On redrive: is not run again',
  });
  plan.next(what);
  const isPass = "$states.input.pass.status = 'pass'";
  what
    .when(sfn.Condition.jsonata("{% $states.input.pass.status = 'done' %}"), ended)
    .when(
      sfn.Condition.jsonata(`{% ${isPass} and $type($states.input.pass.range) = 'object' %}`),
      copy,
    )
    .when(sfn.Condition.jsonata(`{% ${isPass} %}`), keep)
    .otherwise(room);
  copy.next(more);
  more
    .when(sfn.Condition.jsonata(`{% ${RUNS} and ${ROOM} %}`), copy)
    .when(sfn.Condition.jsonata(`{% ${RUNS} %}`), ended)
    .otherwise(keep);
  keep.next(room);
  room.when(sfn.Condition.jsonata(`{% ${ROOM} %}`), plan).otherwise(ended);
  unfinished
    .when(sfn.Condition.jsonata("{% $not($type($states.input.pass.range) = 'object') %}"), plan)
    .otherwise(copy);
  return unfinished;
}

/** Fixes what is copied: `frozen` with the first and last id, and disjoint ranges, one for each worker. */
export const freezeRange = (scope: Construct, history: History) =>
  taskState(scope, 'Freeze the range of ids', {
    task: history.adminTask('freeze-range'),
    payload: {
      ...history.adminMembers,
      workers: '{% $states.input.input.workers %}',
    } satisfies PayloadOf<FreezeRangePayload>,
    outputs: addResult('frozen'),
    comment:
      'Reads the first and the last id of the old table, checks them against the new one, and cuts them into ranges. ' +
      'On redrive: hands back what was fixed',
  });
