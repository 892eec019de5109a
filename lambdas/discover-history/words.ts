// What was found, in sentences for the report.

import { hoursFor } from './figures';
import type { Seen } from './findings';
import type { DiscoverHistoryPayload } from './payload';

export function notesOf(seen: Seen, payload: DiscoverHistoryPayload): Record<string, string> {
  const { source, target, from, to, ends, rate, left, sizes, about, same, direct, old, freeGiB } =
    seen;
  const { settings, workers } = payload;
  const id = old.columns.find(({ name }) => name === 'id')?.type;
  const days =
    left.days === null
      ? 'nothing was written in the last day'
      : `${left.days} days at the rate of the last day`;
  const hours = hoursFor(about.rows, about.bytes, settings, workers);
  const storage =
    freeGiB === undefined ? 'free storage was not looked at' : `${freeGiB.toFixed(1)} GiB are free`;
  return {
    servers:
      `${source.name} is on ${source.place.host} (${from.version}, ${from.isolation}), ${target.name} on ${target.place.host} (${to.version}, ${to.isolation}): ` +
      `${same ? 'one server' : 'two servers'}${same && !direct ? `; the user of the target may not read ${source.name}, so rows travel through the task: with SELECT on it they would not` : ''}; ${storage}`,
    ids: `${source.name}.id is ${id}: ${left.ids} ids are left, ${days}; ids from ${ends.min ?? 'none'} to ${ends.max ?? 'none'}`,
    rows:
      `about ${about.rows} rows of ${about.bytes} bytes (estimates of the server), ${rate.rowsPerHour} rows an hour; state has ${sizes.average} bytes on average and ` +
      `${sizes.largest} at most in ${sizes.rows} rows that were looked at; about ${hours} hours with ${workers} worker(s) and niceRatio ${settings.niceRatio}`,
  };
}
