import type { ServersRef } from '../shared/ingestion/servers';
import type { Caller } from '../shared/run';

/**
 * `record`: writes the sizes down. `empty`: no warm pool any more. `start`: as many healthy tasks on new
 * servers as there were. `drain`: no old server is left. `restore`: the sizes are what they were.
 */
export type RefreshPhase = 'record' | 'empty' | 'start' | 'drain' | 'restore';

export interface RefreshIngestionPayload extends Caller {
  readonly phase: RefreshPhase;
  readonly servers: ServersRef;
  readonly region: string;
}

export interface RefreshIngestionResult {
  /** `nothing`: there is no old server. */
  readonly status: 'running' | 'done' | 'nothing';
}
