// Writes JSON as Python 2.7's json.dumps does: separators `, ` and `: `, ASCII only. The text is kept
// in *_json_str columns and read by others; only the order of members is free.

import { isFiniteText, type Json, NumberText } from './model';

/** What a VARCHAR(65535) holds, in bytes of UTF-8. */
export const MOST_BYTES = 65_535;

/** Writes a string with its quotes. */
export type Quote = (text: string) => string;

const NOT_PLAIN = /[^ !#-[\]-~]/;
const NOT_ASCII = /[\u007f-\uffff]/g;

/** In ASCII: every character beyond it as \uXXXX. DEL too, as the original. */
export const quoteAscii: Quote = (text) =>
  NOT_PLAIN.test(text) ? JSON.stringify(text).replace(NOT_ASCII, escapeOf) : `"${text}"`;

/** In UTF-8; only what UTF-8 cannot carry (lone surrogates) stays an escape. */
export const quoteUtf8: Quote = (text) =>
  NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function writeJson(value: Json, quote: Quote): string {
  if (typeof value === 'string') return quote(value);
  if (value === null) return 'null';
  if (value === true) return 'true';
  if (value === false) return 'false';
  if (value instanceof NumberText) return isFiniteText(value.text) ? value.text : 'null';
  let text = '';
  if (value instanceof Map) {
    for (const [name, member] of value) {
      text += `${text === '' ? '' : ', '}${quote(name)}: ${writeJson(member, quote)}`;
    }
    return `{${text}}`;
  }
  for (const element of value as readonly Json[]) {
    text += `${text === '' ? '' : ', '}${writeJson(element, quote)}`;
  }
  return `[${text}]`;
}

/**
 * The text a function answers: ASCII, or UTF-8 where ASCII would not fit into the column. What fits
 * in neither form is NULL: Redshift would refuse the value, and with it every row of the statement.
 */
export function answerText(
  write: (quote: Quote) => string,
  fits: (text: string) => boolean = fitsColumn,
): string | null {
  const ascii = write(quoteAscii);
  if (fits(ascii)) return ascii;
  const utf8 = write(quoteUtf8);
  return fits(utf8) ? utf8 : null;
}

export function fitsColumn(text: string): boolean {
  return text.length <= MOST_BYTES && Buffer.byteLength(text) <= MOST_BYTES;
}
