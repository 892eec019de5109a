// Inputs of the clickstream runbook's machines. Members are called as in the guide's own example.

import { z } from 'zod';
import { targetProblem } from '../clickstream/versions';
import { APP_ID, RUN_ID } from './identifiers';
import type { InputKind } from './input-kind';
import type { ClickstreamTarget } from './target';

/** What the schemas must know of the target. */
export type ClickstreamInputTarget = Pick<
  ClickstreamTarget,
  'projectId' | 'appIds' | 'retentionDays'
> & { readonly console: Pick<ClickstreamTarget['console'], 'stackName'> };

const run = {
  /** All checks and the plan, no change. */
  dryRun: z.boolean().default(false),
  /** Run to take over, when its execution is closed. */
  continueRun: z
    .string()
    .regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e')
    .optional(),
};

const notBoth = {
  check: (input: { dryRun: boolean; continueRun?: string }) =>
    !input.dryRun || input.continueRun === undefined,
  params: { path: ['continueRun'], message: 'a dry run changes nothing and cannot continue a run' },
};

const migrationSchema = (target: ClickstreamInputTarget) => {
  const known = target.appIds.join(', ');
  const migration = z
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
    })
    .refine(({ days, batchDays }) => batchDays === undefined || batchDays <= days, {
      path: ['batchDays'],
      message: 'must not be more than days',
    })
    .transform((m) => ({ ...m, batchDays: m.batchDays ?? Math.min(5, m.days) }));
  return z
    .strictObject({
      projectId: z
        .literal(target.projectId, `this stack upgrades project ${target.projectId}`)
        .default(target.projectId),
      appIds: z
        .array(
          z
            .string()
            .regex(APP_ID, 'must match [a-zA-Z][a-zA-Z0-9_]{0,126}')
            .refine((id) => target.appIds.includes(id), `must be one of ${known}`),
        )
        .min(1, `must name at least one of ${known}`)
        .refine((ids) => new Set(ids).size === ids.length, 'must not name an application twice'),
      migration,
      /** For the estimate of time and money only. */
      redshift: z
        .strictObject({
          rpu: z.int().min(4).max(1024).nullable().default(null),
          pricePerRpuHour: z.number().positive().max(100).nullable().default(null),
        })
        .default({ rpu: null, pricePerRpuHour: null }),
      ...run,
    })
    .refine(notBoth.check, notBoth.params);
};

const consoleUpdateSchema = () =>
  z
    .strictObject({
      targetVersion: z.string().superRefine((version, context) => {
        const problem = targetProblem(version);
        if (problem) context.addIssue({ code: 'custom', message: problem });
      }),
      console: z
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
        .default({ templateUrl: null, parameters: {} }),
      ...run,
    })
    .refine(notBoth.check, notBoth.params);

export type MigrationInput = z.infer<ReturnType<typeof migrationSchema>>;
export type ConsoleUpdateInput = z.infer<ReturnType<typeof consoleUpdateSchema>>;

/** Input of `clickstream-data-migration`. Each application is leased on its own. */
export const dataMigration: InputKind<ClickstreamInputTarget> = {
  schema: migrationSchema,
  leases: (input, target) =>
    (input as MigrationInput).appIds.map((id) => `clickstream.${target.projectId}.${id}`),
  example: (target) => ({
    projectId: target.projectId,
    appIds: [...target.appIds],
    migration: {
      days: Math.min(30, target.retentionDays),
      batchDays: Math.min(5, target.retentionDays),
      baseViewBatchHours: 24,
    },
    dryRun: true,
  }),
};

/** Input of `clickstream-console-update`. */
export const consoleUpdate: InputKind<ClickstreamInputTarget> = {
  schema: consoleUpdateSchema,
  leases: (_, target) => [`stack.${target.console.stackName}`],
  example: () => ({
    targetVersion: '1.1.15',
    console: { templateUrl: null, parameters: {} },
    dryRun: true,
  }),
};
