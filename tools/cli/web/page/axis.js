// The axis of the time line: where its marks are and what they say, from a second to months.

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const STEPS = [
  ...[1000, 5000, 15_000, 30_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
  ],
];
/** Pixels that a mark's words need. */
const ROOM = 84;

/** Marks between two instants: `x` in pixels, `text` in UTC; `day` where one begins. */
export function marksOf(from, to, width) {
  const span = Math.max(1, to - from);
  const step = STEPS.find((one) => (one / span) * width >= ROOM) ?? STEPS.at(-1);
  const marks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    marks.push({
      x: ((at - from) / span) * width,
      text: textOf(at, step),
      day: at % DAY === 0,
    });
  }
  return marks;
}

/** `Jan 31` where a day begins, else `10:00` or `10:00:05`. */
function textOf(at, step) {
  const iso = new Date(at).toISOString();
  if (at % DAY === 0) {
    const month = new Date(at).toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
    return `${month} ${Number(iso.slice(8, 10))}`;
  }
  return iso.slice(11, step < MINUTE ? 19 : 16);
}
