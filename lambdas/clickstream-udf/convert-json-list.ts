// convert_json_list: {"k": {"value": "v", "type": "t"}} -> [{"key": "k", "value": "v", "type": "t"}], for
// the metadata scan after each load. Values are cut: they are samples.

import { type Json, type JsonObject, NumberText } from './json/model';
import { readJson } from './json/read';
import { answerText, type Quote, quoteAscii, quotePlain, quoteUtf8, writeJson } from './json/write';

const MOST_CHARACTERS = 100;

export function convertJsonList(members: string | null): string | null {
  if (members === null) return null;
  const { value, quote } = readJson(members);
  return value instanceof Map ? answerText((q) => writeList(value, q), quote) : null;
}

function writeList(members: JsonObject, quote: Quote): string {
  let list = '';
  for (const [key, member] of members) {
    const value = member instanceof Map ? (member.get('value') ?? null) : null;
    if (!(member instanceof Map) || value === null) continue;
    const type = member.get('type');
    list +=
      `${list === '' ? '' : ', '}{"key": ${quote(key)}, "value": ${writeSample(value, quote)}, ` +
      `"type": ${type === undefined ? '"string"' : writeJson(type, quote)}}`;
  }
  return `[${list}]`;
}

/** The first characters of a text, of another value of its JSON. */
function writeSample(value: Json, quote: Quote): string {
  if (typeof value === 'string') return quote(firstOf(value));
  if (value instanceof NumberText) return quote(firstOf(value.text));
  // JSON within a text has quotes to escape, whatever the text it came from.
  const careful = quote === quotePlain ? quoteAscii : quote;
  return careful(firstOf(writeJson(value, quoteUtf8)));
}

/** Characters, not UTF-16 units: never half a surrogate pair. */
function firstOf(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return Array.from(text.slice(0, 2 * MOST_CHARACTERS))
    .slice(0, MOST_CHARACTERS)
    .join('');
}
