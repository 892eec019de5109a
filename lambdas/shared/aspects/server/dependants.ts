// Who reads a relation: views, materialized views and dictionaries of any database, by their definitions. What
// ClickHouse itself lists as dependencies leaves out what a query names in a text.

import type { ClickHouse } from '../../clickhouse/server';
import { mentionsOf, roleName, roleOf } from '../relations';

/** A relation that would stop working. */
export interface Dependant {
  /** `database.name`, as the server has it. */
  readonly name: string;
  /** The same by its role, where the database has one. */
  readonly relation: string;
  /** What it reads, by role and name. */
  readonly needs: readonly string[];
}

/**
 * Relations outside of `list`, and other than their materialized views, that read something in it.
 *
 * @param list `reporting.name`, by roles
 */
export async function dependantsOf(
  server: ClickHouse,
  list: ReadonlySet<string>,
): Promise<readonly Dependant[]> {
  const { databases } = server.ref;
  const named = (database: string, name: string) => {
    const role = roleOf(database, databases);
    return role ? roleName({ database: role, name }) : `${database}.${name}`;
  };
  const isListed = (name: string) => list.has(name) || list.has(name.replace(/_mv$/, ''));
  const rows = await server.rows('dependants');
  return rows.flatMap(({ database, name, definition }) => {
    const own = named(String(database), String(name));
    if (isListed(own)) return [];
    const needs = mentionsOf(String(definition))
      .map((mention) => named(mention.database, mention.name))
      .filter((one) => one !== own && list.has(one));
    if (needs.length === 0) return [];
    return [{ name: `${database}.${name}`, relation: own, needs: [...new Set(needs)] }];
  });
}
