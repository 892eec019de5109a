import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface FollowSchemaPayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  /** State machine of the pipeline that runs the SQL of the schemas. */
  readonly machineArn: string;
  readonly appId: string;
  /**
   * Instant since which an execution belongs to this upgrade; null: the start of the run. Older ones are
   * looked at only when the schema lacks something and nothing newer comes.
   */
  readonly since: string | null;
  /** As whom the solution's statements run. */
  readonly warehouse: WarehouseTarget;
  /** Functions that external ones stand for, by name in lower case. */
  readonly functions: readonly string[];
  /** Whether those functions are there, so that the list without Python may be started. */
  readonly edited: boolean;
}

export interface FollowSchemaResult {
  /** `python`: Redshift refused the functions in Python, external ones and the edited list must come. */
  readonly status: 'running' | 'done' | 'python';
  /** Executions that were followed, and those of them that were started by this run. */
  readonly executions: number;
  readonly started: number;
}
