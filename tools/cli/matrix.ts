// `runbooks matrix`: clean runs, then one run for each fault at each call that changes something, redriven
// to its end and compared with the clean one.

import { UsageError } from './errors';
import { type Case, casesOf } from './matrix-cases';
import { mixed, type Play, prepareAll } from './matrix-plays';
import { MatrixResults } from './matrix-results';
import type { MatrixStage } from './matrix-stage';
import { type Result, tell, tried } from './matrix-tries';
import type { MatrixOptions, Part } from './options';
import { Terminal } from './terminal';

export async function matrix(
  machine: string | undefined,
  options: MatrixOptions,
  signal: AbortSignal,
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const begun = Date.now();
  const kept = new MatrixResults(options.results);
  const plays: Play[] = [];
  try {
    await prepareAll(plays, machine, options, signal, terminal);
    const places = plays.flatMap((play) => play.places);
    const cases = plays.flatMap((play) => play.cases);
    if (cases.length < options.fault.length) throw new UsageError('--fault names no case');
    const unknown = plays.map((play) => {
      return { ...play, cases: kept.left(play.stage.assembly, play.cases) };
    });
    const known = cases.length - unknown.reduce((sum, play) => sum + play.cases.length, 0);
    const groups = shareOf(mixed(unknown, options.together), options.part);
    const count = groups.reduce((sum, { group }) => sum + group.length, 0);
    terminal.line(
      `${places.length} calls that change something, ${casesOf(places).length} cases; ${count} of them are run` +
        `${known > 0 ? `, ${known} are known to be equal` : ''}`,
    );
    const results: Result[] = [];
    const late = begun + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
    const tryAll = (
      all: typeof groups,
      leave?: (stage: MatrixStage, cases: readonly Case[]) => void,
    ) =>
      inLanes(all, options.jobs, async ({ stage, group }) => {
        if (Date.now() > late) return;
        const ended = await tried(stage, group, terminal, leave && ((some) => leave(stage, some)));
        kept.keep(stage.assembly, ended);
        for (const result of ended) {
          results.push(result);
          if (result.differences.length > 0) tell(terminal, result);
        }
        terminal.live(`${results.length} of ${count}`, '');
      });
    const again = new Map(plays.map(({ stage }) => [stage, [] as Case[]]));
    await tryAll(groups, (stage, cases) => again.get(stage)!.push(...cases));
    const left = [...again].map(([stage, cases]) => ({ stage, cases }));
    await tryAll(mixed(left, options.together));
    const equal = results.filter((one) => one.differences.length === 0).length;
    const slowest = Math.max(0, ...results.map(({ seconds }) => seconds));
    terminal.line(
      `matrix: ${casesOf(places).length} cases found, ${known > 0 ? `${known} known to be equal, ` : ''}${results.length} run, ${equal} equal, ` +
        `${results.length - equal} different, ${count - results.length} left out for want of time; ${((Date.now() - begun) / 1000).toFixed(0)} s, ` +
        `slowest case ${slowest.toFixed(1)} s`,
    );
    if (options.json) process.stdout.write(`${JSON.stringify({ places, results })}\n`);
    return equal === results.length && equal + known > 0 ? 0 : 1;
  } finally {
    // The first one keeps what the others play with.
    for (const { stage } of plays.reverse()) await stage.close();
  }
}

/** Every n-th group from the part's own on, so that parts take alike long. */
export const shareOf = <T>(groups: readonly T[], part: Part = { number: 1, of: 1 }): T[] =>
  groups.filter((_, i) => i % part.of === part.number - 1);

/** Does all, so many at a time. */
async function inLanes<T>(
  all: readonly T[],
  lanes: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const rest = [...all];
  const lane = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
