// The high-water mark of a tenant: up to it the regular job has brought everything, and what comes later is
// the next regular job's. It is taken once a run, while that job is held still.

import { iso } from '../clock';
import { type Ledger, runKey } from '../ledger';

/** The ledger's item. */
export interface HighWaterItem {
  /** `2022-07-01 01:00:00.000000`, UTC. */
  readonly high: string;
  /** Id of the newest `migrate` row then: a job that began later has a larger one. */
  readonly migrateId: string;
  readonly at: string;
}

const keyOf = (runId: string, tenantId: string) => runKey(runId, `high-water#${tenantId}`);

export const highWaterOf = (ledger: Ledger, runId: string, tenantId: string) =>
  ledger.get<HighWaterItem>(keyOf(runId, tenantId));

/** Writes the mark unless there is one; the first one counts. */
export async function keepHighWater(
  ledger: Ledger,
  runId: string,
  tenantId: string,
  mark: Omit<HighWaterItem, 'at'>,
  now: number,
): Promise<HighWaterItem> {
  const key = keyOf(runId, tenantId);
  await ledger.put(key, { ...mark, at: iso(now) } satisfies HighWaterItem, 'absent');
  return (await ledger.get<HighWaterItem>(key))!;
}
