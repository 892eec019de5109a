// `runbooks aspects-check`: old names of Aspects' relations in one's own models, patches, datasets and queries.

import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../errors';
import { checkText, type FileResult } from './check';
import type { DatabaseNames } from './databases';
import { diffOf } from './diff';
import { filesIn, textOf } from './files';
import { fatesOf, modelsOf } from './target';

/** Options of the command. */
export interface AspectsCheckOptions {
  /** Release of the plugin, or version of its models. */
  readonly target: string;
  readonly xapi: string;
  readonly eventSink: string;
  readonly reporting: string;
  readonly write: boolean;
  readonly json: boolean;
}

/** Adds the command; `set` takes its exit code: 0 nothing found, 1 something, 2 bad usage. */
export function addAspectsCheck(
  runbooks: Command,
  set: (code: Promise<number>) => Promise<void>,
): void {
  runbooks
    .command('aspects-check')
    .argument(
      '<path...>',
      'folders and files: a dbt project, patches of Tutor, exports of Superset',
    )
    .description("find and replace old names of Aspects' relations")
    .requiredOption(
      '--target <version>',
      'release the upgrade ends at, e.g. 2.4.0, or its models, v5.0.0',
    )
    .option('--xapi <name>', 'ASPECTS_XAPI_DATABASE', 'xapi')
    .option('--event-sink <name>', 'ASPECTS_EVENT_SINK_DATABASE', 'event_sink')
    .option('--reporting <name>', 'DBT_PROFILE_TARGET_DATABASE', 'reporting')
    .option('--write', 'replace in the files (default: print a diff)', false)
    .option('--json', 'print nothing but one JSON document on stdout', false)
    .action((paths: string[], options: AspectsCheckOptions) => set(aspectsCheck(paths, options)));
}

/** Runs it. */
export async function aspectsCheck(
  paths: readonly string[],
  options: AspectsCheckOptions,
  print: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<number> {
  const dbt = modelsOf(options.target);
  const names: DatabaseNames = {
    xapi: named(options.xapi),
    event_sink: named(options.eventSink),
    reporting: named(options.reporting),
  };
  const check = { dbt, fates: fatesOf(dbt), names };
  const files = filesIn(paths);
  const results = files.flatMap((file) => {
    const text = textOf(file);
    return text === undefined ? [] : [checkText(file, text, check)];
  });
  const changed = results.filter(({ before, after }) => before !== after);
  if (options.write) for (const { file, after } of changed) writeFileSync(file, after);
  const found = results.filter(({ rewrites, reports }) => rewrites.length + reports.length > 0);
  print(
    options.json
      ? summary(dbt, files.length, found, options)
      : report(files.length, found, options),
  );
  return found.length === 0 ? 0 : 1;
}

function named(name: string): string {
  if (/^[A-Za-z_]\w{0,127}$/.test(name)) return name;
  throw new UsageError(`${JSON.stringify(name)} is no name of a database`);
}

function summary(
  models: string,
  files: number,
  found: readonly FileResult[],
  { target, write }: AspectsCheckOptions,
): string {
  const written = write
    ? found.filter(({ before, after }) => before !== after).map(({ file }) => file)
    : [];
  return `${JSON.stringify({ target, models, files, written, rewrites: found.flatMap((one) => one.rewrites), reports: found.flatMap((one) => one.reports), risks: found.flatMap((one) => one.risks) }, null, 2)}\n`;
}

function report(
  files: number,
  found: readonly FileResult[],
  { write }: AspectsCheckOptions,
): string {
  const lines = found.flatMap(({ file, before, after, reports, risks }) => [
    diffOf(file, before, after),
    ...reports.map((one) => `${one.file}:${one.line}: ${one.name} ${one.why}\n`),
    ...risks.map((one) => `${one.file}:${one.line}: look at ${one.name}: ${one.why}\n`),
  ]);
  const count = (key: 'rewrites' | 'reports' | 'risks') =>
    found.reduce((sum, one) => sum + one[key].length, 0);
  const end = `${files} file(s): ${count('rewrites')} name(s) ${write ? 'replaced' : 'to replace (--write does)'}, ${count('reports')} for a person, ${count('risks')} to look at\n`;
  return `${lines.join('')}${end}`;
}
