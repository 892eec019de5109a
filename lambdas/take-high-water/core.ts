// Takes the high-water mark of a tenant: up to it regular jobs have brought every exam to Redshift. Whoever
// asks again in the same run gets the same.

import type { Clock } from '../shared/clock';
import { RegularJobError } from '../shared/errors';
import { type Ledger, runKey } from '../shared/ledger';
import { type HighWaterItem, highWaterOf, keepHighWater } from '../shared/rdw/high-water';
import { MIGRATE, readMigrate, sqlInstant } from '../shared/rdw/migrate-log';
import { type SourceDeps, Sources } from '../shared/rdw/sources';
import { ownRun } from '../shared/runs';
import type { TakeHighWaterPayload, TakeHighWaterResult } from './payload';

export interface TakeHighWaterDeps extends SourceDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

export async function takeHighWater(
  payload: TakeHighWaterPayload,
  deps: TakeHighWaterDeps,
): Promise<TakeHighWaterResult> {
  const { runId, tenant } = payload;
  await ownRun(deps.ledger, payload);
  const mark = (await highWaterOf(deps.ledger, runId, tenant.id)) ?? (await take(payload, deps));
  const start = sqlInstant(payload.start);
  if (start > mark.high) {
    throw new RegularJobError(
      `regular jobs of tenant ${tenant.id} have come to ${mark.high}, which is before the start ${start}: there is nothing to back-fill. Give an earlier start`,
    );
  }
  return { start, high: mark.high, migrateId: mark.migrateId };
}

async function take(
  { source, tenant, runId }: TakeHighWaterPayload,
  deps: TakeHighWaterDeps,
): Promise<HighWaterItem> {
  const { ledger, clock } = deps;
  const sources = new Sources(source, runId, deps);
  try {
    const newest = await readMigrate(sources, tenant);
    if (newest?.status === MIGRATE.started) {
      throw new RegularJobError(
        `row ${newest.id} of ${tenant.migrateSchema}.migrate has status 10 since ${newest.created}, although no pod was left. Find out who runs jobs; set the status to -10 if it has died, then redrive`,
      );
    }
    if (newest?.status === MIGRATE.failed) {
      throw new RegularJobError(
        `row ${newest.id} of ${tenant.migrateSchema}.migrate has status -20: that job failed, and may have left half of its window in Redshift. Give this run up, ` +
          'repair the job and set the status to -10, let one regular job complete, then start a new execution with continueRun',
      );
    }
    if (!newest || newest.high === null) {
      throw new RegularJobError(
        `${tenant.migrateSchema}.migrate has no completed job (status 20): there is no high-water mark up to which Redshift has the exams of tenant ${tenant.id}. ` +
          'Let a regular job complete, which needs this run given up, then start anew',
      );
    }
    const { high, id: migrateId } = newest;
    const mark = await keepHighWater(ledger, runId, tenant.id, { high, migrateId }, clock.now());
    await ledger.put(runKey(runId, `note#${tenant.id}#high-water`), {
      text: `${tenant.id}: exams updated up to ${mark.high} UTC are back-filled (row ${mark.migrateId} of ${tenant.migrateSchema}.migrate was the newest); later ones are the next regular job's`,
    });
    return mark;
  } finally {
    await sources.close();
  }
}
