// What a cloud is started with, and what the command line and tests use of a running one.

import type { Faults } from '../faults/faults';
import type { Clock, CloudEvent } from '../types';
import type { WarehouseTemplate } from '../warehouse/template';

/** Keys an AWS client signs with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What a cloud is started with. */
export interface CloudOptions {
  /** Folder of the cloud assembly (`cdk.out`). */
  readonly assemblyDir: string;
  /**
   * Folder of the scenario.
   *
   * @default - an empty account
   */
  readonly scenarioDir?: string;
  /**
   * Machine that is to be rehearsed, without its target: `cloud.<machine>.json` of the scenario says what
   * is different in the account for it.
   *
   * @default - the account is as `cloud.json` has it
   */
  readonly machine?: string;
  /** @default 'virtual' */
  readonly clock?: 'real' | 'virtual';
  /**
   * Faults beside those of the scenario, as the CLI takes them: `kind=kill,task=RunBatches,nth=2`.
   *
   * @default - the scenario's only
   */
  readonly faults?: readonly string[];
  /** @default - the stack's, else 000000000000 */
  readonly account?: string;
  /** @default - the stack's, else us-east-1 */
  readonly region?: string;
  /** @default - the scenario's own */
  readonly rows?: number;
  /**
   * Databases to copy, filled by the same scenario with as many rows.
   *
   * @default - a server of its own is filled
   */
  readonly template?: WarehouseTemplate;
  /**
   * Instant at which a virtual clock begins, in epoch milliseconds.
   *
   * @default - now
   */
  readonly startAt?: number;
}

/** A notice somebody published to a topic of the stack. */
export interface Notice {
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  readonly time: string;
  /** ARN of the publishing role or service. */
  readonly by: string;
}

/** A provisioned resource of a stack. */
export interface ProvisionedResource {
  readonly stack: string;
  readonly logicalId: string;
  /** e.g. `AWS::DynamoDB::Table` */
  readonly type: string;
  readonly physicalId: string;
}

/** How often something was done; read when a rehearsal is summed up. */
export interface Counters {
  /** Invocations of task functions. */
  readonly invocations: number;
  /** Statements of the warehouse. */
  readonly statements: {
    readonly submitted: number;
    readonly finished: number;
    readonly failed: number;
  };
}

/** A call of a task function that came through, for those who break the nth one. */
export interface TaskCall {
  readonly task: string;
  /** Machine and state whose invocation made it; events invoke without. */
  readonly machine?: string;
  readonly state?: string;
  /** Signing name, as faults have it: `redshift-data`. */
  readonly service: string;
  readonly operation: string;
  /** What it is about, as faults have it. */
  readonly about?: string;
}

/** What the command line and tests use of a running cloud. */
export interface RunningCloud {
  readonly clock: Clock;
  /** `http://127.0.0.1:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly endpointUrl: string;
  /** May do everything. */
  readonly operatorCredentials: Credentials;
  readonly account: string;
  readonly region: string;
  /** ARN of a provisioned machine by its name or logical id; refuses unknown names, listing the known. */
  machineArn(name: string): string;
  /** Outputs of all stacks, by stack name and output key. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Everything the templates provisioned. */
  readonly resources: readonly ProvisionedResource[];
  readonly counters: Counters;
  /** What goes wrong in it; more can be armed. */
  readonly faults: Faults;
  /** Calls of task functions so far, oldest first. */
  readonly calls: readonly TaskCall[];
  /** Runs a query on the warehouse or a cluster of MySQL as its superuser, past the API; refuses without one. */
  query(sql: string, cluster?: string): Promise<readonly Record<string, unknown>[]>;
  /** Everything published to topics so far. */
  readonly notices: readonly Notice[];
  /** Called synchronously on each event: a listener that holds the clock stops time right there. */
  onEvent(listener: (event: CloudEvent) => void): () => void;
  /** Called synchronously on each published notice. */
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Ends everything and removes what was written. */
  stop(): Promise<void>;
}
