// The days a recalculation goes through, and which of them must be there afterwards.

const DAY_MS = 86_400_000;

/**
 * Input of an execution: times in milliseconds. Nothing else: with `forceRefresh` given, days that the
 * schedule has done are left out.
 */
export const windowOf = (end: number, days: number) => ({
  refreshStartTime: end - days * DAY_MS,
  refreshEndTime: end,
});

/**
 * Days between the first and the last, both left out: which days those two are depends on the time zone of
 * the application.
 */
export function daysInside(end: number, days: number): string[] {
  const first = windowOf(end, days).refreshStartTime;
  const noon = (ms: number) => Math.floor(ms / DAY_MS) * DAY_MS + DAY_MS / 2;
  const inside: string[] = [];
  for (let at = noon(first) + DAY_MS; at < noon(end); at += DAY_MS) {
    inside.push(new Date(at).toISOString().slice(0, 10));
  }
  return inside;
}
