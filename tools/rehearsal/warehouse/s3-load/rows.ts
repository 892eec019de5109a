// Rows as lines of a file, CSV or delimited, and back.
// https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html

import type { Format } from './statements';

export type Value = string | null;

/** A row that was read. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly fields: readonly Value[];
}

/** NULL of COPY when nothing else is said; UNLOAD writes an empty field then. */
const NULL = String.raw`\N`;

/** One row as UNLOAD writes it, with its line feed. */
export function written(row: readonly Value[], format: Format): string {
  const { csv, delimiter, escaped, nullAs = '' } = format;
  const field = (value: Value) => {
    if (value === null) return nullAs;
    if (csv) {
      const quoted = /["\n\r]/.test(value) || value.includes(delimiter);
      return quoted ? `"${value.replaceAll('"', '""')}"` : value;
    }
    if (!escaped) return value;
    return value.replace(/[\\\n\r]/g, '\\$&').replaceAll(delimiter, `\\${delimiter}`);
  };
  return `${row.map(field).join(delimiter)}\n`;
}

/** The rows of a file as COPY splits it. */
export function* readLines(text: string, format: Format): Generator<Line> {
  const { csv, delimiter, escaped, nullAs = NULL } = format;
  let at = 0;
  for (let number = 1; at < text.length; ) {
    const first = number;
    const fields: Value[] = [];
    for (let more = true; more; ) {
      let value = '';
      let plain = true;
      if (csv && text[at] === '"') {
        plain = false;
        for (at++; at < text.length; at++) {
          if (text[at] === '"' && text[++at] !== '"') break;
          if (text[at] === '\n') number++;
          value += text[at];
        }
      }
      const from = at;
      let end = at;
      for (; end < text.length && text[end] !== '\n' && text[end] !== delimiter; end++) {
        if (!escaped || text[end] !== '\\') continue;
        if (text[++end] === '\n') number++;
      }
      const raw = text.slice(from, end).replace(/\r$/, '');
      if (plain) value = escaped && raw !== nullAs ? raw.replace(/\\([\s\S])/g, '$1') : raw;
      fields.push(plain && value === nullAs ? null : value);
      more = text[end] === delimiter && end < text.length;
      at = end + 1;
    }
    number++;
    yield { number: first, fields };
  }
}
