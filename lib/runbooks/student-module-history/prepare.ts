// From an empty server to a table that is proven: database and rights, Django's migrations, the first id.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { CheckOffsetPayload } from '../../../lambdas/check-offset/payload';
import type { PrepareHistoryPayload } from '../../../lambdas/prepare-history/payload';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import type { History } from './history';

/** A state that proves the new table and its first id, and puts `offset` into the state data. */
export const checkOffset = (
  scope: Construct,
  history: History,
  act: string,
  { approved, comment }: { readonly approved: string | null; readonly comment: string },
) =>
  taskState(scope, act, {
    task: history.adminTask('check-offset'),
    payload: {
      ...history.adminMembers,
      runtimeUser: history.target.target.runtimeUser,
      offset: '{% $states.input.input.offset %}',
      rowsPerHour: '{% $states.input.found.rowsPerHour %}',
      approved,
    } satisfies PayloadOf<CheckOffsetPayload>,
    outputs: addResult('offset'),
    comment,
  });

/** Puts `prepared` and `offset`, with `cut`, into the state data. */
export function prepareTable(scope: Construct, history: History): sfn.Chain {
  const { runtimeUser, migrateUser } = history.target.target;
  const prepare = taskState(scope, 'Prepare the database of the new table', {
    task: history.adminTask('prepare-history'),
    payload: {
      ...history.adminMembers,
      runtimeUser,
      migrateUser,
      characterSet: '{% $states.input.found.characterSet %}',
      collation: '{% $states.input.found.collation %}',
    } satisfies PayloadOf<PrepareHistoryPayload>,
    outputs: addResult('prepared'),
    comment:
      'Creates the database and grants the rights of the application, or writes down the SQL for a person. ' +
      'On redrive: does again what is done once',
  });
  const there = sfn.Choice.jsonata(scope, 'Has Django made the new table?', {
    comment: 'Only its migrations make it. On redrive: asks again',
  });
  const ask = new ManualGate(scope, 'Migrations', {
    gate: 'migrations',
    question: '{% $states.input.prepared.question %}',
    approve: {
      table: history.nameOf('target'),
      sql: '{% [$states.input.prepared.sql] %}',
      commands: '{% [$states.input.prepared.commands] %}',
    },
  });
  const offset = checkOffset(scope, history, 'Prove the new table and its first id', {
    approved: null,
    comment:
      'Compares columns and keys, sees that no id of the new table is one of the old, and moves its next id above them ' +
      'while it is empty; reads it back. On redrive: proves it again',
  });
  prepare.next(there);
  there
    .when(sfn.Condition.jsonata('{% $states.input.prepared.migrated %}'), offset)
    .otherwise(ask.startState);
  ask.next(offset);
  return sfn.Chain.custom(prepare, [offset], offset);
}
