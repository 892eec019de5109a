// Version numbers of the plugin and of Tutor, and their order.

/** A version of tutor-contrib-aspects, `X.Y.Z` without a `v`. */
export type AspectsVersion = string;

const VERSION = /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})$/;

/** The three numbers, or undefined when the text is no `X.Y.Z` (`latest` and `>=2` are none). */
export function numbersOf(text: string): [number, number, number] | undefined {
  const match = VERSION.exec(text);
  return match ? (match.slice(1).map(Number) as [number, number, number]) : undefined;
}

/** Negative when `a` is older than `b`, 0 when they are the same. */
export function compareVersions(a: AspectsVersion, b: AspectsVersion): number {
  const [x, y] = [numbersOf(a)!, numbersOf(b)!];
  const at = x.findIndex((part, i) => part !== y[i]);
  return at === -1 ? 0 : Math.sign(x[at]! - y[at]!);
}

/** True when `a` is `b` or newer. */
export const isAtLeast = (a: AspectsVersion, b: AspectsVersion): boolean =>
  compareVersions(a, b) >= 0;

/** The first number: of Tutor it names the release of Open edX. */
export const majorOf = (text: string): number => Number(/^\d+/.exec(text)?.[0]);
