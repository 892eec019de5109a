// A target: where one deployment of the runbooks works. `config/<name>.json` is checked with this.

import { z } from 'zod';
import { APP_ID } from './identifiers';

const roleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[A-Za-z0-9+=,.@_/-]{1,512}$/,
    'must be the ARN of a role',
  );
const name = z.string().regex(/^[A-Za-z0-9_.-]{1,127}$/, 'must be a name without blanks');

const secretArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S{1,512}$/,
    'must be the ARN of a secret',
  );
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-1');
const access = {
  database: name,
  /** Role to assume; without it the task's own role calls. */
  roleArn: roleArn.optional(),
  /**
   * Role that replaces functions where Python is refused: mapped to a superuser (in new serverless mode
   * the role whose logical id contains `RedshiftServerlessClickstreamWorkgroupAdminRole`), or to a user
   * who may create external functions; without it `roleArn` does.
   */
  functionsRoleArn: roleArn.optional(),
  /** Secret with user and password, instead of a database user that follows from the role. */
  secretArn: secretArn.optional(),
  /** Region of the warehouse, when it is not the stack's. */
  region: region.optional(),
};

/** The warehouse of a project: workgroup or cluster, and the role that owns the tables. */
export const warehouseSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('serverless'),
    workgroup: name,
    /** Last part of the workgroup's ARN; only needed without `roleArn`. */
    workgroupId: z.string().optional(),
    /** Name of its namespace, when it is not the workgroup's. */
    namespace: name.optional(),
    ...access,
  }),
  z.strictObject({
    type: z.literal('provisioned'),
    cluster: name,
    dbUser: name.optional(),
    /** Database user that replaces functions where Python is refused; without it `dbUser` does. */
    functionsDbUser: name.optional(),
    ...access,
  }),
]);

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
    vpc: z
      .strictObject({
        vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'must be the id of a VPC'),
        subnetIds: z
          .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be the id of a subnet'))
          .min(1),
        securityGroupIds: z
          .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'must be the id of a security group'))
          .min(1),
      })
      .optional(),
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
  warehouse: warehouseSchema,
});

/** A file of `config/`. */
export const targetSchema = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an account'),
  region,
  clickstream: clickstreamTargetSchema,
  /** Addresses that get notices and alarms; each has to confirm once. */
  noticeEmails: z.array(z.email()).max(20).default([]),
  /** Hours a failed run may stay alone before the alarm. */
  quietAlarmAfterHours: z.number().min(0.1).max(336).default(2),
  /** X-Ray traces of the machines; costs per execution. */
  tracing: z.boolean().default(false),
});

export type WarehouseConfig = z.infer<typeof warehouseSchema>;
export type ClickstreamTarget = z.infer<typeof clickstreamTargetSchema>;
export type TargetConfig = z.infer<typeof targetSchema>;
