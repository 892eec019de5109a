// What `SHOW GRANTS` says. Pure. Roles and revoked parts cannot be read from it: then nobody knows.

export interface Granted {
  /** Of the privileges that were asked for, those that are not there. */
  readonly missing: readonly string[];
  /** The user has roles, which may grant more. */
  readonly roles: boolean;
}

const LINE = /^GRANT (.+) ON (?:TABLE )?(\S+) TO /i;

/** Whether some lines give privileges on all of a database, or on one table in it. */
export function granted(
  lines: readonly string[],
  database: string,
  table: string | null,
  privileges: readonly string[],
): Granted {
  const given = new Set<string>();
  for (const line of lines) {
    const [, list = '', scope = ''] = LINE.exec(line) ?? [];
    if (covers(scope, database, table)) {
      for (const one of list.toUpperCase().split(/\s*,\s*/)) given.add(one);
    }
  }
  const all = given.has('ALL') || given.has('ALL PRIVILEGES');
  return {
    missing: all ? [] : privileges.filter((one) => !given.has(one)),
    roles: lines.some((line) => !LINE.test(line)),
  };
}

/** Whether whoever has these grants may hand them on, for a database that need not be there yet. */
export const mayGrant = (lines: readonly string[], database: string): boolean =>
  lines.some(
    (line) =>
      / WITH GRANT OPTION/i.test(line) && covers(LINE.exec(line)?.[2] ?? '', database, null),
  );

/** `*.*`, `` `edxapp\_csmh`.* `` with its wildcards, `` `edxapp`.`t` `` */
function covers(scope: string, database: string, table: string | null): boolean {
  if (scope === '*.*') return true;
  const [, pattern = '', rest = ''] = /^[`"']?(.+?)[`"']?\.(.+)$/.exec(scope) ?? [];
  const bare = rest.replace(/[`"']/g, '');
  if (bare !== '*' && bare !== table) return false;
  return bare === '*' ? like(pattern, database) : pattern === database;
}

/** https://dev.mysql.com/doc/refman/8.0/en/grant.html#grant-database-privileges */
function like(pattern: string, name: string): boolean {
  const source = pattern.replace(/\\?./g, (part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return part.slice(-1).replace(/[^\w]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 'i').test(name);
}
