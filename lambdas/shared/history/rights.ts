// Who needs which rights on the new database, and the statement that gives them.

import type { MySqlLiteral } from '../mysql/statement';
import { granted } from './grants';
import type { ServerFacts } from './server-facts';
import type { Table } from './table';

export interface Right {
  readonly user: string;
  readonly host: string;
  /** File that grants it. */
  readonly file: 'grant-runtime' | 'grant-migrate' | 'grant-copy';
  readonly privileges: readonly string[];
}

const ROWS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** The copy adds rows, keeps checkpoints and sets the next id; it deletes nothing. */
export const COPY_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'ALTER', 'CREATE'];
const MIGRATE_PRIVILEGES = [...ROWS, 'ALTER', 'CREATE', 'DROP', 'INDEX'];

/** @param self who the copy is to the server, as in `copier@%` */
export function rightsFor(
  { runtimeUser, migrateUser }: { readonly runtimeUser: string; readonly migrateUser: string },
  self: string,
): Right[] {
  const at = self.lastIndexOf('@');
  const own = { user: self.slice(0, at), host: self.slice(at + 1) };
  return [
    { user: runtimeUser, host: '%', file: 'grant-runtime', privileges: ROWS },
    { user: migrateUser, host: '%', file: 'grant-migrate', privileges: MIGRATE_PRIVILEGES },
    { ...own, file: 'grant-copy', privileges: COPY_PRIVILEGES },
  ];
}

/** The database as a GRANT names it: no other one whose name is only like it. */
export const databaseOf = (
  database: string,
  { partialRevokes }: Pick<ServerFacts, 'partialRevokes'>,
): MySqlLiteral => ({
  kind: 'database-pattern',
  value: partialRevokes ? database : database.replaceAll('_', '\\_'),
});

/** The lines of `SHOW GRANTS`. */
export async function grantsOf(table: Table, user?: string, host = '%'): Promise<string[]> {
  const rows = await (user === undefined
    ? table.rows('grants')
    : table.rows('grants-of', { user, host }));
  return rows.map((row) => String(Object.values(row)[0]));
}

/** Rights that SHOW GRANTS does not prove. */
export async function unproven(admin: Table, rights: readonly Right[]): Promise<Right[]> {
  const left: Right[] = [];
  for (const right of rights) {
    const lines = await grantsOf(admin, right.user, right.host);
    const { missing, roles } = granted(lines, admin.place.database, null, right.privileges);
    if (missing.length > 0 && !roles) left.push({ ...right, privileges: missing });
  }
  return left;
}
