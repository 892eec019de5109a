// Instants to the microsecond, and windows of them. Pure; a Date of JavaScript ends at milliseconds.

/** Both ends belong to it. Texts in UTC, as MySQL reads them in a session in UTC. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

const MICROS = 1_000n;
const SECOND = 1_000_000n;

/** `2019-11-01 00:00:00.000001` or `2019-11-01T00:00:00Z` in microseconds since 1970. */
export function microsOf(text: string): bigint {
  const [, seconds, fraction = ''] =
    /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?$/.exec(text) ?? [];
  if (seconds === undefined) throw new Error(`not an instant in UTC: ${text}`);
  const millis = Date.parse(`${seconds.replace(' ', 'T')}Z`);
  return BigInt(millis) * MICROS + BigInt(fraction.padEnd(6, '0'));
}

/** With six digits, without a zone. */
export function instantText(micros: bigint): string {
  const seconds = micros / SECOND;
  const text = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  return `${text}.${(micros % SECOND).toString().padStart(6, '0')}`;
}

/** The window that begins at `from` and lasts `days`, or until `end`. */
export function windowFrom(from: string, days: number, end: string): Window {
  const last = microsOf(from) + BigInt(Math.round(days * 86_400)) * SECOND - 1n;
  const limit = microsOf(end);
  return { from, to: instantText(last < limit ? last : limit) };
}

/** The first instant behind a window. */
export const behind = ({ to }: Window): string => instantText(microsOf(to) + 1n);

/** For Redshift, whose session may be in any zone. */
export const zoned = (text: string): string => `${text}+00`;
