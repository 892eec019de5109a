// The machine `student-module-history-removal`: the old rows go, after all of them were compared once more.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { DrainRowsPayload } from '../../../lambdas/drain-rows/payload';
import type { ReadMigrationPayload } from '../../../lambdas/read-migration/payload';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookMachine } from '../../platform/runbook-machine';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import { mayGoOn } from '../../steps/chunk-turns';
import { ChunkedComparison } from '../../steps/chunked-copy';
import { ChunkSettings } from '../../steps/copy-settings';
import { ManualGate } from '../../steps/manual-gate';
import { Stretches } from '../../steps/stretches';
import { checkThenWork } from '../check-then-work';
import { COPY_SETTINGS, History } from './history';
import { nameOf } from './migration';

const INPUT = '$states.input.input';
const MIGRATION = '$states.input.migration';

/** Adds the machine `<stack>-removal`. */
export const addRemoval = (
  scope: Construct,
  { studentModuleHistory: target, tracing }: TargetWith<'studentModuleHistory'>,
): RunbookMachine =>
  new RunbookMachine(scope, 'Removal', {
    name: 'removal',
    runbook: 'student-module-history-removal',
    comment:
      'Empties the old table of the history, once all its rows are proven to be in the new one',
    schema: 'student-module-history-removal',
    target: { source: nameOf(target.source), target: nameOf(target.target) },
    tracing,
    docs: 'docs/runbooks/student-module-history.md',
    body: (body) => remove(body, new History(body, target)),
  });

function remove(scope: Construct, history: History): sfn.Chain {
  const read = taskState(scope, 'Read what the migration has copied', {
    task: history.task('read-migration'),
    payload: {
      ...history.members,
      migrationOf: `{% ${INPUT}.migrationOf %}`,
      confirm: `{% ${INPUT}.confirm %}`,
      workers: `{% ${INPUT}.workers %}`,
      method: `{% ${INPUT}.method %}`,
    } satisfies PayloadOf<ReadMigrationPayload>,
    outputs: addResult('migration'),
    comment:
      'Looks whether that run is through, and which of its ids are left in the old table; changes nothing. ' +
      'On redrive: looks again',
  });
  return checkThenWork(scope, {
    check: read,
    plan: { migration: `{% ${MIGRATION} %}` },
    work: askToRemove(scope, history).next(comparedAndGone(scope, history)),
  });
}

/** What only people know: reads have moved, and the way back is there. */
const askToRemove = (scope: Construct, history: History): ManualGate =>
  new ManualGate(scope, 'Remove', {
    gate: 'remove-rows',
    question:
      `{% 'Remove rows ' & ${MIGRATION}.lo & ' to ' & ${MIGRATION}.hi & ' from ${history.nameOf('source')} by ' & ` +
      `${INPUT}.method & '? They cannot be brought back by this runbook. Before you approve:\\n` +
      `(1) ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES is false for LMS, Studio and their workers, and was so for some days\\n` +
      `(2) snapshot ' & ${INPUT}.snapshotId & ' is complete and has been restored once\\n` +
      `(3) nobody reads the old table for reports\\nAll rows are compared once more before the first one goes' %}`,
    approve: {
      table: history.nameOf('source'),
      lo: `{% ${MIGRATION}.lo %}`,
      hi: `{% ${MIGRATION}.hi %}`,
      method: `{% ${INPUT}.method %}`,
      snapshotId: `{% ${INPUT}.snapshotId %}`,
    },
  });

/**
 * A comparison is worth something for 24 hours; when it got older before the first row went, all rows are
 * compared again. The ranges of each comparison have names of their own, because one that is done is not
 * done again.
 */
function comparedAndGone(scope: Construct, history: History): sfn.Chain {
  const begin = sfn.Pass.jsonata(scope, 'Begin a full comparison', {
    outputs:
      "{% $merge([$states.input, { 'comparison': $replace($states.context.State.EnteredTime, /[^0-9]/, '') }]) %}",
    comment: 'Gives the comparison a name. On redrive: is not run again',
  });
  const compare = new ChunkedComparison(scope, 'Compare', {
    ...history.props,
    noun: 'history',
    step: 'history',
    ranges:
      `$map($append([], ${MIGRATION}.ranges), function($r) { { 'name': $r.name & '-' & ` +
      "$states.input.comparison, 'lo': $r.lo, 'hi': $r.hi } })",
    cut: `${MIGRATION}.cut`,
    sameServer: `${MIGRATION}.sameServer`,
    settings: ChunkSettings.fromJsonata(COPY_SETTINGS),
    // The input says how many ranges there are, and all of them begin at once.
    workers: 8,
  });
  const passed = sfn.Pass.jsonata(scope, 'Note when all rows agreed', {
    outputs: "{% $merge([$states.input, { 'verifiedAt': $states.context.State.EnteredTime }]) %}",
    comment: 'The proof is worth something from now on for 24 hours. On redrive: is not run again',
  });
  const drain = new Stretches(scope, 'Drain', {
    work: 'removals of old rows',
    label: 'removal',
    input: "$merge([$states.input, { 'turns': 0 }])",
    turns: (stretch) => drainTurns(stretch, history),
  });
  const old = sfn.Choice.jsonata(scope, 'Has the comparison become too old?', {
    comment:
      'Leads back when more than 24 hours have passed before the first row went. On redrive: asks again',
  });
  const gone = sfn.Pass.jsonata(scope, 'The old rows are gone', {
    comment:
      'The table itself stays, for the application still knows it. On redrive: is not run again',
  });
  sfn.Chain.start(begin).next(compare).next(passed).next(drain).next(old);
  old
    .when(sfn.Condition.jsonata("{% $states.input.removal.status = 'stale' %}"), begin)
    .otherwise(gone);
  return sfn.Chain.custom(begin, [gone], gone);
}

function drainTurns(scope: Construct, history: History): sfn.IChainable {
  const drain = taskState(scope, 'Remove rows from the old table', {
    task: history.task('drain-rows'),
    payload: {
      ...history.members,
      lo: `{% ${MIGRATION}.lo %}`,
      hi: `{% ${MIGRATION}.hi %}`,
      cut: `{% ${MIGRATION}.cut %}`,
      method: `{% ${INPUT}.method %}`,
      confirm: `{% ${INPUT}.confirm %}`,
      verifiedAt: '{% $states.input.verifiedAt %}',
      settings: `{% ${COPY_SETTINGS} %}`,
      replicas: history.target.source.replicas,
    } satisfies PayloadOf<DrainRowsPayload>,
    outputs:
      "{% $merge([$states.input, { 'turn': $states.result.Payload, 'turns': $states.input.turns + 1 }]) %}",
    comment:
      'Deletes by key, chunk by chunk and as gently as the copy, exactly to the last id that was compared; or empties ' +
      'the table at once when it holds no other row. On redrive: goes on behind the last chunk that went',
  });
  const more = sfn.Choice.jsonata(scope, 'More old rows to remove?', {
    comment: 'Leads back while the task says that it is not through. On redrive: asks again',
  });
  const ended = sfn.Succeed.jsonata(scope, 'Stretch of removals of old rows ended', {
    outputs:
      "{% $states.input.turn.status = 'running' ? $merge([$states.input.turn, { 'status': 'handover' }]) : $states.input.turn %}",
    comment: 'Hands counts to the parent, never rows. On redrive: is not run again',
  });
  drain.next(more);
  more.when(mayGoOn('turn'), drain).otherwise(ended);
  return drain;
}
