// Where the real time of a rehearsal goes: what passes until a call comes through belongs to the state that made it.

import type { Cloud } from '../../../tools/rehearsal/cloud';

/** Real seconds by state, in the order in which they were met first. */
export function secondsByState(cloud: Cloud): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  let last = performance.now();
  cloud.onCall(({ machine, state }) => {
    const now = performance.now();
    const name = `${machine} / ${state}`;
    seconds.set(name, (seconds.get(name) ?? 0) + (now - last) / 1000);
    last = now;
  });
  return seconds;
}

/** Seconds of the states of a machine whose names fit. */
export const secondsOf = (
  seconds: ReadonlyMap<string, number>,
  machine: string,
  states: RegExp,
): number =>
  [...seconds]
    .filter(([name]) => name.startsWith(`${machine} / `) && states.test(name))
    .reduce((sum, [, took]) => sum + took, 0);
