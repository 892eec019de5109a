import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface VerifySchemaPayload extends Caller {
  readonly warehouse: WarehouseTarget;
  readonly appId: string;
  /** Functions that must be there, by name in lower case. */
  readonly functions: readonly string[];
}

export interface VerifySchemaResult {
  /** Objects that were looked at; all are as they must be. */
  readonly checked: number;
}
