// The only place where SQL text and values meet. An SQL file has three marks: `:name` becomes a
// parameter of the Data API, `{{id:name}}` an identifier, `{{lit:name}}` a literal (for places where
// Redshift takes no parameter). Nothing else is ever put into a text but the opening comment.

import { SqlRenderError } from './errors';

/** An SQL file by its name in `sql/`, or a text given by the user of an exported step. */
export type SqlSource =
  | {
      /** Path of the file below `sql/`. */
      readonly file: string;
    }
  | {
      /** What ledger and messages call it. */
      readonly name: string;
      /** The statement with its marks. */
      readonly text: string;
    };

/** A literal with its kind; each kind has a whitelist of its own. */
export type SqlLiteral = {
  /** What the value must be; anything else is refused. */
  readonly kind:
    | 's3-uri'
    /** A folder, of which the statement gets a prefix of its own: the ids of its comment follow. */
    | 's3-own-prefix'
    | 'arn'
    | 'region'
    | 'integer'
    /** Whole numbers for `in (…)`, as `1,2,3`. */
    | 'integers'
    | 'utc-timestamp'
    | 'option'
    | 'function-name';
  /** The value, not quoted. */
  readonly value: string | number;
};

/** A statement before its values are put in. */
export interface StatementTemplate {
  /** Its text. */
  readonly sql: SqlSource;
  /** Identifiers; a list becomes `"a", "b"`. */
  readonly ids?: Readonly<Record<string, string | readonly string[]>>;
  /** Identifiers that are names of database users, such as `IAMR:role`. */
  readonly users?: Readonly<Record<string, string>>;
  /** Values by the names of their marks `{{lit:name}}`. */
  readonly literals?: Readonly<Record<string, SqlLiteral>>;
  /** Values by the names of their marks `:name`. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** The query that UNLOAD carries as a text, `{{lit:query}}`, or that is counted, `{{lit:subquery}}`. */
  readonly query?: Omit<StatementTemplate, 'query'>;
}

/** Statements that are run in this order in one transaction: all of them or none. */
export interface TransactionTemplate {
  /** The statements in their order. */
  readonly transaction: readonly (StatementTemplate & {
    /** Tells people which of them it was that failed. */
    readonly name: string;
  })[];
}

/** A statement as the Data API takes it. */
export interface RenderedStatement {
  readonly sql: string;
  readonly parameters: { name: string; value: string }[];
}

/** The statements of a transaction as the Data API takes them: they share their parameters. */
export interface RenderedTransaction {
  readonly sqls: readonly string[];
  readonly parameters: { name: string; value: string }[];
}

const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_$]{0,126}$/;
/** A user that follows from an IAM role has a colon in its name, and what role names may have. */
const USER = /^[a-zA-Z0-9_][a-zA-Z0-9_$+=,.@:-]{0,127}$/;
const LITERALS: Record<SqlLiteral['kind'], RegExp> = {
  's3-uri': /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[A-Za-z0-9!_.*()/=-]{0,900}$/,
  's3-own-prefix': /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/([A-Za-z0-9!_.*()/=-]{1,300}\/)?$/,
  arn: /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:[A-Za-z0-9+=,.@_/:-]{1,512}$/,
  region: /^[a-z]{2}(-[a-z]+)+-\d$/,
  integer: /^-?\d{1,18}$/,
  integers: /^-?\d{1,18}(,-?\d{1,18})*$/,
  'utc-timestamp': /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/,
  option: /^[A-Z]{1,20}$/,
  'function-name': /^[a-zA-Z0-9_-]{1,64}$/,
};

/**
 * Quotes an identifier (https://docs.aws.amazon.com/redshift/latest/dg/r_names.html).
 *
 * @throws SqlRenderError for names outside `[a-zA-Z_][a-zA-Z0-9_$]{0,126}`
 */
export function quoteIdentifier(name: string): string {
  if (!IDENTIFIER.test(name))
    throw new SqlRenderError(`not an identifier: ${JSON.stringify(name)}`);
  return `"${name}"`;
}

/** Quotes the name of a database user, whose whitelist is wider than that of other identifiers. */
export function quoteUser(name: string): string {
  if (!USER.test(name)) throw new SqlRenderError(`not a user: ${JSON.stringify(name)}`);
  return `"${name}"`;
}

