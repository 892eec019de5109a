// Reads the console stack and the template it shall get, and decides the update, or says everything
// that keeps it from being made. Changes nothing.

import type { GetTemplateSummaryOutput, Stack } from '@aws-sdk/client-cloudformation';
import {
  type ConsoleVariant,
  recognise,
  templateUrl,
  templateUrlProblem,
} from '../shared/clickstream/templates';
import {
  fullVersion,
  parseVersion,
  pathProblem,
  type SolutionVersion,
  shortVersion,
  targetProblem,
} from '../shared/clickstream/versions';
import { iso } from '../shared/clock';
import { PreflightError, StackBusyError } from '../shared/errors';
import { runKey } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import { latestAttempt } from '../shared/stacks/attempts';
import type { CloudFormation } from '../shared/stacks/cloudformation';
import type { StackDeps } from '../shared/stacks/deps';
import { ofUpdate } from '../shared/stacks/events';
import { planParameters } from '../shared/stacks/parameters';
import { notUpdatable, standingOf } from '../shared/stacks/stack-status';
import type { ReadConsoleStackPayload, ReadConsoleStackResult } from './payload';

/** The templates make named roles and are expanded by transforms. */
const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

export const EXPLORATIONS =
  'While the console is newer than a pipeline, Explorations of every project on this console stop working until the ' +
  "project's pipeline and its data have followed; dashboards stay.";

/** A console and the version it shall get. */
interface Known {
  readonly variant: ConsoleVariant;
  readonly from: SolutionVersion;
  readonly partition: string;
}

export async function readConsoleStack(
  payload: ReadConsoleStackPayload,
  deps: StackDeps,
): Promise<ReadConsoleStackResult> {
  if (!payload.dryRun) await ownRun(deps.ledger, payload);
  const api = deps.cloudFormation(payload.region);
  const stack = await api.stack(payload.stackName);
  if (!stack)
    throw new PreflightError([`there is no stack ${payload.stackName} in ${payload.region}`]);

  const findings: string[] = [];
  const busy = await busyWith(payload, deps, api, stack);
  const stuck = notUpdatable(payload.stackName, stack.StackStatus ?? '');
  if (stuck) findings.push(stuck);
  if (!stack.RoleARN && !payload.serviceRoleArn) findings.push(NO_ROLE(payload.stackName));
  const known = identify(payload, stack, findings);
  const url = known && addressOf(payload, known, findings);
  const result = url && (await compare(payload, api, stack, known, url, findings));

  if (busy && findings.length === 0) throw new StackBusyError(busy);
  if (busy) findings.push(busy);
  if (findings.length > 0 || !result) throw new PreflightError(findings);
  if (result.action === 'update' && !payload.dryRun) {
    const note = { text: EXPLORATIONS, at: iso(deps.clock.now()) };
    await deps.ledger.put(runKey(payload.runId, `note#${payload.step}#explorations`), note);
  }
  return result;
}

const NO_ROLE = (stackName: string) =>
  `stack ${stackName} has no service role and none is configured: this runbook may read the stack, handle its change sets and ` +
  'pass one role, but has no right to change what is in the stack. Create a role that CloudFormation can assume and that may ' +
  'update the console, and set console.serviceRoleArn in the configuration';

/** Why somebody else's work on the stack must end first; undefined when it is idle or the update is ours. */
async function busyWith(
  payload: ReadConsoleStackPayload,
  { ledger }: StackDeps,
  api: CloudFormation,
  stack: Stack,
): Promise<string | undefined> {
  const status = stack.StackStatus ?? '';
  if (standingOf(status) !== 'busy') return undefined;
  const attempt = await latestAttempt(ledger, payload, payload.step);
  if (attempt?.state === 'executing') {
    const events = await api.events(payload.stackName, attempt.executeAt ?? attempt.intentAt);
    if (ofUpdate(events, attempt.token).length > 0) return undefined;
  }
  return (
    `stack ${payload.stackName} is in ${status} and the update is not of this run: wait until it has ended, ` +
    'then redrive'
  );
}

function identify(
  { stackName, targetVersion }: ReadConsoleStackPayload,
  stack: Stack,
  findings: string[],
): Known | undefined {
  const partition = stack.StackId?.split(':')[1] ?? 'aws';
  const recognised = recognise({
    description: stack.Description ?? '',
    parameterKeys: (stack.Parameters ?? []).map(({ ParameterKey }) => ParameterKey ?? ''),
    partition,
  });
  if ('problem' in recognised) {
    findings.push(`stack ${stackName} ${recognised.problem}`);
    return undefined;
  }
  const target = parseVersion(targetVersion);
  const problem = target ? pathProblem(recognised.version, target) : targetProblem(targetVersion);
  if (problem) findings.push(problem);
  return { variant: recognised.variant, from: recognised.version, partition };
}

