// Windows of time, in whole microseconds since 1970: the finest that timestamp(6) knows. They are half
// open, so that an instant on a border is in one of two neighbours. Pure.

/** `from` is in it, `before` is not. Both are exact: 2^53 microseconds end in the year 2255. */
export interface Window {
  readonly from: number;
  readonly before: number;
}

export const DAY = 86_400_000_000;
export const MINUTE = 60_000_000;

/** A statement over less than this is not halved again: one UPDATE may have touched all of it at once. */
export const SMALLEST = MINUTE;

const INSTANT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?$/;

/** An instant in UTC, as MySQL writes it or in ISO 8601. */
export function micros(text: string): number {
  const [, day, time, fraction = ''] = INSTANT.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(ms)) throw new RangeError(`not an instant in UTC: ${JSON.stringify(text)}`);
  return ms * 1000 + Number(fraction.padEnd(6, '0'));
}

/** An instant as MySQL takes it in a session in UTC. */
export function instantOf(us: number): string {
  const [day, time] = new Date(Math.floor(us / 1e6) * 1000).toISOString().split('T');
  return `${day} ${time!.slice(0, 8)}.${String(us % 1e6).padStart(6, '0')}`;
}

/** Everything from `start` to `high`, both included; empty when there is nothing between them. */
export function wholeOf(start: string, high: string): Window[] {
  const whole = { from: micros(start), before: micros(high) + 1 };
  return whole.from < whole.before ? [whole] : [];
}

/** The next slice of what is left. */
export function nextSlice([first]: readonly Window[], span: number): Window {
  const { from, before } = first!;
  return { from, before: Math.min(from + span, before) };
}

/** What is left behind a slice that was the next one. */
export function leftBehind([first, ...rest]: readonly Window[], { before }: Window): Window[] {
  return before < first!.before ? [{ from: before, before: first!.before }, ...rest] : rest;
}

export const lengthOf = ({ from, before }: Window): number => before - from;

/** Length of the slices after one that took too long. */
export const halved = (window: Window): number =>
  Math.max(SMALLEST, Math.ceil(lengthOf(window) / 2));

/** Length of the slices after one that ended in time: twice as long behind a quick one. */
export function adapted(
  span: number,
  seconds: number,
  targetSeconds: number,
  most: number,
): number {
  return seconds * 4 < targetSeconds ? Math.min(span * 2, most) : span;
}
