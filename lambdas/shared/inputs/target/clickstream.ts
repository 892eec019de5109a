// The project that the clickstream runbook upgrades.

import * as z from 'zod';
import { APP_ID } from '../identifiers';
import { region, roleArn, secretArn, vpc } from './forms';
import { definedWarehouseSchema } from './warehouse';

/** What the clickstream runbook must know about the project it upgrades. */
export const clickstreamTargetSchema = z.strictObject({
  projectId: z.string().regex(/^[a-z][a-z0-9_]{0,126}$/, 'must match [a-z][a-z0-9_]*'),
  appIds: z
    .array(z.string().regex(APP_ID, 'must match [a-zA-Z][a-zA-Z0-9_]{0,126}'))
    .min(1)
    .max(200)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name an application twice'),
  /** Days the schema keeps events. */
  retentionDays: z.int().min(1).max(36_500),
  console: z.strictObject({
    stackName: z.string().regex(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/, 'must be the name of a stack'),
    /** Region of the console, when it is not the stack's. */
    region: region.optional(),
    /** Role CloudFormation updates the console with, when the console's stack has none of its own. */
    serviceRoleArn: roleArn.optional(),
    /**
     * Secret whose value is an OIDC id token of an administrator or operator of the console, or JSON with
     * member `token`. Without it a person presses Upgrade in the console.
     */
    apiTokenSecretArn: secretArn.optional(),
    /** Where tasks that call the console's API run, when it has private addresses only. */
    vpc: vpc.optional(),
  }),
  pipeline: z
    .strictObject({
      /** Region of the project's stacks, when it is not the stack's. */
      region: region.optional(),
      /** How the names of the project's stacks begin: `<IamRolePrefix>-Clickstream` with that parameter. */
      stackPrefix: z
        .string()
        .regex(/^([a-zA-Z][a-zA-Z0-9-_]{1,20}-)?Clickstream$/, 'must end in Clickstream')
        .default('Clickstream'),
    })
    .default({ stackPrefix: 'Clickstream' }),
  warehouse: definedWarehouseSchema,
});

export type ClickstreamTarget = z.infer<typeof clickstreamTargetSchema>;
