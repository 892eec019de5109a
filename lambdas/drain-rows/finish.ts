// The end of a removal: no row of the range is left, and what is left is told.

import { RemovalError } from '../shared/errors';
import { check, note } from '../shared/history/checks';
import { endsOf, firstFrom } from '../shared/history/ends';
import type { Table } from '../shared/history/table';
import type { HistoryDeps } from '../shared/history/work';
import type { DrainRowsPayload } from './payload';
import type { DrainItem } from './progress';

export async function finish(
  { runId, lo, hi, method }: DrainRowsPayload,
  { ledger, clock }: HistoryDeps,
  source: Table,
  { deleted, paused }: DrainItem,
): Promise<void> {
  const first = await firstFrom(source, BigInt(lo));
  const left = first !== null && first <= BigInt(hi) ? first : null;
  const { max } = await endsOf(source);
  await check(ledger, runId, clock.now(), {
    name: 'old rows that were copied are gone',
    expected: `no id from ${lo} to ${hi} in ${source.name}`,
    actual: left === null ? 'none' : `${left} has come since`,
    ok: left === null,
  });
  if (left !== null) {
    throw new RemovalError(
      `row ${left} of ${source.name} has come since the rows from ${lo} to ${hi} were removed, and stays. ` +
        'Find out who writes there. Release the run, bring the row into the new table by a migration, and start a new removal',
    );
  }
  const rested = Object.entries(paused).map(([reason, seconds]) => `${reason} ${seconds} s`);
  await note(
    ledger,
    runId,
    'removed',
    `${deleted} rows of ${source.name} are gone (${method}), those with ids from ${lo} to ${hi}; ` +
      `${max === null ? 'no row is left' : `rows above stay, up to id ${max}`}` +
      `${rested.length > 0 ? `; rested: ${rested.join(', ')}` : ''}` +
      `${method === 'truncate' ? '. Its next id is 1 again: raise AUTO_INCREMENT before the application ever writes there again' : ''}`,
  );
}
