// Expected time and money of a migration, scaled from the one benchmark the solution's guide has:
// 300 million events of 30 days on 32 RPU took 2 h 05 min to migrate, 20 min for the base view and
// 2 h 20 min for the metrics, and cost $47.77.

const GUIDE = {
  events: 300_000_000,
  rpu: 32,
  migrateMinutes: 125,
  baseViewMinutes: 20,
  metricsMinutes: 140,
  dollars: 47.77,
};

/** What the guide's run paid for one RPU-hour; a target may give its own price. */
export const GUIDE_PRICE_PER_RPU_HOUR =
  GUIDE.dollars /
  ((GUIDE.rpu * (GUIDE.migrateMinutes + GUIDE.baseViewMinutes + GUIDE.metricsMinutes)) / 60);

export interface Estimate {
  readonly events: number;
  readonly rpu: number;
  readonly migrateMinutes: number;
  readonly baseViewMinutes: number;
  /** Recalculation of the metrics, which is no part of this machine but follows it. */
  readonly metricsMinutes: number;
  /** US dollars for the two parts of this machine. */
  readonly dollars: number;
  readonly basis: string;
}

/** Time grows with the events and falls with the capacity; both as far as one benchmark can tell. */
export function estimate(
  events: number,
  rpu = GUIDE.rpu,
  pricePerRpuHour = GUIDE_PRICE_PER_RPU_HOUR,
): Estimate {
  const scale = (minutes: number) =>
    Math.ceil(minutes * (events / GUIDE.events) * (GUIDE.rpu / rpu));
  const migrateMinutes = scale(GUIDE.migrateMinutes);
  const baseViewMinutes = scale(GUIDE.baseViewMinutes);
  const hours = (migrateMinutes + baseViewMinutes) / 60;
  return {
    events,
    rpu,
    migrateMinutes,
    baseViewMinutes,
    metricsMinutes: scale(GUIDE.metricsMinutes),
    dollars: Math.round(hours * rpu * pricePerRpuHour * 100) / 100,
    basis:
      'scaled from the guide: 300 M events, 32 RPU, 2 h 05 min + 20 min, 2 h 20 min metrics, $47.77',
  };
}
