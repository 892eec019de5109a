// Compares JSON texts without losing digits: integers as they are, other numbers as doubles, 1.0 = 1.
// Bare NaN and Infinity are read too, because the originals print them.

const TOKEN = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const NOT_FINITE = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/** The value of a JSON text, each number an object with its exact text. */
export function exact(text: string): unknown {
  return JSON.parse(
    text.replace(TOKEN, (token) =>
      token.startsWith('"') ? token : `{"#number":"${canonical(token)}"}`,
    ),
  );
}

/** The text with null where it held NaN or an infinity. */
export function withoutInfinities(text: string): string {
  return text.replace(NOT_FINITE, (token) => (token.startsWith('"') ? token : 'null'));
}

export function hasInfinities(text: string): boolean {
  return withoutInfinities(text) !== text;
}

function canonical(token: string): string {
  if (/^-?\d+$/.test(token)) return String(BigInt(token));
  const double = Number(token);
  return Number.isInteger(double) ? String(BigInt(double)) : String(double);
}
