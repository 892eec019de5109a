import type { ConsoleRef } from '../shared/clickstream/console-access';
import type { PipelineFacts } from '../shared/clickstream/pipeline-facts';
import type { Caller } from '../shared/run';

export interface ReadPipelinePayload extends Caller {
  readonly projectId: string;
  readonly region: string;
  /** How the names of the project's stacks begin; permissions are given by it. */
  readonly stackPrefix: string;
  /** What is looked at beside the facts. @default - nothing: the facts alone */
  readonly check?: PipelineChecks;
  /** A dry run has no item in the ledger. */
  readonly dryRun: boolean;
}

/** What must hold before an upgrade. */
export interface PipelineChecks {
  /** Applications of the input. */
  readonly appIds: readonly string[];
  /** Version the pipeline shall get; null: that of the console, or none without one. */
  readonly targetVersion: string | null;
  /** Console that upgrades the pipeline; null: the pipeline is not upgraded. */
  readonly console: ConsoleRef | null;
  /** Reporting time zones of the input, by application. */
  readonly timezones: Readonly<Record<string, string>>;
  /** Days of events that are migrated; null: none. */
  readonly days: number | null;
}

export interface ReadPipelineResult extends PipelineFacts {
  /** What an operator should know; nothing that keeps the run from going on. */
  readonly warnings: readonly string[];
}
