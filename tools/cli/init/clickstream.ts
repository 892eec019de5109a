// `runbooks init clickstream`: a target's member `clickstream` from an account's CloudFormation, whose stacks say
// all but what is secret. Two kinds of calls, both reading: docs/policies/init-clickstream.json has them.

import { problemsOf } from '../../../lambdas/shared/inputs/problems';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import { CloudFormation } from '../../../lambdas/shared/stacks/cloudformation';
import { Aws } from '../operate/aws';
import { type Kit, operate } from '../operate/kit';
import type { InitClickstreamOptions } from '../options';
import { clickstreamDraft } from './clickstream-draft';
import { readAccount } from './clickstream-stacks';
import { fileOf, finish, nameProblems } from './ending';
import { readTargetFile, targetWith } from './target-file';

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
    ...nameProblems(options.target),
  ];
  const use = { command: 'init clickstream', problems };
  return operate(use, options, signal, (kit) => init(kit, options));
}

async function init(kit: Kit, options: InitClickstreamOptions) {
  const { aws, signal } = kit;
  const out = fileOf(options);
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
  const what = `project ${options.project} in ${draft.region}`;
  return finish(kit, { out, name: options.target, target, what, missing, notes: draft.notes });
}
