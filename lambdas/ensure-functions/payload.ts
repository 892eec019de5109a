import type { FunctionSpec } from '../shared/functions/spec';
import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface EnsureFunctionsPayload extends Caller {
  /** Name of the step in the ledger. */
  readonly step: string;
  /** As whom the functions are called. */
  readonly warehouse: WarehouseTarget;
  /** As whom they are made. */
  readonly definer: WarehouseTarget;
  readonly schema: string;
  readonly functions: readonly FunctionSpec[];
  /** Name of the Lambda function that answers external functions. */
  readonly lambda: string;
  /** Region it is in: the warehouse finds it by its name, in its own region. */
  readonly region: string;
  /** Role the warehouse assumes to call it. */
  readonly invokeRoleArn: string;
}

export interface EnsureFunctionsResult {
  readonly status: 'running' | 'done';
  /** Functions that were made by this call, and those that worked before it. */
  readonly made: number;
  readonly left: number;
}
