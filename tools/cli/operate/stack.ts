// A stack of runbooks as it is deployed: machines, ledger and reports by their logical ids, which are an API.

import {
  type CloudFormationClient,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { Interrupted, RefusedError, UsageError } from '../errors';
import { findMachine } from '../machines';
import { isExpired, isPassing } from './trouble';

/** A resource of the stack. */
interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

const MACHINE = 'AWS::StepFunctions::StateMachine';
const TABLE = 'AWS::DynamoDB::Table';
const LEDGER = 'Ledger';

/** A deployed stack. */
export class DeployedStack {
  constructor(
    readonly name: string,
    readonly resources: readonly StackResource[],
  ) {}

  /** ARNs of its machines. */
  get machines(): readonly string[] {
    return this.resources.filter(({ type }) => type === MACHINE).map((one) => one.physicalId);
  }

  /** ARN of the machine of that name, or the only one whose name ends with it. */
  machineArn(name: string): string {
    const known = this.machines.map((arn) => ({ arn, name: nameOf(arn), stack: this.name }));
    const wanted = findMachine(known, name);
    return known.find((one) => one.name === wanted.name)!.arn;
  }

  /** Whether it has the record of runs that each stack of runbooks has. */
  get isRunbooks(): boolean {
    return this.resources.some(
      ({ type, logicalId }) => type === TABLE && logicalId.includes(LEDGER),
    );
  }

  get ledgerTable(): string {
    return this.only(TABLE, LEDGER);
  }

  get reportBucket(): string {
    return this.only('AWS::S3::Bucket', 'Reports');
  }

  private only(type: string, word: string): string {
    const found = this.resources.find((one) => one.type === type && one.logicalId.includes(word));
    if (found) return found.physicalId;
    throw new UsageError(`stack ${this.name} has no ${type} ${word}: is it a runbook's stack?`);
  }
}

/** Name of a machine by its ARN. */
export const nameOf = (machineArn: string): string => machineArn.split(':').at(-1)!;

/** What is in a stack. */
export async function readStack(
  client: CloudFormationClient,
  name: string,
): Promise<DeployedStack> {
  const resources: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: name, NextToken }));
    for (const one of page.StackResourceSummaries ?? []) {
      const physicalId = one.PhysicalResourceId ?? '';
      if (physicalId === '' || one.ResourceStatus === 'DELETE_COMPLETE') continue;
      resources.push({ logicalId: one.LogicalResourceId!, type: one.ResourceType!, physicalId });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return new DeployedStack(name, resources);
}

/**
 * The stack of a machine. Names of machines begin with that of their stack, and nobody knows where it ends: the
 * longest beginning that is a stack with this machine is meant.
 *
 * @param machine its name, or its ARN: a machine of that name elsewhere is another one
 * @param given name of the stack, when somebody said it
 * @throws RefusedError when the stack, or each that may be it, has no such machine
 */
export async function stackOf(
  client: CloudFormationClient,
  machine: string,
  given: string | undefined,
): Promise<DeployedStack> {
  if (given !== undefined) {
    const stack = await readStack(client, given);
    if (hasMachine(stack, machine)) return stack;
    throw new RefusedError(without(stack, machine));
  }
  const refusals: string[] = [];
  const names = beginnings(nameOf(machine));
  for (const name of names) {
    try {
      const stack = await readStack(client, name);
      if (hasMachine(stack, machine)) return stack;
      refusals.push(without(stack, machine));
    } catch (error) {
      // Who may ask about one stack only is refused for others, whether they are there or not.
      if (isExpired(error) || isPassing(error) || !isRefusal(error)) throw error;
      refusals.push((error as Error).message);
    }
  }
  const tried = names.join(', ') || 'none';
  const said = refusals.length > 0 ? ` Heard: ${[...new Set(refusals)].join('; ')}` : '';
  throw new RefusedError(
    `the stack of machine ${machine} was not found (tried ${tried}): name it with --stack.${said}`,
  );
}

const hasMachine = ({ machines }: DeployedStack, machine: string): boolean =>
  machines.some((arn) => arn === machine || nameOf(arn) === machine);

/** What keeps a stack from being the machine's. */
function without({ name, machines }: DeployedStack, machine: string): string {
  const other = machines.find((arn) => nameOf(arn) === nameOf(machine));
  return other === undefined
    ? `stack ${name} has no machine ${nameOf(machine)}`
    : `stack ${name} has ${other}, which is not ${machine}`;
}

/** Errors of services have a name of their own; a region that is missing, for one, has not. */
const isRefusal = (error: unknown): boolean =>
  (error as Error).name !== 'Error' && !(error instanceof Interrupted);

/** `a-b-c`: `a-b`, `a`. */
const beginnings = (machine: string): string[] => {
  const parts = machine.split('-');
  return parts.slice(1).map((_, i) => parts.slice(0, parts.length - 1 - i).join('-'));
};
