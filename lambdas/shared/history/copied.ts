// What copies have written into the new table: their checkpoints stand beside it.

import { runKey } from '../ledger';
import { type Table, whole } from './table';

/** Ids that a run's ranges span, both included. */
export interface Copied {
  readonly runId: string;
  readonly lo: bigint;
  readonly hi: bigint;
}

/** The table of checkpoints, in the database of the copied one. */
export const CHECKPOINTS = 'upgrade_runbooks_copy';

/** Of every run that has copied into this database, the newest first. */
export async function copiedInto(target: Table): Promise<readonly Copied[]> {
  const { engine } = await target.row('table', { table: CHECKPOINTS });
  if (engine === undefined) return [];
  const rows = await target.rows('checkpoints', { copied: target.name });
  return rows.map(({ run_id, lo, hi }) => ({
    runId: String(run_id),
    lo: whole(lo)!,
    hi: whole(hi)!,
  }));
}

/** The ledger's item about what a migration has copied in the end; both ids are null of an empty table. */
export interface CopiedItem {
  readonly lo: string | null;
  readonly hi: string | null;
  readonly cut: string;
  readonly at: string;
}

export const copiedKey = (runId: string) => runKey(runId, 'history#copied');
