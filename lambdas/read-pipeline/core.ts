// Finds a project's pipeline and, before an upgrade, everything that is in its way. Changes nothing.

import type { SFNClient } from '@aws-sdk/client-sfn';
import {
  type ConsoleDeps,
  type ConsoleRef,
  consoleStack,
} from '../shared/clickstream/console-access';
import { checkConsole } from '../shared/clickstream/console-check';
import { hasBegun } from '../shared/clickstream/pipeline-attempts';
import { allResources, type RootStack, rootStacks } from '../shared/clickstream/solution-stacks';
import { PreflightError } from '../shared/errors';
import { runningExecutions } from '../shared/executions';
import { ownRun } from '../shared/runs';
import type { CloudFormation } from '../shared/stacks/cloudformation';
import { checkStacks } from './checks';
import { factsOf, type Resources } from './facts';
import type { ReadPipelinePayload, ReadPipelineResult } from './payload';

export interface ReadPipelineDeps extends ConsoleDeps {
  /** Step Functions where the pipeline is. */
  executions(region: string): Pick<SFNClient, 'send'>;
}

/** Kinds of root stacks whose resources are needed. */
const READ = ['DataModelingRedshift', 'DataProcessing', 'Ingestion'];

export async function readPipeline(
  payload: ReadPipelinePayload,
  deps: ReadPipelineDeps,
): Promise<ReadPipelineResult> {
  const { projectId, region, check, dryRun } = payload;
  if (!dryRun) await ownRun(deps.ledger, payload);
  const api = deps.cloudFormation(region);
  const roots = await rootStacks(api, projectId);
  const found = { findings: problemsOf(roots, payload), warnings: [] as string[] };
  if (found.findings.length > 0) throw new PreflightError(found.findings);
  const resources = await resourcesOf(api, roots);
  const facts = factsOf(projectId, region, roots, resources, found.findings);
  // A run that goes on in a new execution meets its own upgrade half-way.
  const own = !dryRun && (await hasBegun(deps.ledger, payload.runId));
  if (check && !own) {
    const console = check.console && (await consoleStack(deps, check.console));
    const targetVersion = check.targetVersion ?? console?.version ?? null;
    checkStacks(roots, { ...check, targetVersion }, found);
    if (console && hasToken(check.console!)) {
      const which = { projectId, pipelineId: facts.id };
      found.findings.push(...(await checkConsole(deps, check.console, console, which, check)));
    }
    const { schema } = facts.machines;
    const running = schema === '' ? [] : await runningExecutions(deps.executions(region), schema);
    if (running.length > 0) {
      found.findings.push(
        `the schema SQL of an earlier change still runs in ${running.join(', ')}: wait until it has ended`,
      );
    }
  }
  // Zones are told by the console and by the version of the stacks.
  const findings = [...new Set(found.findings)];
  if (findings.length > 0) throw new PreflightError(findings);
  return { ...facts, warnings: found.warnings };
}

/** What keeps the stacks from being read as one pipeline. */
function problemsOf(
  roots: readonly RootStack[],
  { projectId, region, stackPrefix }: ReadPipelinePayload,
): string[] {
  if (roots.length === 0) {
    return [
      `no stack in ${region} has the tag aws-solution/clickstream/project with ${projectId}: set pipeline.region and projectId in the configuration, ` +
        'or create the pipeline first',
    ];
  }
  const ids = [...new Set(roots.map(({ pipelineId }) => pipelineId))];
  const strange = roots.filter(({ name }) => !name.startsWith(`${stackPrefix}-`));
  return [
    ...(ids.length > 1
      ? [`project ${projectId} has stacks of several pipelines: ${ids.join(', ')}`]
      : []),
    ...(strange.length > 0
      ? [
          `stack(s) ${strange.map(({ name }) => name).join(', ')} do not begin with ${stackPrefix}-, for which this stack has permissions: ` +
            'set pipeline.stackPrefix in the configuration and deploy again',
        ]
      : []),
  ];
}

async function resourcesOf(api: CloudFormation, roots: readonly RootStack[]): Promise<Resources> {
  const lists = await Promise.all(
    READ.map(async (kind) => {
      const stacks = roots.filter((root) => root.kind === kind);
      const found = await Promise.all(stacks.map(({ name }) => allResources(api, name)));
      return [kind, found.flat()] as const;
    }),
  );
  return Object.fromEntries(lists);
}

const hasToken = (ref: ConsoleRef): ref is ConsoleRef & { tokenSecretArn: string } =>
  ref.tokenSecretArn !== null;
