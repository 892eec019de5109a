// `runbooks init clickstream`: a target's member `clickstream` from an account's CloudFormation, whose stacks say
// all but what is secret. Two kinds of calls, both reading: docs/policies/init-clickstream.json has them.

import * as path from 'node:path';
import { problemsOf } from '../../../lambdas/shared/inputs/problems';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import { CloudFormation } from '../../../lambdas/shared/stacks/cloudformation';
import { plural } from '../format';
import { Aws } from '../operate/aws';
import { type Kit, operate } from '../operate/kit';
import type { InitClickstreamOptions } from '../options';
import { writeApp } from './app-file';
import { clickstreamDraft } from './clickstream-draft';
import { readAccount } from './clickstream-stacks';
import { readTargetFile, targetWith, writeTargetFile } from './target-file';

/** As a target's file is named: it becomes part of stack names. */
const TARGET = /^[a-z][a-z0-9-]{0,29}$/;
const PROJECT = /^[a-z][a-z0-9_]{0,126}$/;

/** Runs the command: 0 when the file is complete, 2 when something is missing in it. */
export function initClickstream(
  options: InitClickstreamOptions,
  signal: AbortSignal,
): Promise<number> {
  const problems = [
    ...(PROJECT.test(options.project ?? '')
      ? []
      : ['give --project, the id of the project as the console has it: [a-z][a-z0-9_]*']),
    ...(TARGET.test(options.target) ? [] : [`--target must match ${TARGET.source}`]),
  ];
  const use = { command: 'init clickstream', problems };
  return operate(use, options, signal, (kit) => init(kit, options));
}

async function init({ aws, terminal, signal }: Kit, options: InitClickstreamOptions) {
  const out = options.out ?? path.join('config', `${options.target}.json`);
  const old = readTargetFile(out);
  const console = new Aws({ ...options, region: options.consoleRegion ?? options.region }, signal);
  const account = await readAccount(
    new CloudFormation(aws.cloudFormation),
    options.consoleRegion ? new CloudFormation(console.cloudFormation) : undefined,
    options,
  ).finally(() => console.close());
  const draft = clickstreamDraft(account, options);
  const target = targetWith(out, old, draft, options.force);
  const parsed = targetSchema.safeParse(target);
  const missing = [...draft.findings, ...(parsed.success ? [] : problemsOf(parsed.error))];
  writeTargetFile(out, target);
  const app = writeApp(out);
  terminal.line(`Wrote ${out}: project ${options.project} in ${draft.region}`);
  if (app.wrote) terminal.line(`Wrote ${app.file}: ${deployHint(out, app.file, options.target)}`);
  const notes = [...draft.notes, ...app.notes];
  for (const note of notes) terminal.line(`Note: ${note}`);
  if (missing.length > 0) {
    terminal.line(`${plural(missing.length, 'thing')} missing or wrong; write them into the file:`);
    for (const one of missing) terminal.line(`  - ${one}`);
  }
  const document = { file: out, app: app.wrote ? app.file : null, missing, notes };
  return { code: missing.length === 0 ? (0 as const) : (2 as const), document };
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
