// Strings with escapes. Surrogates are taken as they come, alone or in pairs, as Python does.

import { notJson } from './model';

const FOUR_HEX = /^[0-9a-fA-F]{4}$/;
const ESCAPED = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/**
 * The string that starts at `start` (behind its quote) and has its first backslash at `backslash`; and
 * where the text goes on behind its last quote.
 */
export function readEscaped(text: string, start: number, backslash: number): [string, number] {
  let value = '';
  let from = start;
  for (let at = backslash; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') return [value + text.slice(from, at), at + 1];
    if (character < ' ') throw notJson;
    if (character !== '\\') continue;
    value += text.slice(from, at);
    const [unescaped, length] = meaningOf(text, at + 1);
    value += unescaped;
    at += length;
    from = at + 1;
  }
  throw notJson;
}

/** What stands behind a backslash means, and how long it is. */
function meaningOf(text: string, at: number): [string, number] {
  const letter = text[at] ?? '';
  if (letter !== 'u') {
    const character = ESCAPED.get(letter);
    if (character === undefined) throw notJson;
    return [character, 1];
  }
  const hex = text.slice(at + 1, at + 5);
  if (!FOUR_HEX.test(hex)) throw notJson;
  return [String.fromCharCode(Number.parseInt(hex, 16)), 5];
}
