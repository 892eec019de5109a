// What CloudFormation knows of a project: its root stacks by their tag, the resources of its warehouse, and the
// consoles of the account.

import type { Stack } from '@aws-sdk/client-cloudformation';
import {
  allResources,
  type RootStack,
  rootStacks,
  type SolutionResource,
} from '../../../lambdas/shared/clickstream/solution-stacks';
import { describedVersion } from '../../../lambdas/shared/clickstream/templates';
import type { CloudFormation } from '../../../lambdas/shared/stacks/cloudformation';
import { RefusedError } from '../errors';

/** A console of the solution. */
export interface ConsoleStack {
  readonly name: string;
  readonly roleArn: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What was found. */
export interface SolutionAccount {
  /** ARN of a stack of the project: says partition, region and account. */
  readonly arn: string;
  readonly roots: readonly RootStack[];
  /** What is in the data modeling stack. */
  readonly modeling: readonly SolutionResource[];
  readonly consoles: readonly ConsoleStack[];
}

export const MODELING = 'DataModelingRedshift';

/** @param consoleApi where the consoles are, when they are in another region */
export async function readAccount(
  api: CloudFormation,
  consoleApi: CloudFormation | undefined,
  { project, region }: { readonly project?: string; readonly region?: string },
): Promise<SolutionAccount> {
  const all = await listed(api);
  const again = { stacks: () => iterate(all) } as unknown as CloudFormation;
  const roots = await rootStacks(again, project!);
  const arn = all.find(({ StackName }) => StackName === roots[0]?.name)?.StackId;
  if (arn === undefined) {
    const where = region === undefined ? '' : ` in ${region}`;
    const known = projectsOf(all);
    throw new RefusedError(
      `there is no stack of project ${project}${where}; ` +
        (known.length > 0 ? `projects there: ${known.join(', ')}` : 'no project has stacks there'),
    );
  }
  const modeling = roots.find(({ kind }) => kind === MODELING);
  return {
    arn,
    roots,
    modeling: modeling ? await allResources(api, modeling.name) : [],
    consoles: consolesIn(consoleApi ? await listed(consoleApi) : all),
  };
}

async function listed(api: CloudFormation): Promise<Stack[]> {
  const all: Stack[] = [];
  for await (const stack of api.stacks()) all.push(stack);
  return all;
}

async function* iterate(all: readonly Stack[]): AsyncGenerator<Stack> {
  yield* all;
}

const projectsOf = (all: readonly Stack[]): string[] => {
  const tags = all.flatMap(({ Tags = [] }) => Tags);
  const projects = tags.filter(({ Key }) => Key === 'aws-solution/clickstream/project');
  return [...new Set(projects.map(({ Value }) => Value!))].sort();
};

const consolesIn = (all: readonly Stack[]): ConsoleStack[] =>
  all
    .filter(({ ParentId, Description = '' }) => !ParentId && describedVersion(Description))
    .map(({ StackName, RoleARN, Parameters = [], Outputs = [] }) => ({
      name: StackName!,
      roleArn: RoleARN,
      parameters: pairs(Parameters.map((one) => [one.ParameterKey, one.ParameterValue])),
      outputs: pairs(Outputs.map((one) => [one.OutputKey, one.OutputValue])),
    }));

const pairs = (all: readonly (readonly (string | undefined)[])[]): Record<string, string> =>
  Object.fromEntries(all.map(([key, value]) => [key ?? '', value ?? '']));
