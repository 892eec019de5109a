// The only place where SQL for ClickHouse and values meet. The files have the marks of all files in `sql/`:
// `{{id:name}}` becomes an identifier in backticks, `{{lit:name}}` a literal of a kind, where the grammar
// takes no parameter, and `:name` a parameter that the server binds: its value is never part of the text.

import { SqlRenderError } from '../errors';
import { bodyOf } from '../sql';

/** A value of `:name`; a list is an array. */
export type ClickHouseValue = string | number | readonly string[];

/** A literal with its kind, for places that take no parameter. */
export interface ClickHouseLiteral {
  readonly kind: keyof typeof LITERALS;
  readonly value: string;
}

/** What a file's marks stand for. */
export interface ClickHouseMarks {
  /** Identifiers; a list becomes `` `a`, `b` ``. */
  readonly ids?: Readonly<Record<string, string | readonly string[]>>;
  readonly literals?: Readonly<Record<string, ClickHouseLiteral>>;
  readonly parameters?: Readonly<Record<string, ClickHouseValue>>;
}

/** A statement as the client takes it. */
export interface RenderedClickHouse {
  readonly query: string;
  readonly parameters: Readonly<Record<string, ClickHouseValue>>;
}

/** Names of databases, tables and columns as dbt and Alembic make them. */
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/;
const LITERALS = {
  /** Id of a backup or restore in `system.backups`, and the name of its folder. */
  'backup-id': /^[A-Za-z0-9][A-Za-z0-9_.-]{0,150}$/,
  /** A disk of the server's configuration. */
  disk: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
  /** Endpoint of a bucket with a prefix: https://clickhouse.com/docs/operations/backup. */
  's3-endpoint': /^https?:\/\/[a-z0-9][a-z0-9.:-]{1,190}\/[A-Za-z0-9!_.*()/=-]{0,600}$/,
  cluster: /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
} as const;

/** @throws SqlRenderError for names outside `[a-zA-Z_][a-zA-Z0-9_]{0,127}` */
export function quoteClickHouseIdentifier(name: string): string {
  if (!IDENTIFIER.test(name))
    throw new SqlRenderError(`not an identifier: ${JSON.stringify(name)}`);
  return `\`${name}\``;
}

/**
 * Renders a statement.
 *
 * @param comment ids set in front as `/* … *\/`, by which the query log tells whose it is
 * @throws SqlRenderError for a value that is missing or not of its kind
 */
export function renderClickHouse(
  text: string,
  { ids = {}, literals = {}, parameters = {} }: ClickHouseMarks,
  comment: readonly string[],
): RenderedClickHouse {
  const bad = comment.find((id) => !/^[A-Za-z0-9_.-]+$/.test(id));
  if (bad !== undefined)
    throw new SqlRenderError(`not an id for a comment: ${JSON.stringify(bad)}`);
  const bound: Record<string, ClickHouseValue> = {};
  const body = bodyOf(text).replace(
    /\{\{(id|lit):(\w+)\}\}|(?<![:\w]):([a-z][a-z0-9_]*)/g,
    (mark, kind?: string, name = '', parameter?: string) => {
      if (kind === 'id') return identifiers(known(mark, ids[name]));
      if (kind === 'lit') return quoteLiteral(known(mark, literals[name]));
      const value = known(mark, parameters[parameter!]);
      bound[parameter!] = value;
      return `{${parameter}:${typeOf(value)}}`;
    },
  );
  return { query: `/* ${comment.join(' ')} */\n${body}`, parameters: bound };
}

function identifiers(value: string | readonly string[]): string {
  if (typeof value === 'string') return quoteClickHouseIdentifier(value);
  if (value.length === 0) throw new SqlRenderError('a list of identifiers is empty');
  return value.map(quoteClickHouseIdentifier).join(', ');
}

function quoteLiteral({ kind, value }: ClickHouseLiteral): string {
  if (!LITERALS[kind].test(value)) {
    throw new SqlRenderError(`not a literal of kind ${kind}: ${JSON.stringify(value)}`);
  }
  return `'${value}'`;
}

function typeOf(value: ClickHouseValue): string {
  if (typeof value === 'string') return 'String';
  if (typeof value !== 'number') return 'Array(String)';
  if (Number.isSafeInteger(value)) return 'Int64';
  throw new SqlRenderError(`not a whole number: ${value}`);
}

function known<T>(mark: string, value: T | undefined): T {
  if (value === undefined) throw new SqlRenderError(`no value for ${mark}`);
  return value;
}
