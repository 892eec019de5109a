// What every task's payload says about the run it works for. Pure types: constructs import them.

/** Version of the payloads this release writes; a handler accepts this one and the one before it. */
export const PAYLOAD_VERSION = 1;

/** Who calls: made by the constructs from the context object, the same in every payload. */
export interface Caller {
  /** Version of the payload, see {@link PAYLOAD_VERSION}. */
  readonly version: number;
  /** Id of the run in the ledger, `[A-Za-z0-9_.-]+`. */
  readonly runId: string;
  /** ARN of the root execution that owns the run. */
  readonly rootArn: string;
  /** ARN of the execution the state is in: the root, or a child of a Distributed Map. */
  readonly selfArn: string;
  /** `Execution.RedriveCount` of that execution. */
  readonly redriveCount: number;
  /** The item of a ForEach step this call works for. */
  readonly item?: ItemRef;
}

/** One item of a ForEach step. */
export interface ItemRef {
  /** Name of the step that iterates. */
  readonly map: string;
  /** The item's key in the ledger. */
  readonly key: string;
}

/** What a waiting task tells the Choice behind it. */
export type Turn = 'running' | 'done' | 'handover';
