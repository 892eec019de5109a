// Whether the functions of one schema work, told by calling them. Changes nothing.

import type { Row } from '../data-api';
import { StatementStoppedError } from '../errors';
import type { Read } from '../read';
import type { StatementTemplate } from '../sql';
import { sameJson } from './same-json';
import { EXTERNAL, type Found, type FunctionSpec } from './spec';

/** A function as the catalog has it. */
export interface InCatalog {
  readonly language: string;
  readonly owner: string;
}

/** Looks at all functions, as the user who will call them. */
export async function probeFunctions(
  read: Read,
  schema: string,
  specs: readonly FunctionSpec[],
): Promise<Found[]> {
  const catalog = await readCatalog(read, schema);
  return Promise.all(specs.map((spec) => probe(read, schema, spec, inCatalog(catalog, spec))));
}

export const readCatalog = (read: Read, schema: string): Promise<Row[]> =>
  read('read-functions', { parameters: { schema_name: schema } });

/** Name and argument types make a function; one of the same name with others is another one. */
export function inCatalog(catalog: readonly Row[], spec: FunctionSpec): InCatalog | undefined {
  const types = Array(spec.arguments).fill('character varying').join(', ');
  const row = catalog.find(({ name, arguments: list }) => name === spec.name && list === types);
  return row && { language: String(row.language), owner: String(row.owner) };
}

async function probe(
  read: Read,
  schema: string,
  spec: FunctionSpec,
  there: InCatalog | undefined,
): Promise<Found> {
  const { name } = spec;
  if (!there) return { name, verdict: 'missing' };
  // What a person's function in another language does with broken values is that person's choice;
  // an external one that fails on them would stop a whole chunk.
  const statements = there.language === EXTERNAL ? answersOf(spec) : [spec.probe];
  for (const statement of statements) {
    const why = await ask(read, schema, statement);
    if (why) return { name, ...there, ...why };
  }
  return { name, verdict: 'works', ...there };
}

/** All statements an external function must pass. */
export const answersOf = ({ probe: ordinary, golden }: FunctionSpec): StatementTemplate[] =>
  golden === null ? [ordinary] : [ordinary, golden];

/** What is not as expected; undefined when all answers are right. A failure counts when it comes twice. */
export async function ask(
  read: Read,
  schema: string,
  { sql, ...values }: StatementTemplate,
): Promise<{ verdict: 'refused' | 'wrong'; why: string } | undefined> {
  const again = () => read(sql, { ...values, ids: { ...values.ids, schema } });
  let rows: Row[];
  try {
    rows = await again().catch((error: Error) => {
      if (error instanceof StatementStoppedError) return again();
      throw error;
    });
  } catch (error) {
    if (error instanceof StatementStoppedError) return { verdict: 'refused', why: error.message };
    throw error;
  }
  if (rows.length === 0) return { verdict: 'wrong', why: 'the probe gave no row' };
  const other = rows.find((row) => !sameJson(textOf(row.expected), textOf(row.actual)));
  return other && { verdict: 'wrong', why: describe(other) };
}

const textOf = (value: Row[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

function describe({ name, expected, actual }: Row): string {
  const short = (value: Row[string] | undefined) => String(value ?? 'NULL').slice(0, 200);
  return `${name}: expected ${short(expected)}, got ${short(actual)}`;
}
