// The machine `student-module-history-migration`, read from top to bottom like the guide.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookMachine } from '../../platform/runbook-machine';
import { ChunkedCopy } from '../../steps/chunked-copy';
import { ChunkSettings } from '../../steps/copy-settings';
import { checkThenWork } from '../check-then-work';
import { catchUp, freezeRange } from './catch-up';
import { COPY_SETTINGS, History } from './history';
import { discover, whereInUse } from './look';
import { prepareTable } from './prepare';
import { flipReads } from './reads';
import { switchWrites } from './writes';

/** Adds the machine `<stack>-migration`. */
export const addMigration = (
  scope: Construct,
  { studentModuleHistory: target, tracing }: TargetWith<'studentModuleHistory'>,
): RunbookMachine =>
  new RunbookMachine(scope, 'Migration', {
    name: 'migration',
    runbook: 'student-module-history-migration',
    comment: 'Moves the history of student modules into a database of its own while the LMS writes',
    schema: 'student-module-history-migration',
    target: { source: nameOf(target.source), target: nameOf(target.target) },
    tracing,
    docs: 'docs/runbooks/student-module-history.md',
    body: (body) => migrate(body, new History(body, target)),
  });

/** What the schema of the input must know of a table. */
export const nameOf = ({ database, table }: { database: string; table: string }) => ({
  database,
  table,
});

const migrate = (scope: Construct, history: History): sfn.Chain =>
  checkThenWork(scope, {
    check: discover(scope, history),
    plan: { found: '{% $states.input.found %}' },
    work: whereInUse(
      scope,
      prepareTable(scope, history)
        .next(moved(scope, history))
        .next(catchUp(scope, history))
        .next(flipReads(scope, history)),
    ),
  });

/**
 * Writes move, then rows are copied; with a live source the other way round, so that the old table is used
 * until nearly all of it is copied.
 */
function moved(scope: Construct, history: History): sfn.Chain {
  const first = sfn.Choice.jsonata(scope, 'Do writes move before the copy?', {
    comment: 'Not with a live source: they move after it. On redrive: asks again',
  });
  const writes = switchWrites(scope, history);
  const copied = sfn.Choice.jsonata(scope, 'Are the rows copied already?', {
    comment: 'With a live source they are. On redrive: asks again',
  });
  const freeze = freezeRange(scope, history);
  const copy = new ChunkedCopy(scope, 'Copy', {
    ...history.props,
    noun: 'history',
    step: 'history',
    ranges: '$states.input.frozen.ranges',
    cut: '$states.input.frozen.cut',
    sameServer: '$states.input.found.sameServer',
    settings: ChunkSettings.fromJsonata(COPY_SETTINGS),
    // The input says how many ranges there are, and all of them begin at once.
    workers: 8,
    resumeStale: '$states.input.input.resumeStale',
  });
  const then = sfn.Choice.jsonata(scope, 'Do writes move only now?', {
    comment: 'With a live source they do. On redrive: asks again',
  });
  const ready = sfn.Pass.jsonata(scope, 'Rows are copied and writes have moved', {
    comment: 'What was missed meanwhile is caught up next. On redrive: is not run again',
  });
  const live = sfn.Condition.jsonata('{% $states.input.input.liveSource %}');
  const atRest = sfn.Condition.jsonata('{% $not($states.input.input.liveSource) %}');
  first.when(atRest, writes.startState).otherwise(freeze);
  writes.next(copied);
  copied.when(live, ready).otherwise(freeze);
  freeze.next(copy).next(then);
  then.when(live, writes.startState).otherwise(ready);
  return sfn.Chain.custom(first, [ready], ready);
}
