// A target: where one deployment of the runbooks works. `config/<name>.json` is checked with this.

import { z } from 'zod';
import { clickstreamTargetSchema } from './clickstream';
import { region } from './forms';
import { rdwTargetSchema } from './rdw';

export type { ClickstreamTarget } from './clickstream';
export type { RdwTarget, RdwTenant } from './rdw';
export type { DefinedWarehouseConfig, WarehouseConfig } from './warehouse';
export { clickstreamTargetSchema, rdwTargetSchema };

/** A file of `config/`. */
export const targetSchema = z
  .strictObject({
    account: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an account'),
    region,
    /** One stack for each of them that is there. */
    clickstream: clickstreamTargetSchema.optional(),
    rdw: rdwTargetSchema.optional(),
    /** Addresses that get notices and alarms; each has to confirm once. */
    noticeEmails: z.array(z.email()).max(20).default([]),
    /** Hours a failed run may stay alone before the alarm. */
    quietAlarmAfterHours: z.number().min(0.1).max(336).default(2),
    /** X-Ray traces of the machines; costs per execution. */
    tracing: z.boolean().default(false),
  })
  .refine(({ clickstream, rdw }) => clickstream !== undefined || rdw !== undefined, {
    message: 'must have a runbook: clickstream or rdw',
  });

export type TargetConfig = z.infer<typeof targetSchema>;
/** A target that configures a certain runbook. */
export type TargetWith<Runbook extends 'clickstream' | 'rdw'> = TargetConfig &
  Required<Pick<TargetConfig, Runbook>>;
