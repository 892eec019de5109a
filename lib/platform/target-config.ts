import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { problemsOf } from '../../lambdas/shared/inputs/problems';
import { type TargetConfig, targetSchema } from '../../lambdas/shared/inputs/target';

/** A target's file cannot be used; names every problem at once. */
export class TargetConfigError extends Error {
  override readonly name = 'TargetConfigError';
}

/** Name of a target: part of stack names, and so of machine names. */
const NAME = /^[a-z][a-z0-9-]{0,29}$/;

/** Reads and checks `<folder>/<name>.json`. */
export function readTarget(folder: string, name: string): TargetConfig {
  if (!NAME.test(name)) {
    throw new TargetConfigError(
      `target ${JSON.stringify(name)} must match ${NAME.source}; it becomes part of stack names`,
    );
  }
  const file = path.join(folder, `${name}.json`);
  if (!existsSync(file)) {
    const known = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith('.json')) : [];
    throw new TargetConfigError(
      `there is no ${file}; targets: ${known.map((f) => f.slice(0, -5)).join(', ') || 'none'}`,
    );
  }
  return parseTarget(readFileSync(file, 'utf8'), file);
}

/** Checks the text of a target's file. */
export function parseTarget(text: string, file: string): TargetConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TargetConfigError(`${file} is not JSON: ${(error as Error).message}`);
  }
  const parsed = targetSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error).map((problem, i) => `(${i + 1}) ${problem}`);
  throw new TargetConfigError(`${file} has ${problems.length} problem(s): ${problems.join('; ')}`);
}
