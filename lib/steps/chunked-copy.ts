import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Step } from './chain';
import { ChunkRanges, type ChunkRangesProps } from './chunk-ranges';
import { CopySettingsMachine } from './copy-settings-machine';

/** Properties of {@link ChunkedCopy}. */
export interface ChunkedCopyProps extends ChunkRangesProps {}

/**
 * Copies rows of a MySQL table into another one, on the same or another server, while both are used; then
 * compares all of them once more, in both directions.
 *
 * A chunk is the next rows by primary key, however far apart the keys are, as many as fit into the time and
 * the size of `settings`. It is written with plain INSERTs, compared with the source and committed together
 * with its checkpoint in the table `upgrade_runbooks_copy` of the target's database: a stop, a crash or a
 * redrive repeats one chunk at most and loses none. Rows that are in the target already are compared, and
 * left as they are when they agree.
 *
 * Before each chunk it looks at lag, threads, history list, commits and free storage of the servers, and
 * waits while one of them is beyond its limit; limits and sizes can be changed while it runs, by starting
 * the machine `<stack>-settings`.
 *
 * It needs `SELECT` on the source, `SELECT, INSERT` on the target and `SELECT, INSERT, UPDATE, CREATE` for its
 * checkpoint. Rows that were committed behind the copy, with keys it had passed already, are added by the
 * comparison, which counts them. Deleted or changed rows of the source are not followed; they are found by the comparison.
 *
 * Errors, all of which a redrive goes on from once the cause is repaired: `ReconciliationError` (a row differs or
 * is in one table only; it names keys, columns, lengths and hashes, never values), `MySqlStatementError` (the target
 * does not take a row as it is, or a right is missing), `CopyOverloadError` (`throttleAbortThreads`), `CheckpointError`
 * (a table was altered since the last chunk, or the checkpoint is older than a week and needs `resumeStale`),
 * `LeaseHeldError` (another copy writes there), `IdOverlapError` (a range reaches the cut), and those of a connection:
 * `MySqlUnreachableError`, `MySqlCredentialsError`, `MySqlTlsError`.
 *
 * Limits and defaults follow pt-online-schema-change
 * (https://docs.percona.com/percona-toolkit/pt-online-schema-change.html), gh-ost
 * (https://github.com/github/gh-ost/blob/master/doc/command-line-flags.md) and Spirit
 * (https://github.com/block/spirit); a chunk's transaction is bound by
 * https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html#sysvar_max_allowed_packet.
 */
export class ChunkedCopy extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: ChunkedCopyProps) {
    super(scope, id);
    CopySettingsMachine.of(this);
    const copy = new ChunkRanges(this, 'Copy', props, 'copy', true);
    const compare = new ChunkRanges(this, 'Compare', props, 'verify', true);
    copy.next(compare);
    this.startState = copy.startState;
    this.endStates = compare.endStates;
  }
}

/** Properties of {@link ChunkedComparison}. */
export interface ChunkedComparisonProps extends ChunkRangesProps {}

/**
 * Compares as a {@link ChunkedCopy} does, and writes nothing but its checkpoint: a row that only the source has is
 * an error too.
 */
export class ChunkedComparison extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: ChunkedComparisonProps) {
    super(scope, id);
    CopySettingsMachine.of(this);
    const compare = new ChunkRanges(this, 'Compare', props, 'verify', false);
    this.startState = compare.startState;
    this.endStates = compare.endStates;
  }
}
