import type { Caller } from '../shared/run';
import type { ObjectFolder } from './input';

/** A state of the run itself calls, or one of the machine that waits until the objects may go. */
export type DeleteObjectsPayload = InRunPayload | AfterRunPayload;

export interface InRunPayload extends Caller {
  readonly folders: readonly ObjectFolder[];
}

export interface AfterRunPayload extends Omit<Caller, 'runId'> {
  /** Input of the execution: the run, when its objects may go, and where they are. */
  readonly input: unknown;
  /** Whether only the input is checked and what is there is counted. */
  readonly countOnly: boolean;
}

/** Versions and delete markers of objects, and the bytes of the versions. */
export interface ObjectCount {
  readonly objects: number;
  readonly bytes: number;
}

export interface DeleteObjectsResult extends ObjectCount {
  readonly status: 'running' | 'done';
}
