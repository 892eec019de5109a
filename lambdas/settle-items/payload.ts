import type { Caller } from '../shared/run';

export interface SettleItemsPayload extends Caller {
  /** Name of the ForEach step. */
  readonly map: string;
  /** Keys of the items its Map was given. */
  readonly keys: readonly string[];
  /** Redrive count of the execution when the Map ended. */
  readonly redrivesAtEnd: number;
}

export interface SettleItemsResult {
  /** Keys of the items that are not done: the Map gets those, and only those. */
  readonly left: readonly string[];
}
