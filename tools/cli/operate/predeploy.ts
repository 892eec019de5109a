// `runbooks predeploy`: before a deployment, which executions run or can be redriven, and what it would take from
// them. A definition is fixed when an execution starts; functions and rights are those of the day.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { givenAssembly } from '../assembly';
import { UsageError } from '../errors';
import { plural } from '../format';
import { type Deployment, newCode, newDefinition, type Template, taken } from './deployment';
import { goingOn, type Ongoing } from './going-on';
import { type Kit, type OperateOptions, operate } from './kit';
import { readStack } from './stack';

export interface PredeployOptions extends OperateOptions {
  readonly assembly: string;
}

/** An execution that goes on after the deployment, or not. */
export interface Affected extends Ongoing {
  /** What it would lose; empty: it can go on. */
  readonly takes: readonly string[];
  /** Tasks it meets with new code. */
  readonly newCode: readonly string[];
  /** Whether its machine gets a definition that it will not have. */
  readonly olderDefinition: boolean;
}

export function predeploy(options: PredeployOptions, signal: AbortSignal): Promise<number> {
  return operate({ command: 'predeploy', problems: [] }, options, signal, async (kit) => {
    const next = nextTemplates(options);
    const stacks = [];
    for (const [name, template] of next) {
      const stack = await readStack(kit.aws.cloudFormation, name);
      const now = await deployedTemplate(kit, name);
      const { executions: found, unseen } = await goingOn(kit, stack);
      const executions = affected(found, { now, next: template });
      say(kit, name, executions, unseen);
      stacks.push({ stack: name, executions, unseen });
    }
    const lost = stacks
      .flatMap(({ executions }) => executions)
      .filter((one) => one.takes.length > 0);
    return { code: lost.length > 0 ? 1 : 0, document: { stacks } };
  });
}

const affected = (found: readonly Ongoing[], deployment: Deployment): Affected[] =>
  found.map((one) => ({
    ...one,
    takes: one.over === null ? taken(deployment, one.machineId, one.functionIds) : [],
    newCode: newCode(deployment, one.functionIds),
    olderDefinition: newDefinition(deployment, one.machineId),
  }));

/** Templates of the assembly by stack; only those of the named stack when one is named. */
function nextTemplates({ assembly, stack }: PredeployOptions): Map<string, Template> {
  const folder = givenAssembly(assembly);
  const read = <T>(file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as T;
  const { artifacts } = read<{
    artifacts: Record<
      string,
      { type: string; properties?: { templateFile: string; stackName?: string } }
    >;
  }>('manifest.json');
  const all = Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(
      ([id, { properties }]) => [properties!.stackName ?? id, properties!.templateFile] as const,
    );
  const wanted = all.filter(([name]) => stack === undefined || name === stack);
  if (wanted.length === 0) {
    const names = all.map(([name]) => name).join(', ') || 'none';
    throw new UsageError(`${assembly} has no stack ${stack ?? ''}; it has ${names}`);
  }
  return new Map(wanted.map(([name, file]) => [name, read<Template>(file)]));
}

async function deployedTemplate({ aws }: Kit, StackName: string): Promise<Template> {
  const { TemplateBody } = await aws.cloudFormation.send(
    new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
  );
  return JSON.parse(TemplateBody!) as Template;
}

function say(
  { terminal }: Kit,
  stack: string,
  executions: readonly Affected[],
  unseen: readonly string[],
): void {
  const running = executions.filter(({ status }) => status === 'RUNNING').length;
  const redrivable = executions.filter(({ status, over }) => status !== 'RUNNING' && over === null);
  terminal.line(
    `${stack}: ${plural(redrivable.length, 'execution')} can be redriven, ${running} running`,
  );
  if (unseen.length > 0) terminal.line(`  not looked at, for lack of rights: ${unseen.join(', ')}`);
  for (const one of executions) {
    terminal.line(`  ${one.execution}`);
    terminal.line(`    ${one.status}${one.run ? `, run ${one.run}` : ''}, since ${one.startedAt}`);
    if (one.over !== null) terminal.line(`    not weighed: ${one.over}`);
    for (const what of one.takes) terminal.line(`    TAKES: ${what}`);
    if (one.newCode.length > 0) terminal.line(`    new code in: ${one.newCode.join(', ')}`);
    if (one.olderDefinition) {
      const how = one.run ? `{"continueRun": "${one.run}"}` : '"continueRun"';
      terminal.line(`    keeps its older definition; a new execution with ${how} has the new one`);
    }
    if (one.takes.length === 0 && one.over === null) terminal.line('    can go on afterwards');
  }
}
