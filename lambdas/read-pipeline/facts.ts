// From stacks and their resources to the names the upgrade works with.

import type { IngestionServers, PipelineFacts } from '../shared/clickstream/pipeline-facts';
import type { RootStack, SolutionResource } from '../shared/clickstream/solution-stacks';

/** Resources by the kind of their root stack. */
export type Resources = Readonly<Record<string, readonly SolutionResource[]>>;

const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';

/** Logical ids as the solution has them since 1.1.0; ids get a hash behind them. */
const WANTED = {
  schema: [
    'DataModelingRedshift',
    STATE_MACHINE,
    /^CreateApplicationSchemasSQLExecutionStateMachine/,
  ],
  load: ['DataModelingRedshift', STATE_MACHINE, /^ClickstreamLoadDataWorkflow/],
  // The child machine of the same workflow has RefreshSPStateMachine in its name and is never started.
  metrics: [
    'DataModelingRedshift',
    STATE_MACHINE,
    /^RefreshMaterializedViewsWorkflowRefreshMVStateMachine/,
  ],
  loadFiles: ['DataModelingRedshift', 'AWS::DynamoDB::Table', /^FileStatus/],
  rule: ['DataProcessing', 'AWS::Events::Rule', /jobSubmitterScheduler/i],
} as const;

const SERVERS = {
  cluster: ['AWS::ECS::Cluster', /clickstreamingestionserviceecscluster/i],
  service: ['AWS::ECS::Service', /ecsservice/i],
  group: ['AWS::AutoScaling::AutoScalingGroup', /ecsasg/i],
} as const;

/**
 * The facts of one pipeline.
 *
 * @param roots its root stacks, at least one, all of one pipeline
 * @param problems takes what is missing; the facts are complete only without any
 */
export function factsOf(
  projectId: string,
  region: string,
  roots: readonly RootStack[],
  resources: Resources,
  problems: string[],
): PipelineFacts {
  const find = (name: keyof typeof WANTED): string[] => {
    const [kind, type, id] = WANTED[name];
    const found = (resources[kind] ?? []).filter(
      (one) => one.type === type && id.test(one.logicalId),
    );
    if (found.length === 0) {
      problems.push(`the ${kind} stack of project ${projectId} has no ${type} ${id.source}`);
    }
    return found.map(({ physicalId }) => physicalId);
  };
  const one = (name: keyof typeof WANTED): string => {
    const ids = find(name);
    if (ids.length > 1)
      problems.push(`there are ${ids.length} of ${WANTED[name][2].source}: ${ids.join(', ')}`);
    return ids[0] ?? '';
  };
  const versions = new Set(roots.map(({ version }) => version));
  return {
    id: roots[0]!.pipelineId,
    region,
    appIds: registeredApps(roots),
    stacks: roots.map(({ name, version, status }) => ({ name, version, status })),
    version: versions.size === 1 ? roots[0]!.version : null,
    // A rule on a bus of its own is called by bus and name.
    rules: find('rule').map((id) => id.split('|').at(-1)!),
    machines: { schema: one('schema'), load: one('load'), metrics: one('metrics') },
    loadFiles: one('loadFiles'),
    // https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_Application.html: 64 characters
    emrApplicationName: `Clickstream-${projectId}`.slice(0, 64),
    ingestion: serversOf(resources.Ingestion ?? [], problems),
  };
}

/** Applications of the pipeline, by the parameter of the stack that makes their schemas. */
export const registeredApps = (roots: readonly RootStack[]): string[] =>
  (roots.find(({ kind }) => kind === 'DataModelingRedshift')?.parameters.AppIds ?? '')
    .split(',')
    .filter(Boolean);

/** Servers on EC2; none for Fargate, or when the data comes from elsewhere. */
function serversOf(
  resources: readonly SolutionResource[],
  problems: string[],
): IngestionServers | null {
  const find = (name: keyof typeof SERVERS): string[] => {
    const [type, id] = SERVERS[name];
    return resources
      .filter((one) => one.type === type && id.test(one.logicalId))
      .map(({ physicalId }) => physicalId);
  };
  const [cluster, service, group] = [find('cluster'), find('service'), find('group')];
  if (group.length === 0) return null;
  if (cluster.length !== 1 || service.length !== 1 || group.length !== 1) {
    problems.push(
      `the ingestion stack has ${cluster.length} clusters, ${service.length} services and ${group.length} groups; one of each is known`,
    );
  }
  return { cluster: cluster[0] ?? '', service: service[0] ?? '', group: group[0]! };
}
