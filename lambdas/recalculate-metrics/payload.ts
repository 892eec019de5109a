import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface RecalculateMetricsPayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  /** State machine of the pipeline that recalculates metrics: the parent, never its child. */
  readonly machineArn: string;
  readonly appIds: readonly string[];
  /** Days back from the start of an execution that are recalculated. */
  readonly days: number;
  readonly warehouse: WarehouseTarget;
}

export interface RecalculateMetricsResult {
  readonly status: 'running' | 'done';
  /** Executions this run has started; those that did no work are counted. */
  readonly attempts: number;
}
