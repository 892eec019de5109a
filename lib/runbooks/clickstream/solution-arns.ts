// ARNs of what the solution has made in the account. Its resources get their names from CloudFormation, so
// each pattern is as narrow as those names allow: the prefix of the pipeline's stacks, or the logical id,
// with which the generated name of a state machine begins.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html

import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';

/** Logical ids of the solution's state machines, as their names begin. */
const MACHINES = {
  schema: 'CreateApplicationSchemasSQLExecutionStateMachine',
  load: 'ClickstreamLoadDataWorkflow',
  metrics: 'RefreshMaterializedViewsWorkflowRefreshMVStateMachine',
} as const;

/** Why these names end in a wildcard; for the guard rails. */
export const GENERATED_NAMES =
  'CloudFormation made the names of the solution’s resources; their beginnings are known.';

/** ARN patterns of one project's pipeline. */
export class SolutionArns {
  /** Region of the pipeline. */
  readonly region: string;
  /** How the names of the pipeline's stacks begin. */
  readonly prefix: string;

  constructor(
    private readonly scope: Construct,
    { pipeline }: Pick<ClickstreamTarget, 'pipeline'>,
  ) {
    this.region = pipeline.region ?? Stack.of(scope).region;
    this.prefix = pipeline.stackPrefix;
  }

  /** Root stacks and the stacks nested in them. */
  get stacks(): string {
    return this.arn('cloudformation', 'stack', `${this.prefix}-*/*`);
  }

  /** A state machine of the data modeling stack. */
  machine(which: keyof typeof MACHINES): string {
    return this.arn('states', 'stateMachine', `${MACHINES[which]}*`, ArnFormat.COLON_RESOURCE_NAME);
  }

  /** Its executions. */
  executions(which: keyof typeof MACHINES): string {
    return this.arn('states', 'execution', `${MACHINES[which]}*:*`, ArnFormat.COLON_RESOURCE_NAME);
  }

  /** Rules of the data processing stack. */
  get rules(): string {
    return this.arn('events', 'rule', `${this.prefix}-DataProc*`);
  }

  /** The table of files to load, and its indexes. */
  get loadFiles(): readonly string[] {
    const table = this.arn('dynamodb', 'table', `${this.prefix}-DataModel*`);
    return [table, `${table}/index/*`];
  }

  /** EMR Serverless applications: their ids are made anew with each version. */
  get emrApplications(): string {
    return this.arn('emr-serverless', '/applications', '*');
  }

  /** Clusters, services, tasks and container instances of ingestion servers. */
  ecs(kind: 'cluster' | 'service' | 'task' | 'container-instance'): string {
    return this.arn('ecs', kind, `${this.prefix}-Ingestion*${kind === 'cluster' ? '' : '/*'}`);
  }

  /** Their Auto Scaling group. */
  get group(): string {
    const name = `*:autoScalingGroupName/${this.prefix}-Ingestion*`;
    return this.arn('autoscaling', 'autoScalingGroup', name, ArnFormat.COLON_RESOURCE_NAME);
  }

  /** Scalable targets: their ids are made up, so a condition has to say of what they are. */
  get scalableTargets(): string {
    return this.arn('application-autoscaling', 'scalable-target', '*');
  }

  private arn(
    service: string,
    resource: string,
    resourceName: string,
    arnFormat = ArnFormat.SLASH_RESOURCE_NAME,
  ): string {
    const { region } = this;
    return Stack.of(this.scope).formatArn({ service, region, resource, resourceName, arnFormat });
  }
}
