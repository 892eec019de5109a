// Whether a checkpoint that is there may be gone on from. Pure.

import type { CopyChunksPayload } from '../../copy-chunks/payload';
import { CheckpointError } from '../errors';
import type { Row } from './session';

/** Older checkpoints are gone on from only when somebody says so. */
const STALE_HOURS = 168;

/**
 * A redrive is itself the word of somebody who looked; another execution needs one.
 *
 * @param ddlHash of both tables as they are now
 * @throws CheckpointError
 */
export function mayGoOn(
  row: Row,
  ddlHash: string,
  { rootArn, resumeStale, range }: Pick<CopyChunksPayload, 'rootArn' | 'resumeStale' | 'range'>,
): void {
  const name = `the checkpoint of ${range.name}`;
  if (row.lo !== range.lo || row.hi !== range.hi) {
    throw new CheckpointError(
      `${name} is about keys ${row.lo} to ${row.hi}, not ${range.lo} to ${range.hi}. Nothing was written. Start a ` +
        'new execution: what is there is compared, not copied again',
    );
  }
  if (row.ddl_hash !== ddlHash) {
    throw new CheckpointError(
      `one of the tables was altered since ${name} was written, ${row.age} s ago. Nothing was written. Bring the ` +
        'definition back and redrive, or release the run and start a new one: what is there is compared, not ' +
        'copied again',
    );
  }
  const hours = Number(row.age) / 3600;
  if (hours > STALE_HOURS && row.execution_arn !== rootArn && !resumeStale) {
    throw new CheckpointError(
      `${name} is ${Math.floor(hours)} h old, and more than ${STALE_HOURS} h need a word of somebody who has looked ` +
        'at both tables. Nothing was written. Start a new execution with "continueRun" and "resumeStale": true, or ' +
        'release the run and start one that compares from the beginning',
    );
  }
}
