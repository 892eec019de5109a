// Writes JSON as Python 2.7's json.dumps does: separators `, ` and `: `, ASCII only. The text is kept
// in *_json_str columns and read by others; only the order of members is free.

import { isFiniteText, type Json, NumberText } from './model';

/** What a VARCHAR(65535) holds, in bytes of UTF-8. */
export const MOST_BYTES = 65_535;

/** Writes a string with its quotes. */
export type Quote = (text: string) => string;

const NOT_PLAIN = /[^ !#-[\]-~]/;
const NOT_ASCII = /[\u007f-\uffff]/g;

/** Text that is known to hold nothing to escape. */
export const quotePlain: Quote = (text) => `"${text}"`;

/** In ASCII: every character beyond it as \uXXXX. DEL too, as the original. */
export const quoteAscii: Quote = (text) =>
  NOT_PLAIN.test(text) ? JSON.stringify(text).replace(NOT_ASCII, escapeOf) : `"${text}"`;

/** In UTF-8; only what UTF-8 cannot carry (lone surrogates) stays an escape. */
export const quoteUtf8: Quote = (text) =>
  NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;

/** Escapes made before: a batch has few different characters, and making one costs ten lookups. */
const ESCAPES = new Map<string, string>();

function escapeOf(character: string): string {
  let known = ESCAPES.get(character);
  if (known === undefined) {
    known = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    ESCAPES.set(character, known);
  }
  return known;
}

export function writeJson(value: Json, quote: Quote): string {
  if (typeof value === 'string') return quote(value);
  if (value === null) return 'null';
  if (value === true) return 'true';
  if (value === false) return 'false';
  if (value instanceof NumberText) return isFiniteText(value.text) ? value.text : 'null';
  if (value instanceof Map) return writeObject(value, quote, writeJson);
  let text = '';
  for (const element of value as readonly Json[]) {
    text += `${text === '' ? '' : ', '}${writeJson(element, quote)}`;
  }
  return `[${text}]`;
}

/** An object whose members are written by a function of the caller's. */
export function writeObject<T>(
  members: ReadonlyMap<string, T>,
  quote: Quote,
  writeMember: (member: T, quote: Quote) => string,
): string {
  let text = '';
  for (const [name, member] of members) {
    text += `${text === '' ? '' : ', '}${quote(name)}: ${writeMember(member, quote)}`;
  }
  return `{${text}}`;
}

/**
 * The text a function answers: ASCII, or UTF-8 where ASCII would not fit into the column. What fits
 * in neither form is NULL: Redshift would refuse the value, and with it every row of the statement.
 */
export function answerText(
  write: (quote: Quote) => string,
  quote: Quote = quoteAscii,
  fits: (text: string) => boolean = fitsColumn,
): string | null {
  const ascii = write(quote);
  if (fits(ascii)) return ascii;
  const utf8 = write(quoteUtf8);
  return fits(utf8) ? utf8 : null;
}

export function fitsColumn(text: string): boolean {
  // Counting also makes one piece of a text put together from many, before the garbage collector meets
  // the pieces: without it a batch takes half as long again.
  return Buffer.byteLength(text) <= MOST_BYTES;
}
