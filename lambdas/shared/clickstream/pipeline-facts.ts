// What the account says about a project's pipeline: ids and names only, small enough for the state data.
// The task `read-pipeline` finds them; they are read again after the pipeline was upgraded.

/** A root stack of the pipeline. */
export interface PipelineStack {
  readonly name: string;
  /** Its tag `aws-solution/version`, e.g. `v1.1.5-202403071513`. */
  readonly version: string;
  readonly status: string;
}

/** Auto Scaling group and ECS service of ingestion servers on EC2. */
export interface IngestionServers {
  /** Name of the ECS cluster. */
  readonly cluster: string;
  /** ARN of the ECS service. */
  readonly service: string;
  /** Name of the Auto Scaling group. */
  readonly group: string;
}

/** The pipeline of one project. */
export interface PipelineFacts {
  /** Its id: the last part of the names of its root stacks. */
  readonly id: string;
  readonly region: string;
  /** All its applications, also those that a run does not migrate: an upgrade is for all of them. */
  readonly appIds: readonly string[];
  readonly stacks: readonly PipelineStack[];
  /** Version all root stacks carry; null while they differ. */
  readonly version: string | null;
  /** Names of the EventBridge rules that start data processing jobs. */
  readonly rules: readonly string[];
  /** State machines of the data modeling stack, by ARN. */
  readonly machines: {
    /** Runs the SQL of the schemas, one execution an application. */
    readonly schema: string;
    /** Loads files into the tables (the parent). */
    readonly load: string;
    /** Recalculates metrics (the parent). */
    readonly metrics: string;
  };
  /** Name of the DynamoDB table of the files that are to be loaded. */
  readonly loadFiles: string;
  /** Name of all EMR Serverless applications of the project. */
  readonly emrApplicationName: string;
  /** null: the pipeline has no servers on EC2 */
  readonly ingestion: IngestionServers | null;
}
