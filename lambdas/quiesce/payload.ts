import type { Thing } from '../shared/quiesced/thing';
import type { Caller } from '../shared/run';

export interface QuiescePayload extends Caller {
  readonly things: readonly Thing[];
}

export interface QuiesceResult {
  readonly status: 'running' | 'done';
  /** Things that are held still. */
  readonly things: number;
}