function addressOf(
  payload: ReadConsoleStackPayload,
  { variant, partition }: Known,
  findings: string[],
): string | undefined {
  const given = payload.templateUrl ?? undefined;
  if (given !== undefined) {
    const problem = templateUrlProblem(given, variant);
    if (problem) findings.push(problem);
    return problem ? undefined : given;
  }
  const target = parseVersion(payload.targetVersion);
  const url = target && templateUrl(variant, target, partition);
  if (target && !url) {
    findings.push(
      `no address is known for ${variant.file} in ${shortVersion(target)} (partition ${partition}): ` +
        'name it in console.templateUrl of the input',
    );
  }
  return url;
}

async function compare(
  payload: ReadConsoleStackPayload,
  api: CloudFormation,
  stack: Stack,
  { variant, from, partition }: Known,
  url: string,
  findings: string[],
): Promise<ReadConsoleStackResult | undefined> {
  const summary = await summaryOf(api, url, findings);
  if (!summary) return undefined;
  const declared = (summary.Parameters ?? []).map((p) => ({
    key: p.ParameterKey ?? '',
    defaultValue: p.DefaultValue,
    allowedValues: p.ParameterConstraints?.AllowedValues,
  }));
  const description = summary.Description ?? '';
  const template = recognise({
    description,
    parameterKeys: declared.map(({ key }) => key),
    partition,
  });
  if ('problem' in template) {
    findings.push(`template ${url} ${template.problem}`);
    return undefined;
  }
  const to = template.version;
  findings.push(...templateProblems(payload, url, variant, template, from));
  const deployed = Object.fromEntries(
    (stack.Parameters ?? []).map((p) => [p.ParameterKey ?? '', p.ParameterValue ?? '']),
  );
  const parameters = planParameters(deployed, declared, payload.parameters ?? {});
  findings.push(...parameters.findings);
  // Without build ids two templates of one number may differ: then a change set has to tell.
  const same = from.build !== '' && fullVersion(from) === fullVersion(to);
  const idle = standingOf(stack.StackStatus ?? '') === 'ready';
  return {
    action: same && idle && parameters.set.length === 0 ? 'none' : 'update',
    variant: variant.number,
    use: variant.use,
    from: fullVersion(from),
    to: fullVersion(to),
    kept: parameters.parameters.filter(({ value }) => value === undefined).map(({ key }) => key),
    set: parameters.set,
    defaulted: parameters.defaulted,
    dropped: parameters.dropped,
    plan: {
      stackName: payload.stackName,
      region: payload.region,
      templateUrl: url,
      parameters: parameters.parameters,
      capabilities: CAPABILITIES,
      ...(payload.serviceRoleArn ? { roleArn: payload.serviceRoleArn } : {}),
      description,
      warnings: [`Version ${fullVersion(from)} becomes ${fullVersion(to)}.`, EXPLORATIONS],
    },
  };
}

async function summaryOf(
  api: CloudFormation,
  url: string,
  findings: string[],
): Promise<GetTemplateSummaryOutput | undefined> {
  try {
    return await api.templateSummary(url);
  } catch (error) {
    if ((error as Error).name !== 'ValidationError') throw error;
    findings.push(`template ${url} cannot be read: ${(error as Error).message}`);
    return undefined;
  }
}

/** The template at the address must be the variant and version that were asked for. */
function templateProblems(
  { targetVersion }: ReadConsoleStackPayload,
  url: string,
  variant: ConsoleVariant,
  template: { variant: ConsoleVariant; version: SolutionVersion },
  from: SolutionVersion,
): string[] {
  const wanted = parseVersion(targetVersion);
  const to = template.version;
  if (!wanted) return [];
  if (template.variant.number !== variant.number) {
    return [
      `template ${url} is variant ${template.variant.number} (${template.variant.use}), deployed is ${variant.number} (${variant.use})`,
    ];
  }
  const other =
    wanted.build === ''
      ? shortVersion(to) !== shortVersion(wanted)
      : fullVersion(to) !== fullVersion(wanted);
  if (other)
    return [`template ${url} is version ${fullVersion(to)}, asked for is ${fullVersion(wanted)}`];
  // Builds of one number have an order too, and only the template tells its own.
  const back = wanted.build === '' ? pathProblem(from, to) : undefined;
  return back && !pathProblem(from, wanted) ? [back] : [];
}
