// The columns a COPY fills, and what is wrong with a field that does not fit.
// https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html

import type { Client, DatabaseError } from 'pg';
import type { Line, Value } from './rows';
import type { Copy } from './statements';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

/** One refused row. */
export interface LoadError {
  readonly file: string;
  readonly line: number;
  readonly column: string;
  readonly type: string;
  readonly code: number;
  readonly reason: string;
  readonly value: string;
}

export type Fault = Pick<LoadError, 'column' | 'type' | 'code' | 'reason' | 'value'>;

const isText = (type: string) => /^(character|text)/.test(type);
const OFFSET = /(?:z|[+-]\d\d(?::?\d\d)?)$/i;

/** The columns by the statement's list, or all in their order. */
export async function columnsOf(client: Client, { table, columns }: Copy): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
     order by attnum`,
    [table],
  );
  return (
    columns?.map((said) => {
      const name = said.startsWith('"') ? said.slice(1, -1) : said.toLowerCase();
      const found = rows.find((column) => column.name === name);
      if (!found) throw new Error(`column "${name}" of relation "${table}" does not exist`);
      return found;
    }) ?? rows
  );
}

/** A field as the column gets it: an empty one is NULL unless it is text. */
export const fieldOf = (value: Value, { type }: Column): Value =>
  value === '' && !isText(type) ? null : value;

/** What can be told of a row without the database. */
export function faultOf(
  { fields }: Line,
  columns: readonly Column[],
  anyTime: boolean,
): Fault | undefined {
  const none = { column: '', type: '', value: '' };
  if (fields.length > columns.length)
    return { ...none, code: 1202, reason: 'Extra column(s) found' };
  if (fields.length < columns.length) return { ...none, code: 1214, reason: 'Delimiter not found' };
  for (const [index, column] of columns.entries()) {
    const value = fieldOf(fields[index]!, column);
    const fault = (code: number, reason: string) => ({
      column: column.name,
      type: column.type,
      value: value ?? '',
      code,
      reason,
    });
    if (value === null) {
      if (column.required) return fault(1213, 'Missing data for not-null field');
      continue;
    }
    const width = /^character.*\((\d+)\)/.exec(column.type)?.[1];
    if (width !== undefined && Buffer.byteLength(value) > Number(width)) {
      return fault(1204, 'String length exceeds DDL length');
    }
    if (!anyTime && column.type === 'timestamp with time zone' && !OFFSET.test(value)) {
      return fault(1206, 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SSOF]');
    }
  }
  return undefined;
}

/** What the database has against a row it refused: the first column whose field it cannot read. */
export async function diagnose(
  client: Client,
  { fields }: Line,
  columns: readonly Column[],
  refused: DatabaseError,
): Promise<Fault> {
  for (const [index, column] of columns.entries()) {
    const value = fieldOf(fields[index]!, column);
    if (value === null || isText(column.type)) continue;
    const { name, type } = column;
    await client.query('savepoint rehearsal_field');
    try {
      await client.query(`select $1::text::${type}`, [value]);
    } catch {
      await client.query('rollback to rehearsal_field');
      return { column: name, type, value, ...reasonOf(type, value) };
    }
  }
  return { column: '', type: '', value: '', code: 1200, reason: refused.message };
}

function reasonOf(type: string, value: string): { code: number; reason: string } {
  if (/int/.test(type)) {
    const digits = /^-?\d+$/.test(value);
    if (digits) return { code: 1204, reason: `Overflow, Value '${value}', Type: ${type}` };
    const at = /^-?\d*/.exec(value)![0].length;
    return {
      code: 1207,
      reason: `Invalid digit, Value '${value[at] ?? ''}', Pos ${at}, Type: ${type}`,
    };
  }
  if (/^timestamp/.test(type)) return { code: 1206, reason: 'Invalid timestamp format or value' };
  if (type === 'date') return { code: 1205, reason: 'Invalid date format' };
  if (type === 'boolean') return { code: 1210, reason: 'Unknown boolean format' };
  if (/^numeric/.test(type)) return { code: 1209, reason: 'Invalid decimal value' };
  return { code: 1208, reason: `Invalid value, Type: ${type}` };
}
