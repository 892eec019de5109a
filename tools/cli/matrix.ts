// `runbooks matrix`: clean runs, then one run for each fault at each call that changes something, redriven
// to its end and compared with the clean one.

import type { FaultSpec } from '../rehearsal/faults/faults';
import { UsageError } from './errors';
import { type Case, casesOf, specText } from './matrix-cases';
import { mixed, type Play, prepareAll } from './matrix-plays';
import { MatrixResults } from './matrix-results';
import type { MatrixStage } from './matrix-stage';
import type { MatrixOptions, Part } from './options';
import { Terminal } from './terminal';

/** Differences of a case that are printed. */
const SHOWN = 8;

/** What came of a case. */
interface Result extends Case {
  readonly seconds: number;
  readonly redrives: number;
  /** How it differs, as sentences. */
  readonly differences: readonly string[];
}

/** What may differ because it depends on the time of day or on how long things take. */
export function differences(
  clean: ReadonlyMap<string, string>,
  volatile: ReadonlySet<string>,
  end: ReadonlyMap<string, string>,
): string[] {
  const names = [...new Set([...clean.keys(), ...end.keys()])];
  return names
    .filter((name) => clean.get(name) !== end.get(name) && !volatile.has(name))
    .map(
      (name) => `${name}: ${end.get(name) ?? 'nothing'} instead of ${clean.get(name) ?? 'nothing'}`,
    );
}

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
    await inLanes(groups, options.jobs, async ({ stage, group }) => {
      if (Date.now() > late) return;
      const ended = await tried(stage, group, terminal);
      kept.keep(stage.assembly, ended);
      for (const result of ended) {
        results.push(result);
        if (result.differences.length > 0) tell(terminal, result);
      }
      terminal.live(`${results.length} of ${count}`, '');
    });
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

/** Tries cases in one run; where that does not end like the clean one, in two of half as many, and so on. */
async function tried(
  stage: MatrixStage,
  group: readonly Case[],
  terminal: Terminal,
): Promise<Result[]> {
  const results = await run(stage, group);
  const different = results.filter((one) => one.differences.length > 0);
  if (group.length === 1 || different.length === 0) return results;
  const half = Math.ceil(group.length / 2);
  const apart = [
    ...(await tried(stage, group.slice(0, half), terminal)),
    ...(await tried(stage, group.slice(half), terminal)),
  ];
  // In two runs all is survived, in one it is not: no case of its own, and never kept quiet.
  if (apart.every((one) => one.differences.length === 0)) {
    terminal.line(`TOGETHER ${group.length} cases differ in one run, in two runs they are equal`);
    for (const result of different.slice(0, 3)) tell(terminal, result);
  }
  return apart;
}

async function run(stage: MatrixStage, group: readonly Case[]): Promise<Result[]> {
  const begun = performance.now();
  const done = (redrives: number, found: (one: Case) => readonly string[]): Result[] =>
    group.map((one) => ({
      ...one,
      seconds: (performance.now() - begun) / 1000 / group.length,
      redrives,
      differences: found(one),
    }));
  try {
    const faults = group.map(({ fault }) => fault as FaultSpec);
    const { clean, volatile, played } = await stage.playWith(group[0]!.scene, faults);
    const struck = new Set(played.struck.map((fault) => specText(fault)));
    const found = differences(clean, volatile, played.end);
    return done(played.redrives, ({ fault }) =>
      struck.has(specText(fault)) ? found : ['the fault did not strike', ...found],
    );
  } catch (error) {
    stage.signal.throwIfAborted();
    return done(0, () => [`the run breaks: ${(error as Error).message}`]);
  }
}

function tell(terminal: Terminal, { place, scene, fault, differences: found }: Result): void {
  terminal.line(`DIFFERS  ${place}`);
  terminal.line(`  scene "${scene}", --fault '${specText(fault)}'`);
  for (const difference of found.slice(0, SHOWN)) terminal.line(`  ${difference.slice(0, 400)}`);
  if (found.length > SHOWN) terminal.line(`  and ${found.length - SHOWN} more, see --json`);
}

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
