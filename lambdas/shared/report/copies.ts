// How far a chunked copy is, for people: a row for each range.

import type { CopyProgress } from '../copy/progress';

/** A range of a copy. */
export type CopyRecord = CopyProgress & { readonly name: string };

export const COPY_HEAD = [
  'Range',
  'Work',
  'Keys',
  'Verified up to',
  'Rows',
  'Written',
  'MiB',
  'Rows a second',
  'Time left',
  'Lag',
  'Rest by reason',
  'Not watched',
] as const;

export const copyRow = (copy: CopyRecord): readonly unknown[] => [
  copy.name,
  copy.phase === 'copy' ? 'copied' : 'compared',
  `${copy.lo} to ${copy.hi}`,
  copy.verifiedTo,
  copy.rows,
  copy.inserted,
  (Number(copy.bytes) / 2 ** 20).toFixed(1),
  copy.rowsPerSecond,
  copy.done ? 'done' : timeLeft(copy),
  copy.lagSeconds === null ? '' : `${copy.lagSeconds} s`,
  [
    ...Object.entries(copy.paused).map(([reason, seconds]) => `${reason} ${Math.round(seconds)} s`),
    ...(copy.pausedNow === null ? [] : [`now: ${copy.pausedNow}`]),
  ].join(', '),
  Object.entries(copy.blind)
    .map(([what, why]) => `${what} (${why})`)
    .join(', '),
];

function timeLeft({ etaSeconds, etaSecondsLow, etaSecondsHigh }: CopyRecord): string {
  if (etaSeconds === null) return 'unknown';
  if (etaSecondsLow === null || etaSecondsHigh === null) return duration(etaSeconds);
  return `${duration(etaSeconds)} (${duration(etaSecondsLow)} to ${duration(etaSecondsHigh)})`;
}

/** As in `3 h 5 min` or `40 s`. */
function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
