// Members of the inputs, called as in the upgrade guide. Each is used by a machine of its own and by the
// machine of the whole upgrade.

import * as z from 'zod';
import { targetProblem } from '../../clickstream/versions';
import { APP_ID } from '../identifiers';
import type { ClickstreamTarget } from '../target';

/** What the schemas must know of the target. */
export type ClickstreamInputTarget = Pick<
  ClickstreamTarget,
  'projectId' | 'appIds' | 'retentionDays'
> & {
  readonly console: Pick<ClickstreamTarget['console'], 'stackName'>;
  readonly warehouse: Pick<ClickstreamTarget['warehouse'], 'type'>;
};

export const projectId = (target: ClickstreamInputTarget) =>
  z
    .literal(target.projectId, `this stack upgrades project ${target.projectId}`)
    .default(target.projectId);

export function appIds(target: ClickstreamInputTarget) {
  const known = target.appIds.join(', ');
  return z
    .array(
      z
        .string()
        .regex(APP_ID, 'must match [a-zA-Z][a-zA-Z0-9_]{0,126}')
        .refine((id) => target.appIds.includes(id), `must be one of ${known}`),
    )
    .min(1, `must name at least one of ${known}`)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name an application twice');
}

export const targetVersion = z.string().superRefine((version, context) => {
  const problem = targetProblem(version);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

export const consoleMember = z
  .strictObject({
    /** Template of the version, when its address is not the published one. */
    templateUrl: z
      .string()
      .regex(/^https:\/\/[^\s?#]{1,1000}$/, 'must be an https address without query')
      .nullable()
      .default(null),
    /** Values for parameters that the new version adds. */
    parameters: z
      .record(z.string().regex(/^[A-Za-z0-9]{1,255}$/), z.string().max(4_096))
      .default({}),
  })
  .default({ templateUrl: null, parameters: {} });

/** Time zones are final once the console has them, so a wrong one is refused here. */
export const pipelineMember = z
  .strictObject({
    timezones: z
      .record(
        z.string().regex(APP_ID, 'must be the id of an application'),
        z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin'),
      )
      .default({}),
  })
  .default({ timezones: {} });

export function migrationMember(target: ClickstreamInputTarget) {
  const serverless = target.warehouse.type === 'serverless';
  return z
    .strictObject({
      /** Days back from now that are migrated. */
      days: z
        .int()
        .min(1)
        .max(
          target.retentionDays,
          `the schema keeps ${target.retentionDays} days; what is older would be deleted again every day`,
        ),
      /** Days by which the window of event batches grows; 5, or all of fewer. */
      batchDays: z.int().min(1).optional(),
      /** Hours of the base view that one call covers. */
      baseViewBatchHours: z.int().min(1).max(720).default(24),
      /** Calls for one window above which the procedure makes no progress. */
      maxCallsPerWindow: z.int().min(1).max(100_000).nullable().default(null),
      /** Base capacity of the workgroup while data is migrated, when it has less. */
      capacityRpus: z
        .number()
        .refine(
          isBaseCapacity,
          'must be 4, or 8 to 512 in steps of 8, or 512 to 1024 in steps of 32',
        )
        .nullable()
        .default(null)
        .refine(
          (rpus) => rpus === null || serverless,
          'a provisioned cluster is resized in Redshift’s own console; leave it out',
        ),
    })
    .refine(({ days, batchDays }) => batchDays === undefined || batchDays <= days, {
      path: ['batchDays'],
      message: 'must not be more than days',
    })
    .transform((m) => ({ ...m, batchDays: m.batchDays ?? Math.min(5, m.days) }));
}

/** For the estimate of time and money only. */
export const redshiftMember = z
  .strictObject({
    rpu: z.int().min(4).max(1024).nullable().default(null),
    pricePerRpuHour: z.number().positive().max(100).nullable().default(null),
  })
  .default({ rpu: null, pricePerRpuHour: null });

/** https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html; some regions end at 512 or begin at 8. */
const isBaseCapacity = (rpus: number): boolean =>
  rpus === 4 || (rpus >= 8 && rpus <= 1024 && rpus % (rpus > 512 ? 32 : 8) === 0);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
