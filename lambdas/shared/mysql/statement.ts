// The only place where SQL for MySQL and values meet. The files have the marks of all files in `sql/`:
// `{{id:name}}` becomes an identifier, `{{lit:name}}` a literal of a kind, and `:name` a value. MySQL takes
// no named parameters, and none at all in INTO OUTFILE: values are quoted here.
//
// What a file says about columns it cannot know is written once, and repeated for each of them:
//
//   select t.`id` /*each:columns*/ /*when:text*/ , hex(t.{{id:column}}) /*when:integer*/ , t.{{id:column}} /*end*/

import { SqlRenderError } from '../errors';
import { bodyOf } from '../sql';

/** A value of `:name`; a list is for `in (:name)`, and an empty one equals nothing. */
export type MySqlValue =
  | string
  | number
  | bigint
  | readonly (string | number | bigint)[]
  | MySqlRows;

/**
 * Rows of `values :name`, each made by {@link quoteRow}: only in sessions with NO_BACKSLASH_ESCAPES.
 */
export class MySqlRows {
  constructor(readonly tuples: readonly string[]) {}
}

/** How a value that another server has given as a text is written. */
export type MySqlCell = 'number' | 'text' | 'bytes';

/** One thing a part of a file is repeated for. */
export interface MySqlEach {
  /** Which of the part's variants, `/*when:kind*\/`, it takes. */
  readonly kind: string;
  /** Identifiers that are its own. */
  readonly ids: Readonly<Record<string, string>>;
}

/** A literal with its kind, for places where a value decides what the statement does. */
export interface MySqlLiteral {
  readonly kind: keyof typeof LITERALS;
  readonly value: string;
}

/** What a file's marks stand for. */
export interface MySqlMarks {
  readonly ids?: Readonly<Record<string, string>>;
  readonly literals?: Readonly<Record<string, MySqlLiteral>>;
  readonly parameters?: Readonly<Record<string, MySqlValue>>;
  /** What the parts `/*each:name*\/ … /*end*\/` are repeated for. */
  readonly each?: Readonly<Record<string, readonly MySqlEach[]>>;
}

/** https://dev.mysql.com/doc/refman/8.0/en/identifier-length.html */
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_$]{0,63}$/;
const LITERALS = {
  /** Where Aurora writes to: `s3-<region>://bucket/key`. */
  's3-region-uri':
    /^s3-[a-z]{2}(-[a-z]+)+-\d:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[A-Za-z0-9!_.*()/=-]{1,900}$/,
  /** Databases that a GRANT is about: a name, in which an underscore may be one and nothing else. */
  'database-pattern': /^([a-zA-Z]|\\?_)([a-zA-Z0-9$]|\\?_){0,63}$/,
} as const;

/**
 * Renders a statement.
 *
 * @param comment ids set in front as `/* … *\/`, by which the process list tells whose it is
 * @throws SqlRenderError for a value that is missing or not of its kind
 */
export function renderMySql(text: string, marks: MySqlMarks, comment: readonly string[]): string {
  const { ids = {}, literals = {}, parameters = {}, each = {} } = marks;
  const repeated = bodyOf(text).replace(
    /\/\*each:(\w+)\*\/(.*?)\/\*end\*\//gs,
    (mark, name: string, part: string) => known(mark, each[name]).map(forOne(part)).join(''),
  );
  const body = repeated.replace(
    /\{\{(id|lit):(\w+)\}\}|(?<![:\w]):([a-z][a-z0-9_]*)/g,
    (mark, kind?: string, name = '', parameter?: string) => {
      if (kind === 'id') return quoteMySqlIdentifier(known(mark, ids[name]));
      if (kind === 'lit') return quoteLiteral(known(mark, literals[name]));
      return quoteValue(known(mark, parameters[parameter!]));
    },
  );
  return `${commentOf(comment)}\n${body}`;
}

/** A part of a file for one of those it is repeated for. */
const forOne =
  (part: string) =>
  ({ kind, ids }: MySqlEach): string => {
    const [always = '', ...variants] = part.split(/\/\*when:/);
    const variant = variants
      .map((text) => text.split('*/', 2))
      .find(([kinds]) => kinds!.split(',').includes(kind));
    if (variants.length > 0 && !variant) throw new SqlRenderError(`no variant for ${kind}`);
    return `${always}${variant?.[1] ?? ''}`.replace(/\{\{id:(\w+)\}\}/g, (mark, name: string) =>
      ids[name] === undefined ? mark : quoteMySqlIdentifier(ids[name]),
    );
  };

/** A row of an INSERT; a null is a null of any kind. */
export function quoteRow(cells: readonly MySqlCell[], values: readonly (string | null)[]): string {
  const quoted = values.map((value, i) => {
    if (value === null) return 'null';
    if (cells[i] === 'text') return `'${value.replaceAll("'", "''")}'`;
    const pattern = cells[i] === 'number' ? /^-?[\d.]+(e[+-]?\d+)?$/i : /^[0-9A-Fa-f]*$/;
    // A value of a learner: the message must not repeat it.
    if (!pattern.test(value)) throw new SqlRenderError(`a value is not of kind ${cells[i]}`);
    return cells[i] === 'number' ? value : `x'${value}'`;
  });
  return `(${quoted.join(', ')})`;
}

/** The opening comment of a statement. */
export function commentOf(ids: readonly string[]): string {
  const bad = ids.find((id) => !/^[A-Za-z0-9_.-]+$/.test(id));
  if (bad !== undefined)
    throw new SqlRenderError(`not an id for a comment: ${JSON.stringify(bad)}`);
  return `/* ${ids.join(' ')} */`;
}

/** @throws SqlRenderError for names outside `[a-zA-Z_][a-zA-Z0-9_$]{0,63}` */
export function quoteMySqlIdentifier(name: string): string {
  if (!IDENTIFIER.test(name))
    throw new SqlRenderError(`not an identifier: ${JSON.stringify(name)}`);
  return `\`${name}\``;
}

function quoteLiteral({ kind, value }: MySqlLiteral): string {
  if (!LITERALS[kind].test(value)) {
    throw new SqlRenderError(`not a literal of kind ${kind}: ${JSON.stringify(value)}`);
  }
  return kind === 'database-pattern' ? `\`${value}\`` : `'${value}'`;
}

function quoteValue(value: MySqlValue): string {
  if (value instanceof MySqlRows) return value.tuples.join(',\n');
  if (typeof value === 'object')
    return value.length > 0 ? value.map(quoteValue).join(', ') : 'null';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    throw new SqlRenderError(`not a whole number: ${value}`);
  }
  // Whether a backslash escapes depends on the sql_mode of the server; without one nothing does.
  const odd = [...value].some((char) => char < ' ' || char === '\\' || char === '\x7f');
  if (odd) throw new SqlRenderError('a value has a backslash or a control character');
  return `'${value.replaceAll("'", "''")}'`;
}

function known<T>(mark: string, value: T | undefined): T {
  if (value === undefined) throw new SqlRenderError(`no value for ${mark}`);
  return value;
}