/** Quotes a literal after its kind's whitelist. */
export function quoteLiteral({ kind, value }: SqlLiteral): string {
  const text = String(value);
  if (!LITERALS[kind].test(text)) {
    throw new SqlRenderError(`not a literal of kind ${kind}: ${JSON.stringify(text)}`);
  }
  if (kind === 'integer' || kind === 'integers' || kind === 'option') return text;
  return `'${text.replaceAll("'", "''")}'`;
}

/** The prefix under a folder that belongs to one statement alone. */
export const ownPrefix = (folder: string, comment: readonly string[]): string =>
  `${folder}${comment.join('/')}/`;

/**
 * Quotes a query for UNLOAD, which wants quotes and backslashes escaped.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html#unload-parameters
 */
const quoteQuery = (sql: string): string =>
  `'${sql.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** The text without its `--!` header and comment lines. */
export function bodyOf(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*--/.test(line))
    .join('\n')
    .trim()
    .replace(/;$/, '');
}

/** Names of the parameters in a text; `::type` casts are none. */
export function parametersOf(text: string): string[] {
  const names = [...text.matchAll(/(?<![:\w]):([a-z][a-z0-9_]*)/g)].map((match) => match[1]!);
  return [...new Set(names)];
}

/**
 * Renders a statement.
 *
 * @param query text of the template's query
 * @param comment ids set in front as `/* … *\/`, so that the warehouse's query history knows whose it is
 */
export function renderStatement(
  text: string,
  template: Omit<StatementTemplate, 'sql'>,
  comment: readonly string[],
  query?: string,
): RenderedStatement {
  const bad = comment.find((id) => !/^[A-Za-z0-9_.-]+$/.test(id));
  if (bad !== undefined)
    throw new SqlRenderError(`not an id for a comment: ${JSON.stringify(bad)}`);
  const carried = query === undefined ? undefined : carriedQuery(query, template.query!, comment);
  const body = bodyOf(text).replace(/\{\{(id|lit):(\w+)\}\}/g, (_, kind: string, name: string) => {
    if (kind === 'id') return identifierOf(name, template);
    if (name === 'query' && carried !== undefined) return quoteQuery(carried);
    if (name === 'subquery' && carried !== undefined) return carried;
    const value = template.literals?.[name];
    if (value === undefined) throw new SqlRenderError(`no value for {{lit:${name}}}`);
    const quoted = quoteLiteral(value);
    if (value.kind !== 's3-own-prefix') return quoted;
    return quoteLiteral({ kind: 's3-uri', value: ownPrefix(String(value.value), comment) });
  });
  const parameters = parametersOf(bodyOf(text)).map((name) => {
    const value = template.parameters?.[name];
    if (value === undefined) throw new SqlRenderError(`no value for :${name}`);
    return { name, value: String(value) };
  });
  return { sql: `/* ${comment.join(' ')} */\n${body}`, parameters };
}

/** Puts rendered statements together; a parameter is one for all of them, so that two values are refused. */
export function asTransaction(statements: readonly RenderedStatement[]): RenderedTransaction {
  const values = new Map<string, string>();
  for (const { name, value } of statements.flatMap(({ parameters }) => parameters)) {
    if ((values.get(name) ?? value) !== value) {
      throw new SqlRenderError(`:${name} has two values in one transaction`);
    }
    values.set(name, value);
  }
  return {
    sqls: statements.map(({ sql }) => sql),
    parameters: [...values].map(([name, value]) => ({ name, value })),
  };
}

function identifierOf(name: string, { users, ids }: Omit<StatementTemplate, 'sql'>): string {
  const user = users?.[name];
  if (user !== undefined) return quoteUser(user);
  const value = ids?.[name];
  if (value === undefined) throw new SqlRenderError(`no value for {{id:${name}}}`);
  if (typeof value === 'string') return quoteIdentifier(value);
  if (value.length === 0) throw new SqlRenderError(`no name in the list {{id:${name}}}`);
  return value.map(quoteIdentifier).join(', ');
}

/** A query inside of another statement: a text, to which no parameters reach. */
function carriedQuery(
  text: string,
  template: Omit<StatementTemplate, 'sql'>,
  comment: readonly string[],
): string {
  const { sql, parameters } = renderStatement(text, template, comment);
  if (parameters.length > 0) {
    throw new SqlRenderError('a query that UNLOAD carries takes literals, not parameters');
  }
  return sql.slice(sql.indexOf('\n') + 1);
}
