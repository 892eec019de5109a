// The stacks of a project's pipeline, found by their tag: their names may begin with a prefix of the
// account's own. Resources are found by the beginnings of their logical ids, which do not change.

import type { Stack } from '@aws-sdk/client-cloudformation';
import type { CloudFormation } from '../stacks/cloudformation';

/** Tags the solution sets on every root stack. */
const PROJECT_TAG = 'aws-solution/clickstream/project';
const VERSION_TAG = 'aws-solution/version';

/** A root stack of a pipeline. */
export interface RootStack {
  readonly name: string;
  /** What it is for: `Ingestion`, `DataProcessing`, `DataModelingRedshift`, … */
  readonly kind: string;
  /** Id of the pipeline. */
  readonly pipelineId: string;
  /** Full version of its last creation or upgrade; empty without the tag. */
  readonly version: string;
  readonly status: string;
  /** When its last creation or update began, as text: tells two ends of a stack apart. */
  readonly changedAt: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A resource of a stack or of one nested in it. */
export interface SolutionResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

const NESTED = 'AWS::CloudFormation::Stack';

/** Root stacks of a project, in the order of their names. */
export async function rootStacks(api: CloudFormation, projectId: string): Promise<RootStack[]> {
  const found: RootStack[] = [];
  for await (const stack of api.stacks()) {
    if (stack.ParentId || tag(stack, PROJECT_TAG) !== projectId) continue;
    if (stack.StackStatus === 'DELETE_COMPLETE') continue;
    found.push(rootStack(stack));
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Everything in a stack, down to the last nested one. */
export async function allResources(
  api: CloudFormation,
  stackName: string,
): Promise<SolutionResource[]> {
  const found: SolutionResource[] = [];
  const open = [stackName];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for await (const one of api.resources(name)) {
      const physicalId = one.PhysicalResourceId ?? '';
      // One that could not be made or is gone has no id, or one that names nothing.
      if (physicalId === '' || one.ResourceStatus === 'DELETE_COMPLETE') continue;
      if (one.ResourceType === NESTED) open.push(physicalId);
      found.push({
        logicalId: one.LogicalResourceId ?? '',
        type: one.ResourceType ?? '',
        physicalId,
      });
    }
  }
  return found;
}

function rootStack(stack: Stack): RootStack {
  const name = stack.StackName ?? '';
  const parts = name.slice(name.indexOf('Clickstream-') + 'Clickstream-'.length).split('-');
  return {
    name,
    kind: parts[0]!,
    pipelineId: parts.at(-1)!,
    version: tag(stack, VERSION_TAG) ?? '',
    status: stack.StackStatus ?? '',
    changedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.toISOString() ?? '',
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map((p) => [p.ParameterKey ?? '', p.ParameterValue ?? '']),
    ),
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map((o) => [o.OutputKey ?? '', o.OutputValue ?? '']),
    ),
  };
}

const tag = ({ Tags = [] }: Stack, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value;
