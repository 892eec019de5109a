// A scenario is a folder of optional files. `scenario.json` may name a built-in scenario that
// supplies the files which are not here.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { UsageError } from './errors';

export const BUILT_IN = path.resolve(__dirname, '../rehearsal/scenarios');

/** A query on the warehouse after the run, and what its first column has to be. */
export interface ExpectedValue {
  readonly name: string;
  readonly sql: string;
  readonly equals: string | number;
}

/** The same on a cluster of MySQL; what it has to be may be what another query gives there. */
export interface ExpectedOfCluster extends Omit<ExpectedValue, 'equals'> {
  readonly cluster: string;
  readonly equals: ExpectedValue['equals'] | { readonly cluster: string; readonly sql: string };
}

/** `expect.json`: what has to be true after the run, whatever the machine itself says. */
export interface Expectations {
  readonly status?: string;
  /** Error name of a run that is meant to fail. */
  readonly error?: string;
  readonly redriveCount?: number;
  readonly warehouse?: readonly ExpectedValue[];
  readonly mysql?: readonly ExpectedOfCluster[];
  readonly clickhouse?: readonly ExpectedValue[];
}

/** `demo.json`: how `--demo` shows a failure and its repair. */
export interface Demo {
  /** What breaks, in words. */
  readonly shows?: string;
  /** What the operator does about it, in words. */
  readonly repair?: string;
  /** Faults, as `--fault` takes them. */
  readonly faults?: readonly string[];
  /** SQL that breaks something in the warehouse, and SQL that repairs it. */
  readonly breakSql?: string;
  readonly repairSql?: string;
  /** Options that are not given. */
  readonly rows?: number;
  readonly clock?: 'real' | 'virtual';
  readonly redrive: number;
  readonly approve?: boolean;
}

export interface Scenario {
  readonly name: string;
  /** Folders searched, nearest first. */
  readonly folders: readonly string[];
  /** The nearest file of that name, or undefined. */
  file(name: string): string | undefined;
  /** The JSON of `<kind>.<machine>.json`, else of `<kind>.json`: some scenarios serve several machines. */
  json<T>(kind: string, machine: string): T | undefined;
}

/** Built-in scenarios, by name. */
export const builtIns = (): string[] =>
  existsSync(BUILT_IN)
    ? readdirSync(BUILT_IN).filter((name) => statSync(path.join(BUILT_IN, name)).isDirectory())
    : [];

/**
 * Loads a scenario by folder or built-in name.
 *
 * @param machine without a name, the built-in whose name the machine's begins with
 */
export function loadScenario(named: string | undefined, machine: string): Scenario {
  const name = named ?? builtIns().find((b) => machine === b || machine.startsWith(`${b}-`));
  if (name === undefined) {
    throw new UsageError(
      `there is no built-in scenario for ${machine}; name a folder with --scenario`,
    );
  }
  const folders: string[] = [];
  for (let next: string | undefined = name; next !== undefined; ) {
    const folder = folderOf(next, folders.length > 0);
    if (folders.includes(folder)) throw new UsageError(`scenario ${name} extends itself`);
    folders.push(folder);
    next = extendsOf(folder);
  }
  const file = (wanted: string) =>
    folders.map((folder) => path.join(folder, wanted)).find((candidate) => existsSync(candidate));
  return {
    name: path.basename(folders[0]!),
    folders,
    file,
    json: <T>(kind: string, forMachine: string) => {
      const found = file(`${kind}.${forMachine}.json`) ?? file(`${kind}.json`);
      return found === undefined ? undefined : (parseFile(found) as T);
    },
  };
}

/** Parses a JSON file; a mistake names the file. */
export function parseFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`cannot read ${file}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

function folderOf(name: string, builtInOnly: boolean): string {
  const candidates = [...(builtInOnly ? [] : [path.resolve(name)]), path.join(BUILT_IN, name)];
  const found = candidates.find(
    (candidate) => existsSync(candidate) && statSync(candidate).isDirectory(),
  );
  // A built-in's name means the built-in, even where a folder is called like it.
  if (builtIns().includes(name)) return path.join(BUILT_IN, name);
  if (found) return found;
  throw new UsageError(
    `there is no scenario ${name}: neither a folder nor one of the built-in ${builtIns().join(', ')}`,
  );
}

function extendsOf(folder: string): string | undefined {
  const file = path.join(folder, 'scenario.json');
  if (!existsSync(file)) return undefined;
  const { extends: base } = parseFile(file) as { extends?: unknown };
  if (base !== undefined && typeof base !== 'string') {
    throw new UsageError(`${file}: "extends" must name a built-in scenario`);
  }
  return base;
}
