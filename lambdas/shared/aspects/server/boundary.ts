// How far back the events reach from which everything new is computed: their table has a TTL.

import type { ClickHouse } from '../../clickhouse/server';
import type { Catalogue } from './catalogue';

const DAYS: Readonly<Record<string, number>> = {
  Day: 1,
  Week: 7,
  Month: 31,
  Quarter: 92,
  Year: 366,
};
const DAY_SECONDS = 86_400;

/** Parts are rewritten some hours after rows have expired: what is that close to the edge may be there or not. */
const MARGIN_DAYS = 2;

/** Table from whose TTL it follows. */
const SOURCE = 'xapi.xapi_events_all_parsed';

/**
 * Days after which events expire, by the table's own definition; null: they never do.
 *
 * @throws Error when there is a TTL in words this release does not know
 */
export function ttlDays(definition: string): number | null {
  const ttl = /\bTTL\s+(.+?)(?:\s+SETTINGS\b|$)/is.exec(definition)?.[1];
  if (ttl === undefined) return null;
  const found = /toInterval(\w+)\((\d+)\)|interval\s+(\d+)\s+(\w+)/i.exec(ttl);
  const unit = (found?.[1] ?? found?.[4] ?? '').toLowerCase().replace(/s$/, '');
  const days = DAYS[unit.replace(/^./, (letter) => letter.toUpperCase())];
  if (!days) throw new Error(`TTL of ${SOURCE} is not understood: ${ttl.slice(0, 120)}`);
  return days * Number(found?.[2] ?? found?.[3]);
}

/**
 * Epoch second after which every event is still there; 0: none expires.
 *
 * @throws Error when there is a TTL in words this release does not know
 */
export async function boundaryOf(server: ClickHouse, catalogue: Catalogue): Promise<number> {
  const source = catalogue.get(SOURCE);
  const days = source ? ttlDays(source.definition) : null;
  if (days === null) return 0;
  const { now } = await server.row('server');
  // Months and years are taken short, so that a key at the edge is never expected.
  const short = Math.floor(days * (days > 27 ? 28 / 31 : 1));
  const whole = days % 366 === 0 ? 365 * (days / 366) : short;
  return Number(now) - (whole - MARGIN_DAYS) * DAY_SECONDS;
}
