// What a scenario says about the solution: member `clickstream` of `cloud.json`.

/** Kinds of root stacks, as their names say them. */
export type StackKind =
  | 'ServiceCatalogAppRegistry'
  | 'Metrics'
  | 'Ingestion'
  | 'DataProcessing'
  | 'DataModelingRedshift'
  | 'Reporting';

/** Member `clickstream`. */
export interface ClickstreamData {
  readonly project: string;
  /** Id of the pipeline. */
  readonly pid: string;
  readonly prefix: string;
  /** Time zones by application; empty: it has none. */
  readonly apps: Readonly<Record<string, string>>;
  /** Version of the pipeline's stacks, e.g. `v1.1.5-202403071513`. */
  readonly version: string;
  /**
   * What the schemas are like: of v1.1.5; made by an upgrade, without the functions Redshift refuses; or
   * the same with all data migrated.
   *
   * @default 'upgraded'
   */
  readonly schema?: 'legacy' | 'upgraded' | 'migrated';
  readonly consoleStack: string;
  /**
   * Version of the console.
   *
   * @default - as its stack's description has it
   */
  readonly consoleVersion?: string;
  /** Secret whose value the console takes as a token. */
  readonly tokenSecret: string;
  /** Role that submits the solution's SQL. */
  readonly dataApiRole: string;
  /** Bucket of the solution's files. */
  readonly bucket: string;
  /** DynamoDB table of files that are to be loaded. */
  readonly loadFiles: string;
  readonly rules: {
    /** Starts data processing jobs. */
    readonly submit: string;
    /** Hears of jobs that succeeded, and starts the load. */
    readonly success: string;
  };
  /** Names of the state machines. */
  readonly machines: Readonly<Record<MachineName, string>>;
  /** Servers of the ingestion, at least and at most. */
  readonly servers?: readonly [number, number];
  /**
   * What an upgrade makes of a stack, by kind.
   *
   * @default - every stack is updated
   */
  readonly fails?: Partial<Record<StackKind, StackFailure>>;
  /** @default - nothing arrives */
  readonly life?: LifeData;
}

/** A stack that fails to be updated, so often. */
export interface StackFailure {
  readonly reason: string;
  readonly resource?: string;
  readonly times: number;
  readonly rollbackFails?: boolean;
}

/** Events that arrive. */
export interface LifeData {
  readonly everyMinutes: number;
  /** So many for each application each time. */
  readonly events: number;
  /** How long a data processing job runs. */
  readonly jobSeconds: number;
}

/** State machines of the solution, by the names of their files. */
export type MachineName =
  | 'schema'
  | 'load'
  | 'load-child'
  | 'metrics'
  | 'metrics-child'
  | 'stack-workflow';
