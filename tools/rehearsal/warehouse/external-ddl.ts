// Lambda UDFs, the side of the text: CREATE EXTERNAL FUNCTION as PostgreSQL can run it, and statements
// of procedures that are tried in passes (external-functions.sql says why).
// https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_FUNCTION.html

import { mask, unmask } from './opaque';

/** What the statement that made a function says about its calls. */
export interface ExternalFunction {
  readonly lambda: string;
  /** ARN, or `default`. */
  readonly role: string;
  readonly retryTimeoutMs: number;
  readonly maxBatchRows: number;
  readonly maxBatchBytes: number;
  /** Bytes a result may have. */
  readonly width?: number;
  /** Whether it may replace one: for superusers. */
  readonly replaces: boolean;
}

const TYPE = [
  'smallint|integer|int[248]?|bigint|real|float[48]?|double precision|bool(?:ean)?|date',
  String.raw`(?:decimal|numeric)(?: ?\( ?\d+ ?(?:, ?\d+ ?)?\))?|timestamp(?: without time zone)?`,
  String.raw`(?:n?varchar|char(?:acter)?(?: varying)?)(?: ?\( ?(?:\d+|max) ?\))?`,
].join('|');
const TEXT = `'(?:[^']|'')*'`;
const FORM = new RegExp(
  [
    String.raw`^create (or replace )?external function ([\w."$-]+) ?`,
    String.raw`\( ?((?:(?:${TYPE})(?: ?, ?(?:${TYPE}))*)?) ?\) ?`,
    `returns (${TYPE}) (?:volatile|stable) lambda (${TEXT}) iam_role (default|${TEXT})`,
    String.raw`((?: (?:retry_timeout|max_batch_rows|max_batch_size) \d+(?: ?[km]b)?)*) ?;? ?$`,
  ].join(''),
  'i',
);
const LIMITS = { retry_timeout: 20_000, max_batch_rows: 2_147_483_647, max_batch_size: 5 << 20 };

const unquoted = (text: string) => text.replace(/^'|'$/g, '').replaceAll("''", "'");
/** Without comments, with one blank between words. */
const plain = (sql: string) =>
  sql
    .replace(/('(?:[^']|'')*')|--[^\n]*|\/\*[\s\S]*?\*\/|\s+/g, (_, text?: string) => text ?? ' ')
    .replace(/('(?:[^']|'')*')| +/g, (_, text?: string) => text ?? ' ')
    .trim();

export const createsExternal = (sql: string): boolean =>
  /^create (or replace )?external function\b/i.test(plain(sql));

/** Statements after which functions or procedures are others. */
export const changesRoutines = (sql: string): boolean =>
  /^create (or replace )?(external function|procedure)\b/i.test(plain(sql));

/** CREATE EXTERNAL FUNCTION as a function of the language `exfunc`; throws as Redshift refuses. */
export function createExternal(sql: string): string {
  const match = FORM.exec(plain(sql));
  if (!match) throw new Error('syntax error in CREATE EXTERNAL FUNCTION');
  const [, replace, name, types, returns, lambda, role, options] = match;
  const limits = { ...LIMITS };
  for (const [, key, count, unit] of options!.matchAll(/(\w+) (\d+)(?: ?([km]b))?/gi)) {
    const option = key!.toLowerCase() as keyof typeof LIMITS;
    if (unit && option !== 'max_batch_size') throw new Error(`syntax error at or near "${unit}"`);
    const scale = option !== 'max_batch_size' ? 1 : /mb/i.test(unit ?? '') ? 1 << 20 : 1 << 10;
    limits[option] = Number(count) * scale;
  }
  if (limits.max_batch_size < 1 << 10 || limits.max_batch_size > 5 << 20) {
    throw new Error('MAX_BATCH_SIZE must be between 1 KB and 5 MB');
  }
  if (limits.max_batch_rows < 1) throw new Error('MAX_BATCH_ROWS must be at least 1');
  const definition: ExternalFunction = {
    lambda: unquoted(lambda!),
    role: unquoted(role!),
    retryTimeoutMs: limits.retry_timeout,
    maxBatchRows: limits.max_batch_rows,
    maxBatchBytes: limits.max_batch_size,
    replaces: replace !== undefined,
    width: /char/i.test(returns!) ? Number(/\((\d+)\)/.exec(returns!)?.[1] ?? 65_535) : undefined,
  };
  const list = types!.trim() === '' ? [] : types!.split(/,(?![^(]*\))/);
  const values = list.map((_, index) => `$${index + 1}`).join(', ');
  const known = (text: string) => text.replace(/\(\s*max\s*\)/gi, '(65535)');
  return `create ${replace ?? ''}function ${name}(${known(types!)}) returns ${known(returns!)}
volatile language exfunc as $exfunc$ -- ${JSON.stringify(definition)}
declare
  routine oid;
begin
  get diagnostics routine = pg_routine_oid;
  return rehearsal.external_call(routine, json_build_array(${values})::text);
end $exfunc$`;
}

/** Where a statement of PL/pgSQL begins that may call functions for many rows. */
const BEGINNING =
  /(?:^|\b(?:then|else|loop|begin))\s*((?:create\s+(?:temp(?:orary)?\s+)?table|insert|update|delete|select|perform|with)\b)/i;
const IN_PASSES = 'rehearsal.pass_begin()';

/**
 * The body of a procedure with its statements that call one of the functions tried in passes. What it
 * does not recognise still works, with one call for each row.
 */
export function inPasses(body: string, names: readonly string[]): string {
  if (names.length === 0) return body;
  const calls = new RegExp(String.raw`\b(?:${names.join('|')})\s*\(`, 'i');
  const { text, parts } = mask(body);
  const statements = text.split(';').map((statement, index, all) => {
    const beginning = calls.test(statement) ? BEGINNING.exec(statement) : null;
    if (!beginning || all[index - 1]?.includes(IN_PASSES)) return statement;
    const at = beginning.index + beginning[0].length - beginning[1]!.length;
    return `${statement.slice(0, at)}loop begin
      perform ${IN_PASSES};
      ${statement.slice(at)};
      exit when rehearsal.pass_end();
      perform rehearsal.pass_undo();
    exception when sqlstate 'RXF02' then
      perform rehearsal.pass_answers();
    end; end loop`;
  });
  return unmask(statements.join(';'), parts);
}

/** Whether a statement can be tried in passes: it calls one of the functions and is no CALL. */
export const callsExternal = (sql: string, names: readonly string[]): boolean =>
  names.length > 0 &&
  /^(?:select|insert|update|delete|with|merge|create (?:temp\w* )?table)\b/i.test(plain(sql)) &&
  new RegExp(String.raw`\b(?:${names.join('|')})\s*\(`, 'i').test(mask(sql).text);
