import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface ReadClickstreamLogPayload extends Caller {
  readonly warehouse: WarehouseTarget;
  readonly schema: string;
}

export interface ReadClickstreamLogResult {
  /** Parts of the migration whose last word in the log is an end. */
  readonly ended: readonly string[];
  /** Live loads that failed meanwhile: their files must be queued again. */
  readonly liveLoadErrors: number;
}
