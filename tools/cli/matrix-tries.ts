// Tries cases of a matrix: several faults in one run, which is redriven to its end and compared with the clean one.

import type { FaultSpec } from '../rehearsal/faults/faults';
import { type Case, specText } from './matrix-cases';
import type { MatrixStage } from './matrix-stage';
import type { Terminal } from './terminal';

/** Differences of a case that are printed. */
const SHOWN = 8;

/** What plays scenes with faults. */
type Trying = Pick<MatrixStage, 'playWith' | 'signal'>;

/** What came of a case. */
export interface Result extends Case {
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

/**
 * Tries cases in one run. Where it ends like the clean one, those whose fault did not strike, because another
 * one's led elsewhere, are left for another run; where it does not, in two runs of half as many, and so on.
 *
 * @param leave takes what is to be tried again with others. @default - it is tried here, without the others
 */
export async function tried(
  stage: Trying,
  group: readonly Case[],
  terminal: Pick<Terminal, 'line'>,
  leave?: (cases: readonly Case[]) => void,
): Promise<Result[]> {
  const results = await run(stage, group);
  const different = results.filter((one) => one.differences.length > 0);
  if (group.length === 1 || different.length === 0) return results;
  if (different.length < group.length && different.every(isIdle)) {
    const equal = results.filter((one) => !isIdle(one));
    if (!leave) return [...equal, ...(await tried(stage, different, terminal))];
    leave(different);
    return equal;
  }
  const half = Math.ceil(group.length / 2);
  const apart = [
    ...(await tried(stage, group.slice(0, half), terminal, leave)),
    ...(await tried(stage, group.slice(half), terminal, leave)),
  ];
  // In two runs all is survived, in one it is not: no case of its own, and never kept quiet.
  if (apart.every((one) => one.differences.length === 0)) {
    terminal.line(`TOGETHER ${group.length} cases differ in one run, in two runs they are equal`);
    for (const result of different.slice(0, 3)) tell(terminal, result);
  }
  return apart;
}

const IDLE = 'the fault did not strike';

const isIdle = ({ differences: [first, ...more] }: Result) => first === IDLE && more.length === 0;

async function run(stage: Trying, group: readonly Case[]): Promise<Result[]> {
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
      struck.has(specText(fault)) ? found : [IDLE, ...found],
    );
  } catch (error) {
    stage.signal.throwIfAborted();
    return done(0, () => [`the run breaks: ${(error as Error).message}`]);
  }
}

export function tell(
  terminal: Pick<Terminal, 'line'>,
  { place, scene, fault, differences: found }: Result,
): void {
  terminal.line(`DIFFERS  ${place}`);
  terminal.line(`  scene "${scene}", --fault '${specText(fault)}'`);
  for (const difference of found.slice(0, SHOWN)) terminal.line(`  ${difference.slice(0, 400)}`);
  if (found.length > SHOWN) terminal.line(`  and ${found.length - SHOWN} more, see --json`);
}
