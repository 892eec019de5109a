// Who may do what. The library has no users of its own, so that the door asks here before it hands a
// statement on. It is coarser than the server's grants, in the direction of refusing.

import { ClickHouseRefusal } from './engine';

/** A user of the server, as `init` makes them. */
export interface ClickHouseUser {
  readonly name: string;
  readonly password: string;
  /**
   * `all`, or `read`: SELECT outside of system tables that show more than one's own; or `insert`: that, and
   * INSERT into `databases`.
   */
  readonly rights: 'all' | 'read' | 'insert';
  /** Where `insert` may insert. @default - nowhere */
  readonly databases?: readonly string[];
}

/** https://clickhouse.com/docs/operations/system-tables: what needs no grant shows nothing of others. */
const OPEN_SYSTEM =
  /\bsystem\s*\.\s*(?!(one|numbers|settings|functions|databases|tables|columns)\b)/i;

const DENIED = 497;
const FAILED = 516;

/** The statement's first word, behind comments and parentheses. */
export const verbOf = (sql: string): string =>
  /^(?:\s|\/\*.*?\*\/|--[^\n]*\n|\()*(\w+)/s.exec(sql)?.[1]?.toLowerCase() ?? '';

/** What a statement may write to, as `database.table`; undefined for other statements than INSERT. */
const targetOf = (sql: string): string | undefined =>
  /\binsert\s+into\s+(?:table\s+)?[`"]?(\w+)[`"]?\s*\.\s*[`"]?\w+/i.exec(sql)?.[1];

/** @throws ClickHouseRefusal 516 */
export function authenticate(
  users: readonly ClickHouseUser[],
  name: string,
  password: string,
): ClickHouseUser {
  const user = users.find((one) => one.name === name && one.password === password);
  if (user) return user;
  throw new ClickHouseRefusal(
    FAILED,
    `Code: ${FAILED}. DB::Exception: ${name}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`,
  );
}

/** @throws ClickHouseRefusal 497 */
export function authorize(user: ClickHouseUser, sql: string): void {
  if (user.rights === 'all') return;
  const verb = verbOf(sql);
  const reads = ['select', 'with', 'show', 'describe', 'desc', 'exists', 'explain', 'use'];
  const inserts = user.rights === 'insert' && verb === 'insert';
  const bare = sql.replace(/'(?:[^'\\]|\\.)*'/g, "''");
  const allowed = inserts
    ? (user.databases ?? []).includes(targetOf(sql) ?? '')
    : reads.includes(verb) && !OPEN_SYSTEM.test(bare);
  if (allowed) return;
  throw new ClickHouseRefusal(
    DENIED,
    `Code: ${DENIED}. DB::Exception: ${user.name}: Not enough privileges. To execute this query, it's necessary to have the grant for ${verb.toUpperCase()}. (ACCESS_DENIED)`,
  );
}
