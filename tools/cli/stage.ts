// What a rehearsal runs on: the assembly in a temporary folder, the scenario with what it extends,
// and the running cloud. Everything a stage made is gone when it is closed.

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { Cloud, type CloudOptions, type RunningCloud } from '../rehearsal/cloud';
import { bundle, givenAssembly, hasSources, synthesize } from './assembly';
import { UsageError } from './errors';
import { ownFolder, removeLeftovers } from './leftovers';
import { findMachine, type Machine, machinesOf } from './machines';
import type { RehearseOptions } from './options';
import { loadScenario, parseFile, type Scenario } from './scenario';
import { unlessInterrupted } from './signals';

/** How one cloud differs from the next on the same stage. */
export type CloudSettings = Required<Pick<CloudOptions, 'clock'>> & Pick<CloudOptions, 'rows'>;

/** What every rehearsal of a target and a scenario needs. */
export interface Ground {
  readonly assembly: string;
  readonly scenario: Scenario;
  /** The scenario's files with those it extends. */
  readonly scenarioDir: string;
  close(): void;
}

export interface Stage extends Ground {
  readonly machine: Machine;
  /** The machine's name without its stack's target, e.g. `clickstream-data-migration`. */
  readonly runbook: string;
  readonly input: unknown;
  /** Starts a cloud of its own. */
  cloud(settings: CloudSettings): Promise<RunningCloud>;
}

type Where = Pick<RehearseOptions, 'scenario' | 'assembly' | 'target'>;

/** Builds what is missing and loads the scenario. */
export async function prepareGround(
  named: string,
  options: Where,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Ground> {
  const scenario = loadScenario(options.scenario, named);
  const folder = ownFolder();
  const close = () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    removeLeftovers();
  };
  try {
    const assembly = options.assembly
      ? givenAssembly(options.assembly)
      : await build(options.target, path.join(folder, 'cdk.out'), signal, say);
    const scenarioDir = path.join(folder, 'scenario');
    merge(scenario, scenarioDir);
    return { assembly, scenario, scenarioDir, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The same, with a machine and its input. */
export async function prepare(
  named: string,
  options: Where & Pick<RehearseOptions, 'input'>,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Stage> {
  const ground = await prepareGround(named, options, signal, say);
  const { assembly, scenario } = ground;
  try {
    const machine = findMachine(machinesOf(assembly), named);
    const runbook = machine.name.slice(machine.name.indexOf('-') + 1);
    const input = inputFor(options.input, scenario, runbook);
    return {
      ...ground,
      machine,
      runbook,
      input,
      cloud: (settings) => startCloud({ ...ground, runbook }, settings, signal),
    };
  } catch (error) {
    ground.close();
    throw error;
  }
}

/** Starts a cloud on a ground; interrupted or not, one that did start is stopped. */
export async function startCloud(
  ground: Pick<Ground, 'assembly' | 'scenarioDir'> & Partial<Pick<Stage, 'runbook'>>,
  { rows, clock }: CloudSettings,
  signal: AbortSignal,
): Promise<RunningCloud> {
  const { assembly: assemblyDir, scenarioDir, runbook: machine } = ground;
  const starting = Cloud.start({ assemblyDir, scenarioDir, machine, rows, clock });
  try {
    return await unlessInterrupted(signal, starting);
  } catch (error) {
    await starting.then((cloud) => cloud.stop()).catch(() => {});
    throw error;
  }
}

async function build(
  target: string,
  folder: string,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<string> {
  if (!hasSources()) return givenAssembly('cdk.out');
  const begun = Date.now();
  const bundled = await bundle(signal);
  const between = Date.now();
  if (bundled) say(`Bundled the tasks in ${((between - begun) / 1000).toFixed(1)} s`);
  await synthesize(target, folder, signal);
  say(`Synthesized target ${target} in ${((Date.now() - between) / 1000).toFixed(1)} s`);
  return folder;
}

/** `--input`, else the scenario's. */
function inputFor(file: string | undefined, scenario: Scenario, machine: string): unknown {
  if (file !== undefined) return parseFile(path.resolve(file));
  const found = scenario.json<unknown>('input', machine);
  if (found !== undefined) return found;
  throw new UsageError(`scenario ${scenario.name} has no input for ${machine}; give --input`);
}

/** One folder with the nearest file of each name. */
function merge(scenario: Scenario, folder: string): void {
  mkdirSync(folder);
  for (const source of [...scenario.folders].reverse()) {
    cpSync(source, folder, { recursive: true, dereference: true });
  }
}
