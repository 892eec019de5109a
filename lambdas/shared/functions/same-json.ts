// Answers are compared as JSON: the order of keys is not fixed, the text of a number is.

const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** True when two answers mean the same; a text that is no JSON is equal to itself only. */
export function sameJson(one: string | null, other: string | null): boolean {
  return one === other || (one !== null && other !== null && canonical(one) === canonical(other));
}

function canonical(text: string): string {
  // A number becomes a string of its digits: beyond 2^53 a parsed one would hide differences.
  const exact = text.replace(STRINGS_AND_NUMBERS, (token) =>
    token.startsWith('"') ? token : `"\\u0000${token}"`,
  );
  try {
    return JSON.stringify(sorted(JSON.parse(exact)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  // Pairs, not an object: a key such as __proto__ stays a key.
  return { pairs: members.sort(([a], [b]) => (a < b ? -1 : 1)) };
}
