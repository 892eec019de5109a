// The end of an `init` that has read an account: the target's file, its app, what a person should know, what is
// missing.

import * as path from 'node:path';
import { plural } from '../format';
import type { Ended, Kit } from '../operate/kit';
import { writeApp } from './app-file';
import { writeTargetFile } from './target-file';

/** What was made of an account. */
export interface Outcome {
  /** The target's file. */
  readonly out: string;
  /** Name of the target. */
  readonly name: string;
  readonly target: object;
  /** What it is of, e.g. `project shop in us-east-1`. */
  readonly what: string;
  /** What keeps the file from being right. */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

/** As a target's file is named: it becomes part of stack names. */
const TARGET = /^[a-z][a-z0-9-]{0,29}$/;

/** What is wrong with the name of a target. */
export const nameProblems = (name: string): string[] =>
  TARGET.test(name) ? [] : [`--target must match ${TARGET.source}`];

/** The file of a target. */
export const fileOf = ({ out, target }: { out?: string; target: string }): string =>
  out ?? path.join('config', `${target}.json`);

/** Writes it all: 0 when the file is complete, 2 when something is missing in it. */
export function finish({ terminal }: Kit, outcome: Outcome): Ended {
  const { out, name, target, what, missing } = outcome;
  writeTargetFile(out, target);
  const app = writeApp(out);
  terminal.line(`Wrote ${out}: ${what}`);
  if (app.wrote) terminal.line(`Wrote ${app.file}: ${deployHint(out, app.file, name)}`);
  const notes = [...outcome.notes, ...app.notes];
  for (const note of notes) terminal.line(`Note: ${note}`);
  if (missing.length > 0) {
    terminal.line(`${plural(missing.length, 'thing')} missing or wrong; write them into the file:`);
    for (const one of missing) terminal.line(`  - ${one}`);
  }
  const document = { file: out, app: app.wrote ? app.file : null, missing, notes };
  return { code: missing.length === 0 ? 0 : 2, document };
}

/** How to deploy what was written: the app reads `config/<target>.json` beside its `cdk.json`. */
export function deployHint(out: string, app: string, target: string): string {
  const folder = path.dirname(app);
  const within = folder === '.' ? '' : `cd ${folder} && `;
  const inConfig = path.basename(path.dirname(path.resolve(out))) === 'config';
  const named = inConfig && out.endsWith('.json') ? path.basename(out, '.json') : target;
  const place = path.join(folder, 'config', `${named}.json`);
  const first =
    path.resolve(out) === path.resolve(place) ? '' : `move the target to ${place}, then `;
  return `${first}${within}npx cdk deploy -c target=${named} --all`;
}
