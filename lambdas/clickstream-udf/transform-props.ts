// transform_event_custom_props and transform_user_custom_props: members {"type", "value"} become values
// of their type. What the original refused is kept as it came: a row must never stop the rest.

import { type Json, type JsonObject, NumberText } from './json/model';
import { readJson } from './json/read';
import { answerText, type Quote, writeJson, writeObject } from './json/write';
import { numberOf, wholeOf } from './python-number';

/** {"k": {"type": "number", "value": "5"}} -> {"k": 5} */
export function transformEventCustomProps(props: string | null): string | null {
  return transformed(props, (member, quote) =>
    writeJson(member instanceof Map ? converted(member) : member, quote),
  );
}

/** {"k": {"type", "value": "5", "set_time_msec": 1}} -> {"k": {"value": 5, "set_time_msec": 1}} */
export function transformUserCustomProps(props: string | null): string | null {
  return transformed(props, (member, quote) => {
    if (member === null) return 'null';
    const [value, time] =
      member instanceof Map
        ? [converted(member), member.get('set_time_msec') ?? null]
        : [member, null];
    return `{"value": ${writeJson(value, quote)}, "set_time_msec": ${writeJson(time, quote)}}`;
  });
}

function transformed(
  props: string | null,
  writeMember: (member: Json, quote: Quote) => string,
): string | null {
  if (props === null) return null;
  const { value, quote } = readJson(props);
  return value instanceof Map ? answerText((q) => writeObject(value, q, writeMember), quote) : null;
}

function converted(member: JsonObject): Json {
  const value = member.get('value') ?? null;
  switch (member.get('type')) {
    case 'number':
      return asNumber(value);
    case 'boolean':
      return typeof value === 'string' ? value.toLowerCase() === 'true' : value;
    default:
      return value;
  }
}

/** Text that is no number stays text; true is 1. */
function asNumber(value: Json): Json {
  if (typeof value === 'string') return numberOf(value) ?? value;
  if (typeof value === 'boolean') return new NumberText(value ? '1' : '0');
  return value instanceof NumberText ? wholeOf(value) : value;
}
