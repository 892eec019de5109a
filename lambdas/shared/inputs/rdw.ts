// Inputs of the rdw runbook's machines.

import * as z from 'zod';
import { RUN_ID } from './identifiers';
import type { InputKind } from './input-kind';
import { notBoth, run } from './run-members';
import type { RdwTarget } from './target';

/** What the schemas must know of the target. */
export type RdwInputTarget = Pick<RdwTarget, 'tenants'>;

type Kind = InputKind<RdwInputTarget>;

const idsOf = ({ tenants }: RdwInputTarget) => tenants.map(({ id }) => id);

function tenants(target: RdwInputTarget) {
  const known = idsOf(target);
  return z
    .array(z.string().refine((id) => known.includes(id), `must be one of ${known.join(', ')}`))
    .min(1, `must name at least one of ${known.join(', ')}`)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a tenant twice');
}

/** An instant in UTC: the warehouse's session is in UTC, and no other zone is guessed. */
const instant = z.iso.datetime({
  message: 'must be an instant in UTC such as 2019-11-01T00:00:00Z',
});

/** migrate-olap serves all tenants: whoever holds it still holds it still for all of them. */
const leases = (ids: readonly string[]) => ['rdw.-deployment', ...ids.map((id) => `rdw.${id}`)];

/** Days the extract and the backup stay in S3; student data are in them. 0: until the end of the run. */
const keepObjectsDays = z.int().min(0).max(90).default(7);

const backfillSchema = (target: RdwInputTarget) =>
  z
    .strictObject({
      tenants: tenants(target),
      /** Exams that were changed since then are back-filled. */
      start: instant.default('2019-11-01T00:00:00Z'),
      /** Days of `updated` that one extract covers at first; halved when it takes too long. */
      sliceDays: z.int().min(1).max(366).default(30),
      /** Minutes after which a slice counts as too long. */
      sliceMinutes: z.int().min(1).max(10).default(5),
      /** What becomes of the other tenants when one fails. */
      onTenantFailure: z.enum(['continue', 'stop']).default('continue'),
      keepObjectsDays,
      ...run,
    })
    .refine(notBoth.check, notBoth.params);

/** Input of `rdw-backfill`. */
export const backfill: Kind = {
  schema: backfillSchema,
  leases: (input) => leases((input as z.infer<ReturnType<typeof backfillSchema>>).tenants),
  continueReleased: true,
  example: (target) => ({
    tenants: idsOf(target),
    start: '2019-11-01T00:00:00Z',
    sliceDays: 30,
    onTenantFailure: 'continue',
    dryRun: true,
  }),
};

const restoreSchema = (target: RdwInputTarget) =>
  z
    .strictObject({
      tenants: tenants(target),
      /** Run whose backup is brought back. */
      backupOf: z.string().regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e'),
      keepObjectsDays,
      ...run,
    })
    .refine(notBoth.check, notBoth.params);

/** Input of `rdw-restore`. */
export const restore: Kind = {
  schema: restoreSchema,
  leases: (input) => leases((input as z.infer<ReturnType<typeof restoreSchema>>).tenants),
  continueReleased: true,
  example: (target) => ({
    tenants: idsOf(target),
    backupOf: 'run-20260131-0a1b2c3d4e',
    dryRun: true,
  }),
};
