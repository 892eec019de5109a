// The turns of the task that copies or compares chunks of one range. Not exported from the package.

import { Size } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { CopyChunksPayload } from '../../lambdas/copy-chunks/payload';
import { Platform } from '../platform/platform';
import type { TaskRights } from '../platform/task-rights';
import { type PayloadOf, taskState } from '../platform/task-state';
import type { CopyTables } from './copy-tables';
import { MOST_TURNS } from './stretches';

/** Members of the payload that are known when a range begins; JSONata strings. */
export type RangeMembers = {
  readonly [Name in 'range' | 'cut' | 'sameServer' | 'settings' | 'resumeStale']: string;
};

/** Properties of {@link chunkTurns}. */
export interface ChunkTurnsProps {
  readonly tables: CopyTables;
  readonly phase: CopyChunksPayload['phase'];
  readonly members: RangeMembers;
  /** Whether a comparison writes rows that were committed after their chunk was copied. */
  readonly addLate: boolean;
  /** Name of the state. */
  readonly act: string;
  /** Name of the result in the state data. */
  readonly result: string;
  readonly inItem: boolean;
}

/**
 * With a whole processor, for which a function needs that much memory: rows are bound and hashed in it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const RIGHTS: TaskRights = {
  ledger: ['GetItem', 'PutItem'],
  states: ['DescribeExecution'],
  memory: Size.mebibytes(1769),
};

const COMMENTS = {
  copy:
    'Writes the rows that are not there yet, chunk by chunk, each in one transaction with its checkpoint and ' +
    'compared before it is committed; waits while the servers are busy. ' +
    'On redrive: goes on behind the last chunk that was committed',
  verify:
    'Compares count, keys and fingerprint of both tables, chunk by chunk, in both directions; writes no row. ' +
    'On redrive: goes on behind the last chunk that agreed',
  complete:
    'Compares count, keys and fingerprint of both tables, chunk by chunk, in both directions; writes only rows that ' +
    'were committed after their chunk was copied. On redrive: goes on behind the last chunk that agreed',
};

/** The state that calls the task; it counts its turns in the state data. */
export function chunkTurns(scope: Construct, props: ChunkTurnsProps): tasks.LambdaInvoke {
  const { tables, phase, addLate, members, result } = props;
  const task = Platform.of(scope).task('copy-chunks', RIGHTS);
  tables.grant(task);
  tables.grantStorage(task);
  return taskState(scope, props.act, {
    task,
    payload: {
      phase,
      addLate,
      ...tables.tables(scope),
      ...tables.shape(),
      ...members,
      ...tables.brakes(),
    } satisfies PayloadOf<CopyChunksPayload>,
    inItem: props.inItem,
    outputs: `{% $merge([$states.input, { '${result}': $states.result.Payload, 'turns': $states.input.turns + 1 }]) %}`,
    comment: COMMENTS[phase === 'verify' && addLate ? 'complete' : phase],
  });
}

/** Condition that leads back: the task runs, and the execution has room for more turns. */
export const mayGoOn = (result: string): sfn.Condition =>
  sfn.Condition.jsonata(
    `{% $states.input.${result}.status = 'running' and $states.input.turns < ${MOST_TURNS} %}`,
  );
