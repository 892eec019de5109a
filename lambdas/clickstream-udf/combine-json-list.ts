// combine_json_list: [{"a": 1}, {"b": 2}] -> {"a": 1, "b": 2}; a later member wins. NULL when an element is
// no object: the original takes some such lists apart (`[["ab"]]`), but nobody sends them.

import { readJoined } from './json/read';
import { answerText, writeJson } from './json/write';

export function combineJsonList(list: string | null): string | null {
  if (list === null) return null;
  const { value, quote } = readJoined(list);
  return answerText((q) => writeJson(value, q), quote);
}
