// Jobs that have begun and not ended, of every tenant of the instance: one pod serves them all.

import { MIGRATE, readMigrate } from '../shared/rdw/migrate-log';
import type { Sources } from '../shared/rdw/sources';
import type { TenantRef } from '../shared/rdw/tenant';

/** Each as `PA (row 104 of migrate_olap_pa.migrate since 2022-07-01 01:00:05.000000)`. */
export async function startedJobs(
  sources: Sources,
  tenants: readonly TenantRef[],
): Promise<string[]> {
  const started: string[] = [];
  for (const tenant of tenants) {
    const newest = await readMigrate(sources, tenant);
    if (newest?.status !== MIGRATE.started) continue;
    started.push(
      `${tenant.id} (row ${newest.id} of ${tenant.migrateSchema}.migrate since ${newest.created})`,
    );
  }
  return started;
}
