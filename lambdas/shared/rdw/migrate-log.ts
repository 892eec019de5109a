// What the regular job has written down about itself: table `migrate` of each tenant. A new row is made
// when a job begins, and its status changes when it ends.

import type { Sources } from './sources';
import type { TenantRef } from './tenant';

/** Statuses of a row. */
export const MIGRATE = { completed: 20, started: 10, abandoned: -10, failed: -20 } as const;

/** How the regular job of a tenant stands; times are text in UTC with six digits. */
export interface MigrateState {
  /** Id of the newest row. */
  readonly id: string;
  readonly status: number;
  readonly created: string;
  readonly lastAt: string | null;
  /** How far completed jobs have come: the newest `last_at` of status 20. */
  readonly high: string | null;
}

/** Undefined when no job has ever run. */
export async function readMigrate(
  sources: Sources,
  tenant: TenantRef,
): Promise<MigrateState | undefined> {
  const [row] = await sources.rows(tenant, 'mysql-migrate', {
    ids: { migrate: tenant.migrateSchema },
  });
  if (!row) return undefined;
  const text = (value: unknown) => (value === null ? null : String(value));
  return {
    id: String(row.id),
    status: Number(row.status),
    created: String(row.created),
    lastAt: text(row.last_at),
    high: text(row.high),
  };
}

/** A time of the table, in milliseconds. */
export const instantOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);

/** An instant of the input as the warehouse writes it: `2019-11-01 00:00:00.000000`. */
export function sqlInstant(instant: string): string {
  const [, day, time, seconds = '00', fraction = ''] =
    /^(\S+)T(\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?Z$/.exec(instant)!;
  return `${day} ${time}:${seconds}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}
