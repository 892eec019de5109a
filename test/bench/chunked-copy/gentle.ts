// How gentle a copy is: what the application's writer sees beside it, at several nice ratios, against an idle server.

import type { Database } from './database';
import { idle, measure } from './measure';
import { gentle } from './methods';

/** What is wanted of the default nice ratio. */
const WANTED = 1.5;
/** The first is the default. */
const RATIOS = [0.5, 1, 2, 4, 8];
const IDLE_SECONDS = 10;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

/** Milliseconds of the writer's 99th percentile, idle and by ratio; stops at the first ratio that is gentle enough. */
export async function gentleness(database: Database, rounds: number, say: (text: string) => void) {
  const each = async (act: () => Promise<number>) => {
    const seen: number[] = [];
    for (let round = 0; round < rounds; round++) seen.push(await act());
    return median(seen);
  };
  const calm = await each(() => idle(database, IDLE_SECONDS));
  say(`idle: the writer's p99 is ${calm.toFixed(2)} ms`);
  const p99: Record<string, number> = {};
  for (const ratio of RATIOS) {
    const seen = await each(async () => (await measure(database, gentle(ratio))).p99);
    p99[ratio] = seen;
    say(`nice ratio ${ratio}: ${seen.toFixed(2)} ms, ${(seen / calm).toFixed(2)} times idle`);
    if (seen <= WANTED * calm) {
      say(`${WANTED} times idle is met at a nice ratio of ${ratio}`);
      return { idle: calm, p99, met: ratio };
    }
  }
  say(`${WANTED} times idle is not met up to a nice ratio of ${RATIOS.at(-1)}`);
  return { idle: calm, p99, met: null };
}
