// What is answered where an original raised: the rules of the replacement, written once more with plain
// means, so that recorded errors are not compared with the code that answers them.

import type { FunctionName } from '../../../lambdas/clickstream-udf/functions';
import { call, type Row } from './call';

type Members = Record<string, unknown>;

export async function replacementOf({ fn, args }: { fn: FunctionName; args: Row }) {
  if (fn === 'parse_utm_from_url') return withoutEmptyRepeats(args);
  if (fn === 'rm_object_props') return unchangedString(args);
  if (fn !== 'transform_event_custom_props' && fn !== 'transform_user_custom_props') return null;
  const members = membersOf(args[0]!);
  if (members === undefined) return null;
  const isUser = fn === 'transform_user_custom_props';
  const answer = Object.entries(members).map(([name, member]) => {
    const value = isMembers(member) ? converted(member) : member;
    const time = isMembers(member) ? (member.set_time_msec ?? null) : null;
    return [name, isUser && member !== null ? { value, set_time_msec: time } : value];
  });
  return JSON.stringify(Object.fromEntries(answer));
}

function converted({ type, value = null }: Members): unknown {
  if (type === 'number' && typeof value === 'string') {
    // The texts of the recorded errors; those that are numbers raised nothing of their own.
    return /^ *[-+]?[0-9]+(\.[0-9]+)? *$/.test(value) ? Number(value) : value;
  }
  if (type === 'number' && typeof value === 'number') return Math.trunc(value);
  if (type === 'number' && typeof value === 'boolean') return Number(value);
  if (type === 'boolean' && typeof value === 'string') return value.toLowerCase() === 'true';
  return value;
}

/** Infinity where a number is asked for raised: null, as for every number JSON has no text for. */
function membersOf(text: string | null): Members | undefined {
  try {
    const value = JSON.parse((text ?? '').replace(/:\s*-?(?:Infinity|NaN)\b/g, ':null')) as unknown;
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The only string that raised without holding the name: one compared with a name beyond ASCII. */
function unchangedString([text, names]: Row): string | null {
  const isString = /^"[^"\\]*"$/.test(text ?? '');
  return isString &&
    names !== null &&
    !names!.split(',').some((name) => text!.slice(1, -1).includes(name))
    ? text!
    : null;
}

/** `a=1&a` raised: the answer of `a=1`, with the query as it was. */
async function withoutEmptyRepeats(args: Row): Promise<string> {
  const cleaned = args.map(
    (url) => url?.replace(/([?&])([^=&?]+)(=[^&]*)((?:&[^&]*)*)&\2(?=&|$)/, '$1$2$3$4') ?? null,
  );
  const answer = JSON.parse((await call('parse_utm_from_url', ...cleaned))!) as Members;
  return JSON.stringify({ ...answer, query: args[0]?.split('?')[1] || null });
}
