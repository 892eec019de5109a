// How a runbook reaches Redshift.

import * as z from 'zod';
import { name, region, roleArn, secretArn } from './forms';

const access = {
  database: name,
  /** Role to assume; without it the task's own role calls. */
  roleArn: roleArn.optional(),
  /** Secret with user and password, instead of a database user that follows from the role. */
  secretArn: secretArn.optional(),
  /** Region of the warehouse, when it is not the stack's. */
  region: region.optional(),
};

const serverless = z.strictObject({
  type: z.literal('serverless'),
  workgroup: name,
  /** Last part of the workgroup's ARN; only needed without `roleArn`. */
  workgroupId: z.string().optional(),
  /** Name of its namespace, when it is not the workgroup's. */
  namespace: name.optional(),
  ...access,
});

const provisioned = z.strictObject({
  type: z.literal('provisioned'),
  cluster: name,
  dbUser: name.optional(),
  ...access,
});

/** Workgroup or cluster, and the role that owns the tables. */
export const warehouseSchema = z.discriminatedUnion('type', [serverless, provisioned]);

const functions = {
  /**
   * Role that replaces functions where Python is refused: mapped to a superuser (in new serverless mode
   * the role whose logical id contains `RedshiftServerlessClickstreamWorkgroupAdminRole`), or to a user
   * who may create external functions; without it `roleArn` does.
   */
  functionsRoleArn: roleArn.optional(),
};

/** The same for a runbook that replaces functions. */
export const definedWarehouseSchema = z.discriminatedUnion('type', [
  serverless.extend(functions),
  provisioned.extend({
    /** Database user that replaces functions where Python is refused; without it `dbUser` does. */
    functionsDbUser: name.optional(),
    ...functions,
  }),
]);

export type WarehouseConfig = z.infer<typeof warehouseSchema>;
export type DefinedWarehouseConfig = z.infer<typeof definedWarehouseSchema>;
