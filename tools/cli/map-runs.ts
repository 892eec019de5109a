// Which Map Run counts: a Map state that is entered again, by a redrive or in a loop, starts another one, and what
// failed in an earlier one has its successor there.

import type { ExecutionHistory } from './history';

/** ARNs of the Map Runs that were started last, by the names of their Map states. */
export function latestMapRuns({ events }: ExecutionHistory): Map<string, string> {
  const stateOf = new Map<number, string>();
  const runOf = new Map<string, string>();
  for (const { id, previousEventId, stateEnteredEventDetails, ...event } of events) {
    const state = stateEnteredEventDetails?.name ?? stateOf.get(previousEventId ?? 0);
    if (state === undefined) continue;
    stateOf.set(id!, state);
    const run = event.mapRunStartedEventDetails?.mapRunArn;
    if (run !== undefined) runOf.set(state, run);
  }
  return runOf;
}

/** Children of these Map Runs, without their own children. */
export const childrenIn = (
  runs: readonly string[],
  all: readonly ExecutionHistory[],
): ExecutionHistory[] => all.filter(({ mapRun }) => mapRun !== undefined && runs.includes(mapRun));
