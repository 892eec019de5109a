// What every input of a runbook has.

import * as z from 'zod';
import { RUN_ID } from './identifiers';

/** Members every input has. */
export const run = {
  /** All checks and the plan, no change. */
  dryRun: z.boolean().default(false),
  /** Run to take over, when its execution is closed. */
  continueRun: z
    .string()
    .regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e')
    .optional(),
};

/** Refuses a dry run that continues a run. */
export const notBoth = {
  check: (input: { dryRun: boolean; continueRun?: string }) =>
    !input.dryRun || input.continueRun === undefined,
  params: { path: ['continueRun'], message: 'a dry run changes nothing and cannot continue a run' },
};
