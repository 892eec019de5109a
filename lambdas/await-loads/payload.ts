import type { Caller } from '../shared/run';

export interface AwaitLoadsPayload extends Caller {
  /** Name of the wait in the ledger. */
  readonly step: string;
  /** Region of the pipeline. */
  readonly region: string;
  /** Name of all EMR Serverless applications of the project. */
  readonly emrApplicationName: string;
  /** ARN of the state machine that loads files (the parent). */
  readonly loadMachine: string;
  /** Name of the DynamoDB table of files to load. */
  readonly loadFiles: string;
  /** Whether the pipeline was upgraded before: the new one never loads files of the old tables. */
  readonly upgraded: boolean;
}

export interface AwaitLoadsResult {
  readonly status: 'running' | 'done';
  /** What is waited for, for people who look at the execution. */
  readonly waitsFor: string;
}
