// The objects an application's schema has since v1.1.6, compared with what the catalog shows.

import type { Row } from '../data-api';
import type { Read } from '../read';
import objects from './data/schema-objects.json';

export interface SchemaCheck {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
}

/**
 * Looks at a schema object by object; changes nothing. More than is expected is fine: later versions add.
 *
 * @param functions functions that must be there besides
 */
export async function schemaChecks(
  read: Read,
  schema: string,
  functions: readonly string[],
): Promise<SchemaCheck[]> {
  const parameters = { schema_name: schema };
  const there = await read('preflight-objects', { parameters });
  const columns = namesByTable(await read('read-schema-columns', { parameters }));
  const relations = namesOf(there, 'relation');
  const procedures = namesOf(there, 'procedure');
  return [
    ...Object.entries(objects.tables).map(([table, expected]) =>
      columnsOf(table, expected, columns.get(table)),
    ),
    ...objects.views.map((name) => present('view', name, relations)),
    ...objects.procedures.map((name) => present('procedure', name, procedures)),
    ...functions.map((name) => present('function', name, procedures)),
    ownerCheck(there),
  ];
}

const namesOf = (rows: readonly Row[], kind: string): ReadonlySet<string> =>
  new Set(rows.filter((row) => row.kind === kind).map(({ name }) => String(name)));

function namesByTable(rows: readonly Row[]): ReadonlyMap<string, ReadonlySet<string>> {
  const tables = new Map<string, Set<string>>();
  for (const { relation, name } of rows) {
    const table = String(relation);
    tables.set(table, (tables.get(table) ?? new Set()).add(String(name)));
  }
  return tables;
}

function columnsOf(
  table: string,
  expected: readonly string[],
  there: ReadonlySet<string> | undefined,
): SchemaCheck {
  const missing = expected.filter((name) => !there?.has(name));
  const whole = `${expected.length} columns`;
  const actual = () => (there ? `${whole} but ${missing.join(', ')}` : 'no such table');
  const ok = missing.length === 0;
  return { name: `table ${table}`, expected: whole, actual: ok ? whole : actual(), ok };
}

function present(kind: string, name: string, there: ReadonlySet<string>): SchemaCheck {
  const ok = there.has(name);
  return { name: `${kind} ${name}`, expected: 'there', actual: ok ? 'there' : 'missing', ok };
}

/** Who calls must own what the schema's SQL makes: ANALYZE and the procedures' writes need it. */
function ownerCheck(rows: readonly Row[]): SchemaCheck {
  const ours = [...Object.keys(objects.tables), ...objects.views, ...objects.procedures];
  const made = rows.filter(({ name }) => ours.includes(String(name)));
  const expected = String(made[0]?.me ?? 'the caller');
  const others = [...new Set(made.map(({ owner }) => String(owner)))].filter((o) => o !== expected);
  const ok = made.length > 0 && others.length === 0;
  const actual = made.length === 0 ? 'nobody' : [...others, ...(ok ? [expected] : [])].join(', ');
  return { name: 'owner of the new objects', expected, actual, ok };
}
