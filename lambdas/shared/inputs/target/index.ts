// A target: where one deployment of the runbooks works. `config/<name>.json` is checked with this.

import * as z from 'zod';
import { aspectsTargetSchema } from './aspects';
import { clickstreamTargetSchema } from './clickstream';
import { region } from './forms';
import { rdwTargetSchema } from './rdw';
import { studentModuleHistoryTargetSchema } from './student-module-history';

export type { AspectsTarget } from './aspects';
export type { ClickstreamTarget } from './clickstream';
export type { RdwTarget, RdwTenant } from './rdw';
export type { StudentModuleHistoryTarget } from './student-module-history';
export type { DefinedWarehouseConfig, WarehouseConfig } from './warehouse';
export {
  aspectsTargetSchema,
  clickstreamTargetSchema,
  rdwTargetSchema,
  studentModuleHistoryTargetSchema,
};

/** Members that are a runbook's. */
const RUNBOOKS = ['clickstream', 'rdw', 'studentModuleHistory', 'aspects'] as const;

/** A file of `config/`. */
export const targetSchema = z
  .strictObject({
    account: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an account'),
    region,
    /** One stack for each of them that is there. */
    clickstream: clickstreamTargetSchema.optional(),
    rdw: rdwTargetSchema.optional(),
    studentModuleHistory: studentModuleHistoryTargetSchema.optional(),
    aspects: aspectsTargetSchema.optional(),
    /** Addresses that get notices and alarms; each has to confirm once. */
    noticeEmails: z.array(z.email()).max(20).default([]),
    /** Hours a failed run may stay alone before the alarm. */
    quietAlarmAfterHours: z.number().min(0.1).max(336).default(2),
    /** X-Ray traces of the machines; costs per execution. */
    tracing: z.boolean().default(false),
    /** A dashboard of alarms and machines in CloudWatch; costs $3 a month beyond an account's first three. */
    dashboard: z.boolean().default(false),
  })
  .refine((target) => RUNBOOKS.some((runbook) => target[runbook] !== undefined), {
    message: `must have a runbook: ${RUNBOOKS.join(', ')}`,
  });

export type TargetConfig = z.infer<typeof targetSchema>;
/** A target that configures a certain runbook. */
export type TargetWith<Runbook extends (typeof RUNBOOKS)[number]> = TargetConfig &
  Required<Pick<TargetConfig, Runbook>>;
