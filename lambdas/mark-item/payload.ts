import type { Caller, ItemRef } from '../shared/run';

export interface MarkItemPayload extends Caller {
  readonly item: ItemRef;
}
