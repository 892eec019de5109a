// The two tables of the student-module-history runbook, and the servers they are on.

import * as z from 'zod';
import { name, secretArn, vpc } from './forms';
import { mysqlServer, oneHost, oneLogin, port } from './mysql';

/** A database, a table or a user of MySQL, as it can stand in a statement without a doubt. */
const identifier = z
  .string()
  .regex(
    /^[a-zA-Z_][a-zA-Z0-9_$]{0,63}$/,
    'must be letters, digits, _ and $, and not begin with a digit',
  );

const user = z.string().regex(/^[a-zA-Z0-9_.-]{1,32}$/, 'must be the name of a user of MySQL');

const replicas = z
  .array(z.strictObject({ host: oneHost, port }))
  .max(15)
  .default([]);

const source = z
  .strictObject({
    ...mysqlServer,
    /** Database of the LMS, often `edxapp`. */
    database: identifier,
    table: identifier.default('courseware_studentmodulehistory'),
    /** Replicas whose lag brakes the removal; those of an Aurora cluster are found without being named. */
    replicas,
  })
  .refine(oneLogin.check, oneLogin.message);

const target = z
  .strictObject({
    ...mysqlServer,
    /** Database of the alias `student_module_history`, often `edxapp_csmh`. */
    database: identifier,
    table: identifier.default('coursewarehistoryextended_studentmodulehistoryextended'),
    /** Secret of a user that may create the database, grant rights and alter the table; without it a person does. */
    adminSecretArn: secretArn.optional(),
    /** User of LMS, Studio and workers, at any host. */
    runtimeUser: user.default('edxapp001'),
    /** User of Django's migrations, at any host. */
    migrateUser: user.default('migrate'),
    /** Replicas whose lag brakes the copy; those of an Aurora cluster are found without being named. */
    replicas,
    /** Instance of RDS whose free storage is watched; an Aurora cluster grows by itself. */
    dbInstanceIdentifier: name.optional(),
  })
  .refine(oneLogin.check, oneLogin.message);

/** What the student-module-history runbook must know of the two databases. */
export const studentModuleHistoryTargetSchema = z
  .strictObject({
    /** Where the history is today: the default database. */
    source,
    /** Where it goes. */
    target,
    /** Where tasks run that talk to both servers. */
    vpc,
  })
  .refine(
    ({ source: a, target: b }) =>
      a.host !== b.host || a.port !== b.port || a.database !== b.database || a.table !== b.table,
    { path: ['target'], message: 'must be another table than source' },
  );

export type StudentModuleHistoryTarget = z.infer<typeof studentModuleHistoryTargetSchema>;
