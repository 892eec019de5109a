import type { ClickHouseRef } from '../shared/clickhouse/ref';
import type { Caller } from '../shared/run';

/** Behind a release; the run is the one that was given up. */
export interface DropCopiesPayload extends Pick<Caller, 'version' | 'runId' | 'selfArn'> {
  readonly clickhouse: ClickHouseRef;
}

export interface DropCopiesResult {
  /** `left`: another run works there by now; its own look takes the copies away. */
  readonly status: 'done' | 'left';
}
