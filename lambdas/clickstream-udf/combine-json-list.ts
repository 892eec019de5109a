// combine_json_list: [{"a": 1}, {"b": 2}] -> {"a": 1, "b": 2}; a later member wins.

import type { Json, JsonObject } from './json/model';
import { readJson } from './json/read';
import { answerText, writeJson } from './json/write';

export function combineJsonList(list: string | null): string | null {
  if (list === null) return null;
  const members = combined(readJson(list));
  return members === undefined ? null : answerText((quote) => writeJson(members, quote));
}

/** Undefined when an element is no object. An empty object or text has no elements. */
function combined(value: Json): JsonObject | undefined {
  const all: JsonObject = new Map();
  if (value === '' || (value instanceof Map && value.size === 0)) return all;
  if (!Array.isArray(value)) return undefined;
  for (const element of value) {
    if (!(element instanceof Map)) return undefined;
    for (const [name, member] of element) all.set(name, member);
  }
  return all;
}
