import type { Caller } from '../shared/run';

export type RestoreQuiescedPayload = Caller;

export interface RestoreQuiescedResult {
  readonly status: 'running' | 'done';
}
