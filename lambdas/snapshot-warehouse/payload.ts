import type { Caller } from '../shared/run';

/** A workgroup's namespace, or a cluster. */
export type SnapshotSource =
  | {
      readonly workgroup: string;
      /** Its namespace; null: the workgroup says it. */
      readonly namespace: string | null;
      readonly region: string;
    }
  | { readonly cluster: string; readonly region: string };

export interface SnapshotWarehousePayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  readonly source: SnapshotSource;
}

export interface SnapshotWarehouseResult {
  readonly status: 'running' | 'done';
  /** Name of the snapshot; null while it is being made. */
  readonly name: string | null;
}
