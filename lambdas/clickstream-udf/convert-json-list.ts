// convert_json_list: {"k": {"value": "v", "type": "t"}} -> [{"key": "k", "value": "v", "type": "t"}], for
// the metadata scan after each load. Values are cut: they are samples.

import { type Json, NumberText } from './json/model';
import { readJson } from './json/read';
import { answerText, quoteUtf8, writeJson } from './json/write';

const MOST_CHARACTERS = 100;

export function convertJsonList(members: string | null): string | null {
  const object = members === null ? null : readJson(members);
  if (!(object instanceof Map)) return null;
  const list: Json[] = [];
  for (const [key, member] of object) {
    const value = member instanceof Map ? (member.get('value') ?? null) : null;
    if (!(member instanceof Map) || value === null) continue;
    const type = member.get('type');
    list.push(
      new Map<string, Json>([
        ['key', key],
        ['value', sampleOf(value)],
        ['type', type === undefined ? 'string' : type],
      ]),
    );
  }
  return answerText((quote) => writeJson(list, quote));
}

/** The first characters of a text, never half a surrogate pair; of another value, of its JSON. */
function sampleOf(value: Json): string {
  const text =
    typeof value === 'string'
      ? value
      : value instanceof NumberText
        ? value.text
        : writeJson(value, quoteUtf8);
  if (text.length <= MOST_CHARACTERS) return text;
  return Array.from(text.slice(0, 2 * MOST_CHARACTERS))
    .slice(0, MOST_CHARACTERS)
    .join('');
}
