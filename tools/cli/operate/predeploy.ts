// `runbooks predeploy`: before a deployment, which executions run or can be redriven, and what it would take from
// them. A definition is fixed when an execution starts; functions and rights are those of the day.

import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { RefusedError } from '../errors';
import { plural } from '../format';
import { Aws } from './aws';
import { type Deployment, newCode, newDefinition, type Template, taken } from './deployment';
import { type GoingOn, goingOn, type Ongoing } from './going-on';
import { type Kit, type OperateOptions, operate } from './kit';
import { type PlannedStack, plannedStacks } from './planned';
import { type DeployedStack, readStack } from './stack';
import { otherAccount } from './whose';

export interface PredeployOptions extends OperateOptions {
  readonly assembly: string;
}

/** An execution that goes on after the deployment, or not. */
interface Affected extends Ongoing {
  /** What it would lose; empty: it can go on. */
  readonly takes: readonly string[];
  /** Tasks it meets with new code. */
  readonly newCode: readonly string[];
  /** Whether its machine gets a definition that it will not have. */
  readonly olderDefinition: boolean;
}

/** What there is to say of a stack. */
interface Weighed extends GoingOn {
  readonly stack: string;
  readonly executions: readonly Affected[];
  /** Why there is nothing to lose in it; null: it was looked at. */
  readonly skipped: string | null;
}

export function predeploy(options: PredeployOptions, signal: AbortSignal): Promise<number> {
  return operate({ command: 'predeploy', problems: [] }, options, signal, async (kit) => {
    const stacks: Weighed[] = [];
    for (const planned of plannedStacks(options.assembly, options.stack)) {
      const aws = new Aws({ ...options, region: options.region ?? planned.region }, signal);
      const weighed = await weigh({ ...kit, aws }, planned).finally(() => aws.close());
      say(kit, weighed);
      stacks.push(weighed);
    }
    const harm = stacks.some(
      ({ executions, unseen }) =>
        unseen.length > 0 || executions.some(({ takes }) => takes.length > 0),
    );
    return { code: harm ? 1 : 0, document: { stacks } };
  });
}

async function weigh(kit: Kit, planned: PlannedStack): Promise<Weighed> {
  const { name, template } = planned;
  const nothing = { stack: name, executions: [], unseen: [], excused: [] };
  const stack = await deployed(kit, name);
  if (stack === undefined) {
    await refuseOtherKeys(kit, planned);
    return { ...nothing, skipped: 'not deployed yet where these keys look: nothing to lose' };
  }
  refuseOtherAccount(stack, planned);
  if (!stack.isRunbooks) {
    return { ...nothing, skipped: 'has no ledger: no stack of runbooks, not looked at' };
  }
  const now = await deployedTemplate(kit, name);
  const { executions, ...rest } = await goingOn(kit, stack);
  const all = affected(executions, { now, next: template });
  return { stack: name, executions: all, ...rest, skipped: null };
}

/** Undefined for a stack that is not there. */
async function deployed({ aws }: Kit, name: string): Promise<DeployedStack | undefined> {
  try {
    return await readStack(aws.cloudFormation, name);
  } catch (error) {
    const { name: kind, message } = error as Error;
    // CloudFormation has no error of its own for it.
    if (kind === 'ValidationError' && /does not exist/.test(message)) return undefined;
    throw error;
  }
}

/** Where other keys look it is not deployed, and may well be where it belongs. */
async function refuseOtherKeys({ aws }: Kit, { name, account }: PlannedStack): Promise<void> {
  const meant = account && { account, by: 'the assembly' };
  const other = meant && (await otherAccount(aws, `stack ${name}`, meant));
  if (other) throw new RefusedError(`${other}: it was not found`);
}

/** A stack of that name in another account says nothing of the one that would be deployed. */
function refuseOtherAccount(stack: DeployedStack, { account }: PlannedStack): void {
  const found = stack.machines[0]?.split(':')[4];
  if (account === undefined || found === undefined || found === account) return;
  throw new RefusedError(
    `stack ${stack.name} would be deployed to account ${account}, and these keys see that of account ${found}`,
  );
}

const affected = (found: readonly Ongoing[], deployment: Deployment): Affected[] =>
  found.map((one) => ({
    ...one,
    takes: one.over === null ? taken(deployment, one.machineId, one.functionIds) : [],
    newCode: newCode(deployment, one.functionIds),
    olderDefinition: newDefinition(deployment, one.machineId),
  }));

async function deployedTemplate({ aws }: Kit, StackName: string): Promise<Template> {
  const { TemplateBody } = await aws.cloudFormation.send(
    new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
  );
  return JSON.parse(TemplateBody!) as Template;
}

function say({ terminal }: Kit, { stack, executions, unseen, excused, skipped }: Weighed): void {
  if (skipped !== null) {
    terminal.line(`${stack}: ${skipped}`);
    return;
  }
  const running = executions.filter(({ status }) => status === 'RUNNING').length;
  const redrivable = executions.filter(({ status, over }) => status !== 'RUNNING' && over === null);
  terminal.line(
    `${stack}: ${plural(redrivable.length, 'execution')} can be redriven, ${running} running`,
  );
  if (excused.length > 0) {
    terminal.line(`  not looked at, nobody redrives its executions: ${excused.join(', ')}`);
  }
  if (unseen.length > 0) {
    terminal.line(`  COULD NOT BE LOOKED AT, for lack of rights: ${unseen.join(', ')}`);
  }
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
