// rm_object_props: an object without the named members. Names are not trimmed; top level only.

import type { Json } from './json/model';
import { readJson } from './json/read';
import { answerText, writeJson } from './json/write';

export function rmObjectProps(object: string | null, names: string | null): string | null {
  if (object === null || names === null) return null;
  const { value, quote } = readJson(object);
  const rest = without(value, names.split(','));
  return rest ? answerText((q) => writeJson(value, q), quote) : null;
}

/** Removes the names; false where the original cannot answer: nothing is removed from what is no object. */
function without(value: Json, names: readonly string[]): boolean {
  if (value instanceof Map) {
    for (const name of names) value.delete(name);
    return true;
  }
  if (typeof value === 'string') return !names.some((name) => value.includes(name));
  // The original compares bytes with text here: a name beyond ASCII equals no element.
  if (!Array.isArray(value)) return false;
  const elements = new Set<Json>(value);
  return !names.some((name) => isAscii(name) && elements.has(name));
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
