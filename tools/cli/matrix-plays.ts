// What a matrix plays: the scenes of a scenario, or of every built-in one, and the cases found in them.

import { hasClickHouse } from '../rehearsal/clickhouse';
import { hasMariaDb } from '../rehearsal/mysql';
import { type Case, casesOf, draw, type Place, placesOf, specText, together } from './matrix-cases';
import { MatrixStage } from './matrix-stage';
import type { MatrixOptions } from './options';
import { builtIns, loadScenario } from './scenario';
import type { Terminal } from './terminal';

/** A scenario whose scenes are played, with what was found in it. */
export interface Play {
  readonly stage: MatrixStage;
  readonly places: readonly Place[];
  readonly cases: readonly Case[];
}

/** The scenario that is asked for, or every built-in one that has scenes; finds their calls. */
export async function prepareAll(
  plays: Play[],
  machine: string | undefined,
  options: MatrixOptions,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  const one = machine !== undefined || options.scenario !== undefined;
  for (const scenario of one ? [options.scenario] : playable(terminal)) {
    const assembly = options.assembly ?? plays[0]?.stage.assembly;
    const own = { ...options, scenario, assembly };
    const stage = await MatrixStage.prepare(machine, own, signal, (text) => terminal.line(text));
    const play = { stage, places: [] as Place[], cases: [] as Case[] };
    plays.push(play);
    play.places.push(...(await cleanRuns(stage, terminal)));
    play.cases.push(...chosen(play.places, options));
  }
}

/** Built-in scenarios with scenes; one whose engine this computer lacks is named and left out. */
const playable = (terminal: Terminal): string[] =>
  builtIns().filter((name) => {
    const scenario = loadScenario(name, name);
    if (scenario.file('matrix.json') === undefined) return false;
    const account = scenario.json<object>('cloud', '') ?? {};
    const missing = [
      'mysql' in account && !hasMariaDb() && 'MariaDB, which is not on the PATH',
      'clickhouse' in account && !hasClickHouse() && 'the package chdb, which is not installed',
    ].filter((one) => one !== false);
    for (const one of missing) terminal.line(`scenario ${name} is left out: it needs ${one}`);
    return missing.length === 0;
  });

/** Groups of cases of all plays, those of each spread over the whole time. */
export function mixed(plays: readonly Pick<Play, 'stage' | 'cases'>[], most: number) {
  return plays
    .flatMap(({ stage, cases }) => {
      const groups = together(cases, most);
      return groups.map((group, i) => ({ stage, group, at: (i + 0.5) / groups.length }));
    })
    .sort((a, b) => a.at - b.at);
}

/** Plays each scene without a fault; returns the calls that no earlier scene makes. */
async function cleanRuns(stage: MatrixStage, terminal: Terminal): Promise<Place[]> {
  const known = new Set<string>();
  const places: Place[] = [];
  for (const scene of stage.scenes) {
    const { calls, volatile, redrives } = await stage.playClean(scene);
    const found = placesOf(scene.name, calls, known);
    terminal.line(
      `Clean run of "${scene.name}": ${calls.length} calls, ${found.length} new places` +
        `${redrives > 0 ? `, ${redrives} redrives` : ''}` +
        `${volatile.size > 0 ? `; not compared, because time changes it: ${[...volatile].join('; ')}` : ''}`,
    );
    places.push(...found);
  }
  const without = places.filter(({ faults }) => faults.length === 0);
  if (places.length === 0 || without.length > 0) throw new Error('a call has no case');
  return places;
}

function chosen(places: readonly Place[], options: MatrixOptions): Case[] {
  const all = casesOf(places);
  if (options.fault.length > 0) {
    return all.filter(({ fault }) => options.fault.includes(specText(fault)));
  }
  return options.draw === undefined ? all : draw(all, options.draw);
}
