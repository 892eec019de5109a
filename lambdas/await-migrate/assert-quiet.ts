// Right before rows are swapped: the regular job is still held still, and none has run since the tenant's
// high-water mark. One that ran may have brought rows that are newer than the extract, which the swap would
// replace by older ones.

import type { Clock } from '../shared/clock';
import { iso } from '../shared/clock';
import { RegularJobError } from '../shared/errors';
import { type Ledger, runKey } from '../shared/ledger';
import type { Seen, Thing } from '../shared/quiesced/thing';
import { highWaterOf } from '../shared/rdw/high-water';
import { MIGRATE, type MigrateState, readMigrate } from '../shared/rdw/migrate-log';
import type { Sources } from '../shared/rdw/sources';
import type { AwaitMigratePayload } from './payload';

/**
 * @param seen the Deployment now
 * @throws RegularJobError naming what has happened
 */
export async function assertQuiet(
  { runId, step, tenants, things }: AwaitMigratePayload,
  seen: Seen<number> | undefined,
  sources: Sources,
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
): Promise<void> {
  const tenant = tenants[0]!;
  const mark = await highWaterOf(ledger, runId, tenant.id);
  if (!mark) {
    throw new RegularJobError(
      `the ledger has no high-water mark of tenant ${tenant.id} in run ${runId}; it is taken before the extract, so nothing can be swapped`,
    );
  }
  const newest = await readMigrate(sources, tenant);
  const ran = whatRan(newest, mark);
  if (ran) {
    throw new RegularJobError(
      `a regular job of tenant ${tenant.id} ran after its high-water mark ${mark.high}: ${ran} of ${tenant.migrateSchema}.migrate. What was extracted may be older than ` +
        'what Redshift has, and nothing was swapped. A redrive cannot help: give this run up with the release machine and start a new execution with ' +
        `"continueRun": "${runId}", which takes a new mark and leaves out the tenants that are done`,
    );
  }
  if (seen !== undefined && (seen.state > 0 || seen.busy)) {
    const nothing = ` No job of tenant ${tenant.id} has begun, and nothing was swapped.`;
    throw new RegularJobError(podIsBack(things[0]!, seen, nothing));
  }
  await ledger.put(runKey(runId, `check#${tenant.id}#${step}`), {
    name: `no regular job has run since the high-water mark ${mark.high}`,
    item: tenant.id,
    expected: `row ${mark.migrateId}`,
    actual: `row ${newest!.id}`,
    ok: true,
    at: iso(clock.now()),
  });
}

/** What to do about a Deployment that somebody has scaled up meanwhile. */
export const podIsBack = (
  { name }: Thing,
  { state, changed }: Seen<number>,
  more: string,
): string =>
  `deployment ${name} was to have no pod, and ${state > 0 ? `has ${state} replica(s)` : 'one of its pods still runs'}` +
  `${changed ? `, set by ${changed.by} at ${changed.at}` : ''}.${more} ` +
  'Scale it to 0 again and see that nobody sets it while the run works, then redrive';

/** A later row, or one that has ended since; an older row that was abandoned says nothing. */
function whatRan(
  newest: MigrateState | undefined,
  { high, migrateId }: { readonly high: string; readonly migrateId: string },
): string | undefined {
  if (!newest) return 'there is no row any more in table migrate';
  const row = `row ${newest.id}, status ${newest.status}, since ${newest.created},`;
  if (BigInt(newest.id) > BigInt(migrateId) || newest.status === MIGRATE.started) return row;
  if ((newest.high ?? '') > high) return `a row with last_at ${newest.high} and status 20`;
  return undefined;
}
