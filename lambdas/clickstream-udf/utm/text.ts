/** Text before and after the first mark; null for the second when there is none. */
export function cut(text: string, mark: string): [string, string | null] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + mark.length)];
}

const CAPITALS = /[A-Z]/;

/** What Python's lower() does with bytes: the Kelvin sign does not become k. */
export function asciiLower(text: string): string {
  return CAPITALS.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
