// No row goes on belief: the checkpoints of this run's comparison cover every id that would go.

import { RemovalError } from '../shared/errors';
import { firstFrom } from '../shared/history/ends';
import type { Table } from '../shared/history/table';
import { comparedBy, coveredRows } from '../shared/history/verified';

/**
 * Rows of the range that were compared.
 *
 * @throws RemovalError
 */
export async function proveCompared(
  source: Table,
  target: Table,
  runId: string,
  lo: bigint,
  hi: bigint,
): Promise<bigint> {
  const first = await firstFrom(source, lo);
  if (first === null || first > hi) return 0n;
  const rows = coveredRows(await comparedBy(target, runId), first, hi);
  if (rows !== null) return rows;
  throw new RemovalError(
    `run ${runId} has not compared every id from ${first} to ${hi} of ${source.name} with ${target.name}. Nothing was removed; ` +
      'start a new execution, which compares all of them',
  );
}
