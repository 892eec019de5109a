// transform_event_custom_props and transform_user_custom_props: members {"type", "value"} become values
// of their type. What the original refused is kept as it came: a row must never stop the rest.

import { type Json, type JsonObject, NumberText } from './json/model';
import { readJson } from './json/read';
import { answerText, writeJson } from './json/write';
import { numberOf, wholeOf } from './python-number';

/** {"k": {"type": "number", "value": "5"}} -> {"k": 5} */
export function transformEventCustomProps(props: string | null): string | null {
  return transformed(props, (member) => (member instanceof Map ? converted(member) : member));
}

/** {"k": {"type", "value": "5", "set_time_msec": 1}} -> {"k": {"value": 5, "set_time_msec": 1}} */
export function transformUserCustomProps(props: string | null): string | null {
  return transformed(props, (member): Json => {
    if (member === null) return null;
    const [value, time] =
      member instanceof Map
        ? [converted(member), member.get('set_time_msec') ?? null]
        : [member, null];
    return new Map([
      ['value', value],
      ['set_time_msec', time],
    ]);
  });
}

function transformed(props: string | null, change: (member: Json) => Json): string | null {
  const members = props === null ? null : readJson(props);
  if (!(members instanceof Map)) return null;
  for (const [name, member] of members) members.set(name, change(member));
  return answerText((quote) => writeJson(members, quote));
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
