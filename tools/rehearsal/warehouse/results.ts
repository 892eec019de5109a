// Rows as the Data API shows them: typed fields, in pages.

import type { FieldDef, QueryArrayResult } from 'pg';
import { refuse } from '../services/members';

/** One value: exactly one member is set. */
export type Field =
  | { isNull: true }
  | { booleanValue: boolean }
  | { longValue: number }
  /** As text where JSON has no number for it: `NaN`, `Infinity`. */
  | { doubleValue: number | string }
  | { stringValue: string };

/** What a statement returned. */
export interface StatementResult {
  readonly columns: Record<string, unknown>[];
  readonly records: Field[][];
}

/** Type names by PostgreSQL's numbers; anything else is shown as text. */
const TYPES: Readonly<Record<number, string>> = {
  16: 'bool',
  18: 'char',
  19: 'name',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'varchar',
  26: 'oid',
  700: 'float4',
  701: 'float8',
  1042: 'bpchar',
  1043: 'varchar',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1700: 'numeric',
  3802: 'super',
};

/** Pages are about 1 MB (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html). */
const PAGE_BYTES = 1_000_000;

/** Turns rows of text into fields. */
export function toResult({ fields, rows }: QueryArrayResult<(string | null)[]>): StatementResult {
  const types = fields.map(({ dataTypeID }) => TYPES[dataTypeID] ?? 'varchar');
  return {
    columns: fields.map((field, index) => toColumn(field, types[index]!)),
    records: rows.map((row) => row.map((value, index) => toField(value, types[index]!))),
  };
}

function toField(value: string | null, type: string): Field {
  if (value === null) return { isNull: true };
  switch (type) {
    case 'bool':
      return { booleanValue: value === 't' };
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
      return { longValue: Number(value) };
    case 'float4':
    case 'float8':
      return { doubleValue: Number.isFinite(Number(value)) ? Number(value) : value };
    case 'timestamp':
      return { stringValue: value.includes('.') ? value : `${value}.0` };
    default:
      return { stringValue: value };
  }
}

const toColumn = ({ name, dataTypeModifier }: FieldDef, typeName: string) => ({
  name,
  label: name,
  typeName,
  nullable: 1,
  ...sizesOf(typeName, dataTypeModifier),
  length: 0,
  schemaName: '',
  tableName: '',
  isCaseSensitive: /char$/.test(typeName),
  isCurrency: false,
  isSigned: /^(int|float|numeric)/.test(typeName),
});

const DIGITS: Readonly<Record<string, number>> = {
  int2: 5,
  int4: 10,
  int8: 19,
  float4: 8,
  float8: 17,
};

/** Of a text its length; of a decimal number both are packed into PostgreSQL's type modifier. */
function sizesOf(typeName: string, modifier: number): { precision: number; scale: number } {
  const size = modifier - 4;
  if (typeName === 'numeric' && size > 0) return { precision: size >> 16, scale: size & 0xffff };
  return { precision: DIGITS[typeName] ?? Math.max(size, 0), scale: 0 };
}

/** Size in bytes of what is returned. */
export const sizeOf = (result: StatementResult): number => JSON.stringify(result.records).length;

/** One page of rows, from a token of the page before. */
export function pageOf(
  { records }: StatementResult,
  token: string | undefined,
): { page: Field[][]; next?: string } {
  const first = token === undefined ? 0 : rowOf(token);
  if (!(first < records.length || token === undefined)) throw refuse('NextToken is not valid');
  let end = first;
  for (let bytes = 0; end < records.length && bytes < PAGE_BYTES; end++) {
    bytes += JSON.stringify(records[end]).length;
  }
  const page = records.slice(first, end);
  if (end === records.length) return { page };
  return { page, next: Buffer.from(String(end)).toString('base64') };
}

function rowOf(token: string): number {
  const text = Buffer.from(token, 'base64').toString();
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
