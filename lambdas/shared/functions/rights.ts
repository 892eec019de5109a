// What a user may not do that replacing functions takes. Asked before anything is touched; changes nothing.
// https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_FUNCTION.html

import type { Row } from '../data-api';
import type { Read } from '../read';
import type { Found } from './spec';

/** A database user, as it sees itself. */
export interface DatabaseUser {
  readonly name: string;
  readonly superuser: boolean;
  readonly mayCreate: boolean;
}

export async function readUser(read: Read, schema: string): Promise<DatabaseUser> {
  const [row] = await read('read-function-user', { parameters: { schema_name: schema } });
  return {
    name: String(row?.me),
    superuser: row?.superuser === 'yes',
    mayCreate: row?.may_create === 'yes',
  };
}

/**
 * What is missing to replace these functions, each with the statement that repairs it.
 *
 * @param read as the user who will make the functions
 */
export async function missingRights(
  read: Read,
  schema: string,
  found: readonly Found[],
): Promise<string[]> {
  const user = await readUser(read, schema);
  if (user.superuser) return [];
  const missing: string[] = [];
  // The privilege is documented, the right to use the language is asked for by older patches: who has
  // either may try, and who has neither need not.
  const held: Row[] = await read('read-function-privileges', {});
  if (held.length === 0) {
    missing.push(
      `user ${user.name} may not create external functions: as superuser grant create external function to a role of this user ` +
        '(in new serverless mode: to role clickstream), or name a role that is mapped to a superuser as functionsRoleArn in the configuration',
    );
  }
  if (!user.mayCreate) {
    missing.push(
      `user ${user.name} may not create in schema ${schema}: grant create on schema "${schema}" to "${user.name}"`,
    );
  }
  const foreign = found.filter(({ owner }) => owner !== undefined && owner !== user.name);
  if (foreign.length > 0) {
    const names = foreign.map(({ name, owner }) => `${name} of ${owner}`).join(', ');
    missing.push(
      `user ${user.name} may not replace ${names}: only the owner and superusers may; name their role as functionsRoleArn in the configuration`,
    );
  }
  return missing;
}
