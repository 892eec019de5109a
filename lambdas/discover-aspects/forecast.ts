// How long it may take and how much room it needs: from a run on a copy, or said that nobody knows.

/** Above this many events a run on a copy comes first. */
export const MANY_EVENTS = 10_000_000;

/** A run on a copy of the installation, or why there is none; null: nothing is said. */
export type TriedOnCopy =
  | { readonly reportOf: string; readonly minutes: number }
  | { readonly without: string }
  | null;

/** What is known of the size. */
export interface Sizes {
  readonly events: number;
  readonly freeBytes: number;
  readonly neededBytes: number;
}

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);

/** A finding where a run on a copy is asked for and nothing was said about it. */
export function copyFinding({ events }: Pick<Sizes, 'events'>, copy: TriedOnCopy): string[] {
  if (events <= MANY_EVENTS || copy !== null) return [];
  return [
    `there are ${events} events, more than ${MANY_EVENTS}: upgrade a copy of the installation first, and start a new execution with ` +
      '"triedOnCopy": {"reportOf": "<id of that run>", "minutes": <its duration>}, or with {"without": "<why not>"}',
  ];
}

/** One paragraph for the gate. */
export function forecastOf({ events, freeBytes, neededBytes }: Sizes, copy: TriedOnCopy): string {
  const room = `ClickHouse needs ${gib(neededBytes)} GiB and has ${gib(freeBytes)} GiB free`;
  if (copy && 'minutes' in copy) {
    return `${events} events. On a copy it took ${copy.minutes} minutes (run ${copy.reportOf}); ${room}`;
  }
  const why = copy
    ? `There was no run on a copy, because: ${copy.without}`
    : 'There was no run on a copy';
  return `${events} events. ${why}: nobody has measured how long it takes here; ${room}`;
}
